import { type ActResult, isEnded, type JobAction, type JobRecord } from '../model/index.ts'
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
  const applies = (job: JobRecord): boolean => whyNotCommand(act.state(), job, action) === null
  return eachJob(ids, applies, act, (job) => {
    const refusal = whyNotCommand(act.state(), job, action)
    if (refusal !== null)
      return {
        id: job.id,
        ok: false,
        status: job.status,
        message: `cannot ${action} job ${job.id}: ${refusal}`
      }
    act.turn({ kind: 'job-commanded', jobId: job.id, command: action })
    const after = act.state().jobs.get(job.id)
    if (action !== 'purge') return { id: job.id, ok: true, status: after?.status ?? null, message: null }
    if (!after) return { id: job.id, ok: true, status: 'purged', message: null }
    return { id: job.id, ok: true, status: after.status, message: whyNotPurgedYet(act.state(), job) }
  })
}

/** Its temporary files go first: that is under way, or storage was in the way before and it is tried again. */
function whyNotPurgedYet(state: SchedulerState, job: JobRecord): string {
  const cleaning = [...state.chores.values()].find(
    ({ effect }) => effect.kind === 'clean-job' && effect.jobId === job.id
  )
  return cleaning && cleaning.tries > 0
    ? 'will be purged when its storage is back'
    : 'will be purged when its temporary files are gone'
}

export function prioritizeJobs(
  priority: number,
  ids: readonly string[] | 'all',
  act: ActCollaborators
): ActResult {
  const isOpen = (job: JobRecord): boolean => !isEnded(job.status)
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
