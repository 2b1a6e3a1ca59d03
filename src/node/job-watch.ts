import { isEnded, type JobId, type JobRecord, type JobView } from '../model/index.ts'
import type { SchedulerState } from '../scheduler/index.ts'

/** Jobs are told at most this often (DESIGN section 12: 4 Hz). */
const tellMs = 250

export interface JobWatchCollaborators {
  state: () => SchedulerState
  view: (job: JobRecord) => JobView
  /** Ends every watch, when the node stops. */
  stopping: AbortSignal
}

/** Every job (or those of `ids`) at first, then each whose view changed. Ends when the signal aborts. */
export async function* watchJobs(
  ids: readonly string[] | null,
  signal: AbortSignal,
  { state, view, stopping }: JobWatchCollaborators
): AsyncGenerator<JobView> {
  const told = new Map<JobId, { record: JobRecord; text: string }>()
  const ended = AbortSignal.any([signal, stopping])
  const wanted = ids && new Set(ids)
  for (;;) {
    for (const job of state().jobs.values()) {
      if (wanted && !wanted.has(job.id)) continue
      const before = told.get(job.id)
      // An ended job's view follows from its record alone; a running one's progress does not.
      if (before && before.record === job && isEnded(job.status)) continue
      const next = view(job)
      const text = JSON.stringify(next)
      told.set(job.id, { record: job, text })
      if (before?.text !== text) yield next
    }
    for (const id of told.keys()) if (!state().jobs.has(id)) told.delete(id)
    if (ended.aborted) return
    await wait(tellMs, ended)
    // One more look after the end: what changed last is told before the stream closes.
    if (signal.aborted) return
  }
}

/** Settles after the time, or when the signal aborts. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
