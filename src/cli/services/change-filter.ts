import type { JobView } from '../../model/index.ts'

/** Progress alone is news once a second a job. */
const progressIntervalMs = 1_000

export type JobNews = 'note' | 'status' | 'progress'

/**
 * Which of a job's events are worth a line: every change of its status, a new note, and with `progress` also what it
 * has done, at most once a second unless a task ended.
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
    return this.newsOf(job, nowMs) !== null
  }

  /** The same with what is new about it; null when nothing is. */
  newsOf(job: JobView, nowMs: number): JobNews | null {
    const news = this.#newsOf(job, nowMs)
    if (news !== null) this.#told.set(job.id, { job, atMs: nowMs })
    return news
  }

  #newsOf(job: JobView, nowMs: number): JobNews | null {
    const before = this.#told.get(job.id)
    if (before === undefined) return 'status'
    if (job.note !== null && job.note !== before.job.note) return 'note'
    if (before.job.status !== job.status) return 'status'
    return this.#grain === 'progress' && hasMoved(before.job, job, nowMs - before.atMs) ? 'progress' : null
  }
}

function hasMoved(before: JobView, now: JobView, elapsedMs: number): boolean {
  if (before.tasks.done !== now.tasks.done) return true
  return elapsedMs >= progressIntervalMs && before.progress.units !== now.progress.units
}
