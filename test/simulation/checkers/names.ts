import { type GrantedLease, isJobId, isLeaseId } from '../../../src/model/index.ts'
import type { Effect } from '../../../src/scheduler/index.ts'
import { must } from './violation.ts'

const kindPattern = /^[a-z][a-z0-9-]*$/

/**
 * S9: no string from a peer becomes a path or an argument. Files are named by job, task and attempt: whatever an order
 * names must be of their alphabets, whoever sent it.
 */
export function checkNames(effect: Effect): void {
  if ('jobId' in effect) must(isJobId(effect.jobId), 'S9', () => `${effect.kind} of job ${effect.jobId}`)
  if ('leaseId' in effect) must(isLeaseId(effect.leaseId), 'S9', () => `${effect.kind} of ${effect.leaseId}`)
  if (effect.kind === 'run-task' || effect.kind === 'discard-result') checkLease(effect.lease)
}

function checkLease(lease: GrantedLease): void {
  const fits =
    isLeaseId(lease.leaseId) &&
    isJobId(lease.jobId) &&
    kindPattern.test(lease.jobKind) &&
    kindPattern.test(lease.taskKind)
  must(fits, 'S9', () => `lease ${lease.leaseId} (${lease.jobKind}, ${lease.taskKind}) is run`)
}
