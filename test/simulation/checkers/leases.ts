import {
  type Fact,
  type LeaseKey,
  leaseIdOf,
  type PeerMessage,
  parseLeaseId
} from '../../../src/model/index.ts'
import type { History } from './history.ts'
import { must } from './violation.ts'

/** S3: a lease is durable before it is granted. */
export function checkGranted(lease: LeaseKey, history: History): void {
  const known = history.attempt(lease.jobId, lease.taskNo, lease.attempt)
  must(known !== undefined, 'S3', () => `lease ${leaseIdOf(lease)} left before it was durable`)
}

/** S3: attempts are numbered once, so that a lease id means one lease for good. */
export function checkNumbering(fact: Fact, history: History): void {
  if (fact.kind !== 'lease-granted') return
  const next = (history.task(fact.jobId, fact.taskNo)?.attempts.length ?? 0) + 1
  must(fact.attempt === next, 'S3', () => `${leaseIdOf(fact)} is out of order`)
}

/** S3: what a peer says of a lease that is not its own, or not any more, changes nothing. */
export function checkTeller(fact: Fact, message: PeerMessage, history: History): void {
  if (message.kind !== 'lease-up' || message.message.kind !== 'outcome' || fact.kind !== 'attempt-ended')
    return
  const told = parseLeaseId(message.message.leaseId)
  if (told?.jobId !== fact.jobId || told.taskNo !== fact.taskNo || told.attempt !== fact.attempt) return
  const holder = history.attempt(fact.jobId, fact.taskNo, fact.attempt)?.peerId
  must(holder === message.from, 'S3', () => `${leaseIdOf(fact)} was ended by ${message.from}, not its holder`)
}
