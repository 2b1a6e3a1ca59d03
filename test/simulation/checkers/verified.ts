import { type Fact, type LeaseId, leaseIdOf } from '../../../src/model/index.ts'
import { must } from './violation.ts'

/** S4: nothing unverified is done, and so nothing unverified is joined. */
export function checkVerified(fact: Fact, verified: ReadonlySet<string>): void {
  if (fact.kind !== 'task-done') return
  const leaseId = leaseIdOf(fact)
  must(verified.has(leaseId), 'S4', () => `${leaseId} is done, not verified`)
}

/** S4: every file that goes into a join was verified. */
export function checkJoined(leaseIds: readonly LeaseId[], verified: ReadonlySet<string>): void {
  for (const leaseId of leaseIds) {
    must(verified.has(leaseId), 'S4', () => `${leaseId} is joined, not verified`)
  }
}
