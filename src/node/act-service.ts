import {
  type ActResult,
  type BlockedPeer,
  isEnded,
  type JobAction,
  type JobRecord,
  type PeerId
} from '../model/index.ts'
import { type Event, type SchedulerState, whyNotCommand } from '../scheduler/index.ts'
import { NodeError } from './errors.ts'
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

/**
 * Lets machines try a job again.
 * @param peer a name, an id or the end of one, or `all`
 * @throws NodeError `not-blocked` when there is no such machine among those that are kept from it
 */
export function unblockPeers(
  id: string,
  peer: string,
  act: ActCollaborators & { blocked: (job: JobRecord) => BlockedPeer[] }
): { id: string; unblocked: BlockedPeer[] } {
  const job = findJob(act.state().jobs, id)
  const blocked = act.blocked(job)
  const named = blocked.filter(({ name, peerId }) => name === peer || peerId === peer)
  const chosen =
    peer === 'all'
      ? blocked
      : named.length > 0
        ? named
        : blocked.filter(({ peerId }) => peerId.endsWith(peer))
  if (chosen.length === 0 && peer !== 'all') {
    const names = blocked.map(({ name }) => name).join(', ')
    throw new NodeError('not-blocked', `${peer} is not kept from job ${job.id}`, {
      hint: blocked.length === 0 ? 'No machine is' : `Those that are: ${names}`
    })
  }
  act.turn({
    kind: 'unblock-requested',
    jobId: job.id,
    peerIds: chosen.map(({ peerId }) => peerId as PeerId)
  })
  return { id: job.id, unblocked: chosen }
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
