import { type JobId, type LeaseId, type PeerId, parseLeaseId } from '../../../src/model/index.ts'
import type { Jobs } from '../../../src/scheduler/index.ts'
import type { History } from './history.ts'
import { must } from './violation.ts'

/** S1: what was acknowledged survives any crash. */
export class DurableChecker {
  /** Every job that was acknowledged to a person and not purged. */
  readonly acknowledged = new Set<JobId>()

  started(jobs: Jobs): void {
    for (const jobId of this.acknowledged) {
      must(jobs.has(jobId), 'S1', () => `acknowledged job ${jobId} is gone after a restart`)
    }
  }

  /** A worker may forget a finished result only when the owner's ledger has settled it. */
  result(leaseId: LeaseId, to: PeerId, history: History): void {
    const { jobId, taskNo, attempt } = parseLeaseId(leaseId)!
    const job = history.jobs.get(jobId)
    const task = job?.tasks.get(taskNo)
    if (!job || job.ended || !task || task.done !== null) return
    const told = task.attempts[attempt - 1]
    const running = told?.status === 'running' && told.peerId === to
    must(!running, 'S1', () => `${leaseId} was acknowledged while it still runs`)
  }
}
