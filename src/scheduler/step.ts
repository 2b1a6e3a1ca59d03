import type { Fitness, JobId, NodeStatus, PeerId, PeerMessage } from '../model/index.ts'
import { Draft, type Step, withEntry, withoutEntry } from './draft.ts'
import type { Event } from './event.ts'
import { checkWhenDue, hearCheck, hearDoubts, tellHealth, wantCheck } from './health.ts'
import { unblockPeers } from './owner-failures.ts'
import { answerSteal, openJobs } from './owner-handout.ts'
import {
  acceptPlan,
  commandJob,
  noteCleaned,
  queueJob,
  refusePlan,
  reprioritizeJob,
  resumeChores
} from './owner-jobs.ts'
import {
  expireLeases,
  hearPeerConnected,
  hearPeerDisconnected,
  hearWorker,
  noteUndeliverable,
  recoverLeases
} from './owner-leases.ts'
import { askProofs, hearProof, wantProofs } from './owner-proofs.ts'
import { noteCollected, notePublished, noteVerified, recoverChores } from './owner-results.ts'
import { dropPeerProofs } from './proof.ts'
import type { SchedulerState, Self } from './state.ts'
import { readyCount } from './summary.ts'
import {
  acceptGrants,
  handBack,
  hearOwner,
  noteEnded,
  noteProgress,
  sendHeartbeats,
  tellOwner
} from './worker-leases.ts'
import { considerStealing } from './worker-steal.ts'

/**
 * What an event comes to: the next state, the facts that must be durable first, and the orders that leave then.
 * Pure: no clock, no disk, no network, no chance. Whatever a peer may send leads to a state, never to a throw.
 * @param nowMs monotonic time of this process; the wall clock decides nothing (S11)
 */
export function step(before: SchedulerState, event: Event, nowMs: number): Step {
  const draft = new Draft(before, nowMs)
  hear(draft, event)
  // Which jobs wait follows from the jobs alone: most events (progress, statuses, ticks) change none.
  if (draft.state.jobs !== before.jobs || event.kind === 'node-started') noteWaiting(draft)
  if (event.kind === 'clock-ticked' || bearsOnProofs(before, draft.state, event)) askProofs(draft)
  considerStealing(draft)
  if (draft.state.health !== before.health || draft.state.self !== before.self) tellHealth(draft)
  return draft.finish()
}

/** Who is to be asked follows from these alone: most events change none of them. */
const bearsOnProofs = (before: SchedulerState, after: SchedulerState, event: Event): boolean =>
  before.jobs !== after.jobs ||
  before.proofs !== after.proofs ||
  before.self !== after.self ||
  before.health !== after.health ||
  before.started !== after.started ||
  (before.peers !== after.peers && !(event.kind === 'status-received' && isOldNews(before, event)))

/** True when a peer says again what bears on its proofs: mostly its offers have changed, or what it runs. */
function isOldNews(
  before: SchedulerState,
  { peerId, status }: { peerId: PeerId; status: NodeStatus }
): boolean {
  const said = before.peers.get(peerId)?.status
  return said != null && said.slots.total === status.slots.total && isAsFit(said, status)
}

function hear(draft: Draft, event: Event): void {
  switch (event.kind) {
    case 'node-started':
      draft.set({ started: true, startedAtMs: draft.nowMs })
      recoverLeases(draft)
      recoverChores(draft)
      return
    case 'clock-ticked':
      expireLeases(draft)
      resumeChores(draft)
      sendHeartbeats(draft)
      checkWhenDue(draft)
      return
    case 'node-stopping':
      handBack(draft)
      return
    case 'self-changed':
      if (!isAsFit(fitnessOf(draft.state.self), fitnessOf(event.self))) {
        dropPeerProofs(draft, draft.self)
      }
      draft.set({ self: event.self })
      draft.announce()
      return
    case 'health-check-wanted':
      wantCheck(draft, event.because)
      return
    case 'health-checked':
      hearCheck(draft, event.report)
      return
    case 'peer-connected': {
      const { peerId, name, bootId } = event
      hearPeerConnected(draft, peerId, bootId)
      dropPeerProofs(draft, peerId)
      draft.set({
        peers: withEntry(draft.state.peers, peerId, {
          peerId,
          name,
          bootId,
          connectedAtMs: draft.nowMs,
          status: null
        }),
        dryUntilMs: withoutEntry(draft.state.dryUntilMs, peerId)
      })
      tellOwner(draft, peerId)
      return
    }
    case 'peer-disconnected':
      hearPeerDisconnected(draft, event.peerId)
      dropPeerProofs(draft, event.peerId)
      draft.set({
        peers: withoutEntry(draft.state.peers, event.peerId),
        steals: withoutEntry(draft.state.steals, event.peerId)
      })
      return
    case 'status-received': {
      const peer = draft.state.peers.get(event.peerId)
      if (!peer) return
      if (peer.status && !isAsFit(peer.status, event.status)) dropPeerProofs(draft, event.peerId)
      draft.set({ peers: withEntry(draft.state.peers, event.peerId, { ...peer, status: event.status }) })
      hearDoubts(draft, event.peerId, doubtedJobs(event.status, draft.self))
      return
    }
    case 'message-received':
      hearMessage(draft, event.message)
      return
    case 'job-requested':
      queueJob(draft, event.jobId, event.request)
      return
    case 'job-commanded':
      commandJob(draft, event.jobId, event.command)
      return
    case 'job-reprioritized':
      reprioritizeJob(draft, event.jobId, event.priority)
      return
    case 'unblock-requested':
      unblockPeers(draft, event.jobId, event.peerIds)
      return
    case 'job-planned':
      acceptPlan(draft, event.jobId, event.plan)
      return
    case 'job-plan-failed':
      refusePlan(draft, event.jobId, event.error, event.transient)
      return
    case 'lease-undeliverable':
      noteUndeliverable(draft, event.lease, event.error)
      return
    case 'result-verified':
      noteVerified(draft, event.lease, event.result, event.verdict)
      return
    case 'result-collected':
      noteCollected(draft, event.lease, event.result)
      return
    case 'output-published':
      notePublished(draft, event.lease, event.verdict)
      return
    case 'job-files-cleaned':
      noteCleaned(draft, event.jobId, event.verdict)
      return
    case 'proofs-wanted':
      wantProofs(draft, event.jobId)
      return
    case 'proof-answered':
      hearProof(draft, event)
      return
    case 'task-progressed':
      noteProgress(draft, event.leaseId, event.progress)
      return
    case 'task-ended':
      noteEnded(draft, event.leaseId, event.outcome)
      return
  }
}

/** Of how many of its jobs an owner says that a node failed tasks that others then did. */
const doubtedJobs = ({ doubts }: NodeStatus, self: PeerId): number =>
  doubts?.find(({ peerId }) => peerId === self)?.jobs ?? 0

type FitnessAndState = Fitness & Pick<NodeStatus, 'state'>

const fitnessOf = ({ fitness, state }: Self): FitnessAndState => ({ ...fitness, state })

/** True when a node is what it was when it proved what it can do. */
const isAsFit = (before: FitnessAndState, after: FitnessAndState): boolean =>
  before.state === after.state &&
  before.ffmpegVersion === after.ffmpegVersion &&
  sameMembers(before.encoders, after.encoders) &&
  sameMembers(before.roots, after.roots) &&
  sameMembers(before.tags, after.tags)

const sameMembers = (a: readonly string[], b: readonly string[]): boolean =>
  a === b ||
  (a.length === b.length && a.every((item) => b.includes(item)) && b.every((item) => a.includes(item)))

function hearMessage(draft: Draft, message: PeerMessage): void {
  switch (message.kind) {
    case 'steal':
      answerSteal(draft, message.from, message.request)
      return
    case 'grant':
      acceptGrants(draft, message.from, message.answer)
      return
    case 'lease-up':
      hearWorker(draft, message.from, message.message)
      return
    case 'lease-down':
      hearOwner(draft, message.from, message.message)
      return
  }
}

/** Keeps the time since which each job has been waiting for hands. */
function noteWaiting(draft: Draft): void {
  const waiting = new Map<JobId, number>()
  for (const job of openJobs(draft)) {
    if (readyCount(job, 'slot', true) === 0) continue
    const since = draft.state.waitingSinceMs.get(job.id)
    if (since === undefined) {
      // News for this very node: it need not wait out a pause after an empty answer of its own.
      draft.set({ dryUntilMs: withoutEntry(draft.state.dryUntilMs, draft.self) })
    }
    waiting.set(job.id, since ?? draft.nowMs)
  }
  if (!sameKeys(waiting, draft.state.waitingSinceMs)) draft.set({ waitingSinceMs: waiting })
}

const sameKeys = (a: ReadonlyMap<JobId, number>, b: ReadonlyMap<JobId, number>): boolean =>
  a.size === b.size && [...a.keys()].every((key) => b.has(key))
