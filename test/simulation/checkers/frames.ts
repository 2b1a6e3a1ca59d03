import type { Fact, JobId, UnitRange } from '../../../src/model/index.ts'
import { must } from './violation.ts'

/** S5: each frame exactly once, in order; at most one publication a job. */
export class FramesChecker {
  /** Ranges that were cut, by job, ascending, since its last retry. */
  readonly #cut = new Map<JobId, UnitRange[]>()
  readonly #published = new Map<JobId, string>()

  committed(fact: Fact): void {
    if (fact.kind === 'job-retried') {
      this.#cut.delete(fact.jobId)
      this.#published.delete(fact.jobId)
    } else if (fact.kind === 'task-created' && fact.range) this.#cover(fact.jobId, fact.range)
  }

  /** No frame is cut into two tasks. */
  #cover(jobId: JobId, range: UnitRange): void {
    must(range.start < range.end, 'S5', () => `an empty range [${range.start}, ${range.end}) of ${jobId}`)
    const cut = this.#cut.get(jobId) ?? []
    this.#cut.set(jobId, cut)
    let at = cut.length
    while (at > 0 && cut[at - 1]!.start > range.start) at -= 1
    const free = (cut[at - 1]?.end ?? 0) <= range.start && range.end <= (cut[at]?.start ?? range.end)
    must(free, 'S5', () => `[${range.start}, ${range.end}) of ${jobId} was cut before`)
    cut.splice(at, 0, range)
  }

  /** What appears under the final name holds every frame once, in order, and nothing else ever replaces it. */
  published(jobId: JobId, leaseId: string, parts: readonly UnitRange[], totalUnits: number): void {
    let at = 0
    for (const { start, end } of parts) {
      must(start === at, 'S5', () => `the output of ${jobId} goes on at ${start} after ${at}`)
      at = end
    }
    must(at === totalUnits, 'S5', () => `the output of ${jobId} has ${at} of ${totalUnits} frames`)
    const before = this.#published.get(jobId)
    must(!before || before === leaseId, 'S5', () => `${jobId} was published as ${before}, then as ${leaseId}`)
    this.#published.set(jobId, leaseId)
  }
}
