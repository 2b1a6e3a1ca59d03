import { type Fact, type JobId, type LeaseId, leaseIdOf, type UnitRange } from '../../../src/model/index.ts'
import type { History } from './history.ts'
import { must } from './violation.ts'

/**
 * L4: a restarted owner encodes no verified chunk again; nor one that was finished when it went down, and lies on disk
 * as it should.
 */
export class KeptChecker {
  /** Attempts that were out at the last start and whose files were right, by task. */
  readonly #finished = new Map<string, LeaseId>()

  started(
    history: History,
    isRightOnDisk: (jobId: JobId, leaseId: LeaseId, range: UnitRange | null) => boolean
  ): void {
    this.#finished.clear()
    for (const [jobId, job] of history.jobs) {
      if (job.ended) continue
      for (const [taskNo, { attempts, range, done, running }] of job.tasks) {
        if (done !== null || running !== 1) continue
        const attempt = attempts.findIndex(({ status }) => status === 'running') + 1
        const leaseId = leaseIdOf({ jobId, taskNo, attempt })
        if (isRightOnDisk(jobId, leaseId, range)) this.#finished.set(`${jobId}.${taskNo}`, leaseId)
      }
    }
  }

  /** A stale handle, or a machine that said otherwise: then nobody can know. */
  forget(leaseId: LeaseId): void {
    for (const [task, kept] of this.#finished) if (kept === leaseId) this.#finished.delete(task)
  }

  committed(fact: Fact): void {
    if (fact.kind === 'lease-granted') {
      const kept = this.#finished.get(`${fact.jobId}.${fact.taskNo}`)
      must(kept === undefined, 'L4', () => `${leaseIdOf(fact)} encodes again what ${kept} had finished`)
    } else if (fact.kind === 'attempt-ended' && fact.status !== 'returned') {
      // Its worker lost it, or threw it away: what lay on disk is gone, or may be.
      this.forget(leaseIdOf(fact))
    } else if (fact.kind === 'job-retried') {
      for (const task of [...this.#finished.keys()])
        if (task.startsWith(fact.jobId)) this.#finished.delete(task)
    }
  }
}
