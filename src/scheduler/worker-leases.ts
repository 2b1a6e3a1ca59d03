import type {
  GrantedLease,
  LeaseDown,
  LeaseId,
  PeerId,
  StealAnswer,
  TaskOutcome,
  TaskProgress
} from '../model/index.ts'
import { type Draft, withEntry, withoutEntry } from './draft.ts'
import { noteHindrance, noteWell } from './health.ts'
import type { Hold } from './state.ts'
import { freeRoom } from './worker-steal.ts'

/** How many ended leases a worker remembers, so that a late doubled grant is not run again. */
const rememberedLeases = 512

/** An owner's answer to a steal, perhaps late, doubled, or to a request of an earlier life. */
export function acceptGrants(draft: Draft, owner: PeerId, answer: StealAnswer): void {
  const pending = draft.state.steals.get(owner)
  if (pending?.requestId === answer.requestId) {
    draft.set({ steals: withoutEntry(draft.state.steals, owner) })
    if (answer.leases.length === 0) {
      const until = draft.nowMs + draft.settings.stealPauseMs
      draft.set({ dryUntilMs: withEntry(draft.state.dryUntilMs, owner, until) })
    }
  }
  for (const lease of answer.leases) accept(draft, owner, lease)
}

function accept(draft: Draft, owner: PeerId, lease: GrantedLease): void {
  const { state } = draft
  if (state.holds.has(lease.leaseId) || state.endedLeases.includes(lease.leaseId)) return
  if (state.stopping || freeRoom(state)[lease.pool] === 0) {
    const reason = state.stopping ? 'the node is stopping' : 'no room left'
    sendOutcome(draft, owner, lease.leaseId, { kind: 'returned', reason })
    return
  }
  const hold: Hold = {
    owner,
    lease,
    status: 'running',
    progress: { units: 0, fps: 0, sizeBytes: 0 },
    outcome: null
  }
  draft.set({ holds: withEntry(state.holds, lease.leaseId, hold) })
  draft.order({ kind: 'run-task', owner, lease })
  draft.announce()
}

export function noteProgress(draft: Draft, leaseId: LeaseId, progress: TaskProgress): void {
  const hold = draft.state.holds.get(leaseId)
  if (hold?.status !== 'running') return
  draft.set({ holds: withEntry(draft.state.holds, leaseId, { ...hold, progress }) })
}

/** running → ended, or stopping → forgotten. */
export function noteEnded(draft: Draft, leaseId: LeaseId, outcome: TaskOutcome): void {
  const hold = draft.state.holds.get(leaseId)
  if (!hold || hold.status === 'ended') return
  draft.announce()
  if (outcome.kind === 'finished') noteWell(draft)
  if (outcome.kind === 'failed' && outcome.fault === 'worker') noteHindrance(draft, outcome.error)
  if (hold.status === 'stopping') {
    draft.order({ kind: 'discard-result', owner: hold.owner, lease: hold.lease })
    forget(draft, leaseId)
    return
  }
  draft.set({ holds: withEntry(draft.state.holds, leaseId, { ...hold, status: 'ended', outcome }) })
  if (outcome.kind !== 'finished')
    draft.order({ kind: 'discard-result', owner: hold.owner, lease: hold.lease })
  dropOldestOutcomes(draft)
  sendOutcome(draft, hold.owner, leaseId, outcome)
}

/** What owners that never came back would have been told is kept within bounds. */
function dropOldestOutcomes(draft: Draft): void {
  const ended = [...draft.state.holds].filter(([, { status }]) => status === 'ended')
  for (const [leaseId, hold] of ended.slice(0, Math.max(0, ended.length - draft.settings.maxKeptOutcomes))) {
    draft.order({ kind: 'discard-result', owner: hold.owner, lease: hold.lease })
    forget(draft, leaseId)
  }
}

function forget(draft: Draft, leaseId: LeaseId): void {
  draft.set({
    holds: withoutEntry(draft.state.holds, leaseId),
    endedLeases: [...draft.state.endedLeases, leaseId].slice(-rememberedLeases)
  })
}

/** What the owner says over the lease stream. */
export function hearOwner(draft: Draft, from: PeerId, message: LeaseDown): void {
  const hold = draft.state.holds.get(message.leaseId)
  if (!hold || hold.owner !== from) return
  if (message.kind === 'acknowledged') {
    if (hold.status === 'ended') forget(draft, message.leaseId)
    return
  }
  if (hold.status === 'ended') {
    draft.order({ kind: 'discard-result', owner: hold.owner, lease: hold.lease })
    forget(draft, message.leaseId)
  } else if (hold.status === 'running') {
    draft.set({ holds: withEntry(draft.state.holds, message.leaseId, { ...hold, status: 'stopping' }) })
    draft.order({ kind: 'stop-task', leaseId: message.leaseId, reason: message.reason })
  }
}

/** Tells every reachable owner what is held of it, when it is time; and again what has ended and is not acknowledged. */
export function sendHeartbeats(draft: Draft): void {
  if (draft.state.holds.size === 0 || draft.nowMs < draft.state.nextHeartbeatMs) return
  draft.set({ nextHeartbeatMs: draft.nowMs + draft.settings.heartbeatMs })
  for (const owner of new Set([...draft.state.holds.values()].map((hold) => hold.owner)))
    tellOwner(draft, owner)
}

/** Everything held of one owner, complete. Said at once to an owner that is back. */
export function tellOwner(draft: Draft, owner: PeerId): void {
  const { state } = draft
  if (owner !== draft.self && !state.peers.has(owner)) return
  const held = [...state.holds].filter(([, hold]) => hold.owner === owner)
  if (held.length === 0) return
  const leases = held
    .filter(([, { status }]) => status !== 'stopping')
    .map(([leaseId, { progress }]) => ({ leaseId, progress }))
  draft.order({ kind: 'send-up', to: owner, message: { kind: 'heartbeat', leases } })
  for (const [leaseId, { status, outcome }] of held) {
    if (status === 'ended') sendOutcome(draft, owner, leaseId, outcome!)
  }
}

function sendOutcome(draft: Draft, owner: PeerId, leaseId: LeaseId, outcome: TaskOutcome): void {
  if (owner !== draft.self && !draft.state.peers.has(owner)) return
  draft.order({ kind: 'send-up', to: owner, message: { kind: 'outcome', leaseId, outcome } })
}

/** A clean stop: every running lease is handed back at once, every finished result told once more. */
export function handBack(draft: Draft): void {
  draft.set({ stopping: true })
  for (const [leaseId, hold] of draft.state.holds) {
    if (hold.status === 'ended') {
      sendOutcome(draft, hold.owner, leaseId, hold.outcome!)
      continue
    }
    if (hold.status === 'running') {
      draft.set({ holds: withEntry(draft.state.holds, leaseId, { ...hold, status: 'stopping' }) })
      sendOutcome(draft, hold.owner, leaseId, { kind: 'returned', reason: 'its worker was stopped' })
    }
    draft.order({ kind: 'stop-task', leaseId, reason: 'the node is stopping' })
  }
  draft.announce()
}
