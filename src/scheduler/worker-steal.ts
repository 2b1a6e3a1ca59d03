import { type Fitness, maxOffers, type Offer, type PeerId, whyUnfit } from '../model/index.ts'
import { type Draft, withEntry, withoutEntry } from './draft.ts'
import { whyNotFileWork, whyNotPeer } from './fit.ts'
import { usableFitness, whyNotEncoding } from './health.ts'
import { openJobs } from './owner-handout.ts'
import type { SchedulerState } from './state.ts'
import { lateCount } from './straggler.ts'
import { readyCount } from './summary.ts'

interface Candidate {
  owner: PeerId
  priority: number
  ageMs: number
  io: boolean
  /** Nothing is ready there, but a straggler may be worth a second copy: asked last. */
  late: boolean
  /** Spreads workers over owners whose offers are alike. */
  spread: number
}

/** Offers whose ages differ by less count as alike: else every idle worker would run to the same owner. */
const ageStepMs = 2_000

const coarse = (ageMs: number): number => Math.floor(ageMs / ageStepMs)

/** Room for tasks that is neither in use nor asked for. */
export function freeRoom(state: SchedulerState): { slot: number; io: number } {
  const room = { slot: state.self.slots, io: state.self.ioSlots }
  for (const { lease, status } of state.holds.values()) if (status !== 'ended') room[lease.pool] -= 1
  for (const { slots, io } of state.steals.values()) {
    room.slot -= slots
    room.io -= io
  }
  return { slot: Math.max(0, room.slot), io: Math.max(0, room.io) }
}

/**
 * Asks the most promising owner for work, when there is room and somebody has some. All free room goes to one owner
 * at a time; when it had less, the next is asked after its answer. File work (joins) is this node's own alone.
 */
export function considerStealing(draft: Draft): void {
  forgetLateSteals(draft)
  const { state } = draft
  if (!state.started || state.stopping || state.self.state !== 'awake') return
  const free = freeRoom(state)
  const room = whyNotEncoding(state) === null ? free : { ...free, slot: 0 }
  if (room.slot + room.io === 0) return
  const best = bestCandidate(draft, room)
  if (!best) return
  const requestId = state.nextRequestId
  const request = { requestId, slots: room.slot, io: best.io ? room.io : 0 }
  const deadlineMs = draft.nowMs + draft.settings.stealTimeoutMs
  draft.set({
    nextRequestId: requestId + 1,
    steals: withEntry(state.steals, best.owner, {
      requestId,
      slots: request.slots,
      io: request.io,
      deadlineMs
    })
  })
  draft.order({ kind: 'send-steal', to: best.owner, request })
}

function forgetLateSteals(draft: Draft): void {
  for (const [owner, { deadlineMs }] of draft.state.steals) {
    if (deadlineMs <= draft.nowMs) draft.set({ steals: withoutEntry(draft.state.steals, owner) })
  }
}

function bestCandidate(draft: Draft, room: { slot: number; io: number }): Candidate | null {
  const { state, nowMs } = draft
  const mayAsk = (owner: PeerId): boolean =>
    !state.steals.has(owner) && (state.dryUntilMs.get(owner) ?? Number.NEGATIVE_INFINITY) <= nowMs

  let best = mayAsk(state.self.peerId) ? ownCandidate(state, room, nowMs) : null
  if (room.slot === 0) return best
  for (const { peerId, status } of state.peers.values()) {
    if (!status || status.offers.length === 0 || !mayAsk(peerId)) continue
    const offer = bestOffer(status.offers, usableFitness(state))
    if (!offer) continue
    const { priority, ageMs } = offer
    const spread = spreadOf(state.self.peerId, peerId)
    const found = { owner: peerId, priority, ageMs, io: false, late: lateOf(offer) === 1, spread }
    if (!best || compare(found, best) < 0) best = found
  }
  return best
}

/** What is to be handed out before second copies, then by priority, age, and what spreads workers over owners. */
const compare = (a: Candidate, b: Candidate): number =>
  Number(a.late) - Number(b.late) ||
  b.priority - a.priority ||
  coarse(b.ageMs) - coarse(a.ageMs) ||
  a.spread - b.spread

function bestOffer(offers: readonly Offer[], fitness: Fitness): Offer | null {
  let best: Offer | null = null
  for (const offer of offers.slice(0, maxOffers)) {
    if (offer.readyTasks + offer.lateTasks === 0 || whyUnfit(offer.needs, fitness, false) !== null) continue
    const order =
      best && (lateOf(offer) - lateOf(best) || best.priority - offer.priority || best.ageMs - offer.ageMs)
    if (order === null || order < 0) best = offer
  }
  return best
}

function ownCandidate(
  state: SchedulerState,
  room: { slot: number; io: number },
  nowMs: number
): Candidate | null {
  let onlyLate: Candidate | null = null
  for (const job of openJobs({ state })) {
    const able = room.slot > 0 && whyNotPeer(state, job, state.self.peerId) === null
    const slot = able && readyCount(job, 'slot', true) > 0
    const io = room.io > 0 && readyCount(job, 'io', true) > 0 && whyNotFileWork(state, job) === null
    const late = able && lateCount(state, job) > 0
    if (!slot && !io && !late) continue
    const candidate: Candidate = {
      owner: state.self.peerId,
      // A join frees disk and ends a job: it goes before everything else.
      priority: io ? Number.POSITIVE_INFINITY : job.priority,
      ageMs: nowMs - (state.waitingSinceMs.get(job.id) ?? nowMs),
      io: room.io > 0,
      late: !slot && !io,
      spread: 0
    }
    if (!candidate.late) return candidate
    onlyLate ??= candidate
  }
  return onlyLate
}

const lateOf = (offer: Offer): number => (offer.readyTasks > 0 ? 0 : 1)

/** The same for a pair of nodes at all times, and unlike for different workers (FNV-1a, 32 bits). */
function spreadOf(worker: PeerId, owner: PeerId): number {
  let hash = 0x811c9dc5
  for (const char of `${worker}|${owner}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
  return hash
}
