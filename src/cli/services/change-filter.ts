import type { JobView } from '../../model/index.ts'

/** Progress alone is news once a second a job. */
const progressIntervalMs = 1_000

/**
 * Which of a job's events are worth a line: every change of its status, and with `progress` also what it has done,
 * at most once a second unless a task ended.
 */
export class ChangeFilter {
  readonly #grain: 'state' | 'progress'
  readonly #told = new Map<string, { job: JobView; atMs: number }>()

  /** `known` have been told already. */
  constructor(known: readonly JobView[], grain: 'state' | 'progress') {
    this.#grain = grain
    for (const job of known) this.#told.set(job.id, { job, atMs: Number.NEGATIVE_INFINITY })
  }

  /** True when this should be told; it counts as told then. */
  isNews(job: JobView, nowMs: number): boolean {
    const before = this.#told.get(job.id)
    const news =
      before === undefined ||
      before.job.status !== job.status ||
      (this.#grain === 'progress' && hasMoved(before.job, job, nowMs - before.atMs))
    if (news) this.#told.set(job.id, { job, atMs: nowMs })
    return news
  }
}

function hasMoved(before: JobView, now: JobView, elapsedMs: number): boolean {
  if (before.tasks.done !== now.tasks.done) return true
  return elapsedMs >= progressIntervalMs && before.progress.units !== now.progress.units
}
