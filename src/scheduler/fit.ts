import { type JobRecord, type Needs, type PeerId, type Task, whyUnfit } from '../model/index.ts'
import { usableFitness, whyNotEncoding } from './health.ts'
import { proofOf } from './proof.ts'
import type { Peer, SchedulerState } from './state.ts'

/** What a job needs, as far as it is known by now. */
export const needsOf = (job: JobRecord): Needs => job.plan?.needs ?? job.request.needs

/** Why a node may get nothing of a job, in words for a person; null when it may: it seems fit, and has proved it. */
export const whyNotPeer = (state: SchedulerState, job: JobRecord, peerId: PeerId): string | null =>
  whyUnsuited(state, job, peerId) ?? whyUnproved(state, job, peerId)

/** Why a node does not fit a job by all that it says of itself, in words for a person; null when it seems to. */
export const whyUnsuited = (state: SchedulerState, job: JobRecord, peerId: PeerId): string | null =>
  whyBlocked(state, job, peerId) ?? whyMisfit(state, needsOf(job), peerId)

/** Why a node does not fit needs, of a job or of one that may be queued, in words for a person; null when it seems to. */
export function whyMisfit(state: SchedulerState, needs: Needs, peerId: PeerId): string | null {
  if (peerId === state.self.peerId) return whyNoSlots(state) ?? whyUnfit(needs, usableFitness(state), true)
  const status = state.peers.get(peerId)?.status
  if (!status) return 'it has not said yet what it can do'
  if (status.state !== 'awake')
    return `it is ${status.state}${status.reason === null ? '' : `: ${status.reason}`}`
  return whyUnfit(needs, status, false)
}

/** Who failed what others can do stays out for as long as there are such others: an owner need not be one of them. */
function whyBlocked(state: SchedulerState, job: JobRecord, peerId: PeerId): string | null {
  const reason = job.blocked[peerId]
  if (reason === undefined) return null
  const { self, peers } = state
  const could = (id: PeerId): boolean => job.blocked[id] === undefined && isHopeful(state, job, id)
  const others = [...peers.values()].some((peer) => hasSlots(peer) && could(peer.peerId))
  return others || (self.slots > 0 && could(self.peerId)) ? reason : null
}

function whyUnproved(state: SchedulerState, job: JobRecord, peerId: PeerId): string | null {
  const proof = proofOf(state, job.id, peerId)
  switch (proof?.answer ?? null) {
    case 'can':
      return null
    case 'cannot':
      return proof?.reason ?? 'it cannot'
    case 'unanswered':
      return 'it does not answer whether it can'
    case null:
      return 'it has not said yet whether it can'
  }
}

const whyAsleep = ({ self }: SchedulerState): string | null =>
  self.state === 'awake' ? null : `it is ${self.state}`

/** Why this node's slots take nothing at all. */
export function whyNoSlots(state: SchedulerState): string | null {
  const unwell = whyNotEncoding(state)
  return whyAsleep(state) ?? (unwell === null ? null : `it is unhealthy: ${unwell}`)
}

/** Joins copy what was encoded: a machine that cannot encode may still do them, one that cannot write may not. */
function whyNoFileWork(state: SchedulerState): string | null {
  const { machine } = state.health
  return whyAsleep(state) ?? (machine === null ? null : `it is unhealthy: ${machine}`)
}

/** Why this node cannot do a job's file work (its join) now: that needs its storage and any ffmpeg, no encoder, no tag. */
export const whyNotFileWork = (state: SchedulerState, job: JobRecord): string | null =>
  whyNoFileWork(state) ??
  whyUnfit({ ...needsOf(job), encoders: [], tags: [], ffmpeg: null }, usableFitness(state), true)

/** Why a node may not get a task, by what the task is. */
const whyNotTask = (state: SchedulerState, job: JobRecord, task: Task, peerId: PeerId): string | null =>
  task.pool === 'io' && peerId === state.self.peerId
    ? whyNotFileWork(state, job)
    : whyNotPeer(state, job, peerId)

const hasSlots = (peer: Peer): boolean => (peer.status?.slots.total ?? 0) > 0

/** Connected peers that could be given work of this job now, without this node itself. */
export const fitPeers = (state: SchedulerState, job: JobRecord): Peer[] =>
  [...state.peers.values()].filter((peer) => hasSlots(peer) && whyNotPeer(state, job, peer.peerId) === null)

/** The same, with those who seem fit and have not said yet whether they can. */
export const hopefulPeers = (state: SchedulerState, job: JobRecord): Peer[] =>
  [...state.peers.values()].filter((peer) => hasSlots(peer) && isHopeful(state, job, peer.peerId))

const isHopeful = (state: SchedulerState, job: JobRecord, peerId: PeerId): boolean =>
  whyUnsuited(state, job, peerId) === null && proofOf(state, job.id, peerId)?.answer !== 'cannot'

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
  const { self } = state
  return othersAmong(task, besides, self.peerId, {
    self: self.slots > 0 && whyNotTask(state, job, task, self.peerId) === null,
    peers: () => fitPeers(state, job)
  })
}

/** The same, counting those who have not said yet whether they can: as long as they may, a task does not fail. */
export function othersMayTry(state: SchedulerState, job: JobRecord, task: Task, besides: PeerId): boolean {
  const { self } = state
  return othersAmong(task, besides, self.peerId, {
    self: self.slots > 0 && (task.pool === 'io' || isHopeful(state, job, self.peerId)),
    peers: () => hopefulPeers(state, job)
  })
}

function othersAmong(
  task: Task,
  besides: PeerId,
  self: PeerId,
  able: { self: boolean; peers: () => Peer[] }
): boolean {
  const failed = failedOn(task)
  const could = (peerId: PeerId): boolean => peerId !== besides && !failed.has(peerId)
  if (able.self && could(self)) return true
  return !task.ownerOnly && able.peers().some((peer) => could(peer.peerId))
}
