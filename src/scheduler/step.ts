import type { JobId, PeerMessage } from '../model/index.ts'
import { Draft, type Step, withEntry, withoutEntry } from './draft.ts'
import type { Event } from './event.ts'
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
import { noteCollected, notePublished, noteVerified, recoverChores } from './owner-results.ts'
import type { SchedulerState } from './state.ts'
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
  considerStealing(draft)
  return draft.finish()
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
      return
    case 'node-stopping':
      handBack(draft)
      return
    case 'self-changed':
      draft.set({ self: event.self })
      draft.announce()
      return
    case 'peer-connected': {
      const { peerId, name, bootId } = event
      hearPeerConnected(draft, peerId, bootId)
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
      draft.set({
        peers: withoutEntry(draft.state.peers, event.peerId),
        steals: withoutEntry(draft.state.steals, event.peerId)
      })
      return
    case 'status-received': {
      const peer = draft.state.peers.get(event.peerId)
      if (!peer) return
      draft.set({ peers: withEntry(draft.state.peers, event.peerId, { ...peer, status: event.status }) })
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
    case 'task-progressed':
      noteProgress(draft, event.leaseId, event.progress)
      return
    case 'task-ended':
      noteEnded(draft, event.leaseId, event.outcome)
      return
  }
}

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
