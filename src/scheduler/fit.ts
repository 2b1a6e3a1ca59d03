import { type JobRecord, type Needs, type PeerId, type Task, whyUnfit } from '../model/index.ts'
import type { Peer, SchedulerState } from './state.ts'

/** What a job needs, as far as it is known by now. */
export const needsOf = (job: JobRecord): Needs => job.plan?.needs ?? job.request.needs

/** Why a node may get nothing of a job, in words for a person; null when it may. */
export function whyNotPeer(state: SchedulerState, job: JobRecord, peerId: PeerId): string | null {
  const blocked = job.blocked[peerId]
  if (blocked !== undefined) return blocked
  if (peerId === state.self.peerId) {
    if (state.self.state !== 'awake') return `it is ${state.self.state}`
    return whyUnfit(needsOf(job), state.self.fitness, true)
  }
  const status = state.peers.get(peerId)?.status
  if (!status) return 'it has not said yet what it can do'
  if (status.state !== 'awake') return status.reason ?? `it is ${status.state}`
  return whyUnfit(needsOf(job), status, false)
}

/** Connected peers that could be given work of this job now, without this node itself. */
export function fitPeers(state: SchedulerState, job: JobRecord): Peer[] {
  return [...state.peers.values()].filter(
    (peer) => (peer.status?.slots.total ?? 0) > 0 && whyNotPeer(state, job, peer.peerId) === null
  )
}

/** Peers whose attempts of this task failed, or delivered what did not verify. */
export function failedOn(task: Task): Set<PeerId> {
  const peers = new Set<PeerId>()
  for (const { status, peerId } of task.attempts) {
    if (status === 'failed' || status === 'rejected') peers.add(peerId)
  }
  return peers
}

/** Peers that went down, or out of reach, with this task. */
export function lostWith(task: Task): Set<PeerId> {
  return new Set(task.attempts.filter((attempt) => attempt.status === 'lost').map(({ peerId }) => peerId))
}

/** True when somebody else who has not failed this task could take it: then they go first. */
export function othersCouldTry(state: SchedulerState, job: JobRecord, task: Task, besides: PeerId): boolean {
  const failed = failedOn(task)
  const could = (peerId: PeerId): boolean => peerId !== besides && !failed.has(peerId)
  if (could(state.self.peerId) && whyNotPeer(state, job, state.self.peerId) === null && state.self.slots > 0)
    return true
  if (task.ownerOnly) return false
  return fitPeers(state, job).some((peer) => could(peer.peerId))
}
