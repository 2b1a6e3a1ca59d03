import type { ActResult, JobAction, JobRecord } from '../model/index.ts'
import { type Event, type SchedulerState, whyNotCommand } from '../scheduler/index.ts'
import { findJob } from './find-job.ts'

export interface ActCollaborators {
  state: () => SchedulerState
  turn: (event: Event) => void
}

type Line = ActResult['results'][number]

/** Acts on jobs, each on its own. `all`: those to which it applies. */
export function actOnJobs(
  action: JobAction,
  ids: readonly string[] | 'all',
  act: ActCollaborators
): ActResult {
  const applies = (job: JobRecord): boolean => whyNotCommand(job, action) === null
  return eachJob(ids, applies, act, (job) => {
    const refusal = whyNotCommand(job, action)
    if (refusal !== null)
      return {
        id: job.id,
        ok: false,
        status: job.status,
        message: `cannot ${action} job ${job.id}: ${refusal}`
      }
    act.turn({ kind: 'job-commanded', jobId: job.id, command: action })
    const after = act.state().jobs.get(job.id)
    const gone = action === 'purge'
    return { id: job.id, ok: true, status: gone ? 'purged' : (after?.status ?? null), message: null }
  })
}

export function prioritizeJobs(
  priority: number,
  ids: readonly string[] | 'all',
  act: ActCollaborators
): ActResult {
  const isOpen = (job: JobRecord): boolean => whyNotCommand(job, 'cancel') === null
  return eachJob(ids, isOpen, act, (job) => {
    if (!isOpen(job)) {
      return { id: job.id, ok: false, status: job.status, message: `job ${job.id} is already ${job.status}` }
    }
    act.turn({ kind: 'job-reprioritized', jobId: job.id, priority })
    return { id: job.id, ok: true, status: act.state().jobs.get(job.id)?.status ?? null, message: null }
  })
}

function eachJob(
  ids: readonly string[] | 'all',
  applies: (job: JobRecord) => boolean,
  { state }: ActCollaborators,
  act: (job: JobRecord) => Line
): ActResult {
  if (ids === 'all') return { results: [...state().jobs.values()].filter(applies).map(act) }
  return {
    results: ids.map((id) => {
      try {
        return act(findJob(state().jobs, id))
      } catch (error) {
        return { id, ok: false, status: null, message: (error as Error).message }
      }
    })
  }
}
