import type { Fitness, NodeState, PeerId, RootId } from '../model/index.ts'
import { type Draft, withEntry } from './draft.ts'
import { dropPeerProofs } from './proof.ts'
import type { SchedulerState } from './state.ts'

/** What this machine found when it looked at itself; every text is one line for a person. */
export interface HealthReport {
  /** Why it can do nothing at all: its home cannot be written, or is full. */
  machine: string | null
  /** Why it cannot encode: its ffmpeg does not run any more. */
  encoding: string | null
  /** Shared roots that it should see and cannot use. */
  roots: readonly { root: RootId; reason: string }[]
}

/** This machine's health, as its own checks and the record of its tasks say. Not durable: looked at at every start. */
export interface Health {
  machine: string | null
  encoding: string | null
  roots: ReadonlyMap<RootId, string>
  /** Kept from encoding by its record, whatever a check may find before that time. */
  barred: { reason: string; untilMs: number } | null
  /** A check is under way. */
  checking: boolean
  /** And another one is wanted after it. */
  wanted: boolean
  /** When to look again; null while nothing is wrong. */
  dueAtMs: number | null
  /** Checks in a row that found trouble. */
  badChecks: number
  /** How often in a row this machine's own trouble ended a task. */
  hindrances: number
  /** By owner, how many jobs this machine failed that others then did, and how many of them have been atoned for. */
  doubted: ReadonlyMap<PeerId, number>
  forgiven: ReadonlyMap<PeerId, number>
  /** How often in a row it was barred for them. */
  bars: number
  /** What was told last of being unwell. */
  told: string | null
}

export const wellAtFirst: Health = {
  machine: null,
  encoding: null,
  roots: new Map(),
  barred: null,
  checking: false,
  wanted: false,
  dueAtMs: null,
  badChecks: 0,
  hindrances: 0,
  doubted: new Map(),
  forgiven: new Map(),
  bars: 0,
  told: null
}

/** Why this machine encodes nothing, by its health alone; null while it may. */
export const whyNotEncoding = ({ health }: SchedulerState): string | null =>
  health.machine ?? health.encoding ?? health.barred?.reason ?? null

/** What this machine has that can be used now: roots in trouble are left out. */
export function usableFitness({ self, health }: SchedulerState): Fitness {
  if (health.roots.size === 0) return self.fitness
  return { ...self.fitness, roots: self.fitness.roots.filter((root) => !health.roots.has(root)) }
}

/** A machine is unwell as a whole when it can encode nothing, or has lost all of the storage that it shares. */
export function whyUnwell(state: SchedulerState): string | null {
  const why = whyNotEncoding(state)
  if (why !== null || usableFitness(state).roots.length > 0) return why
  return firstRootTrouble(state)
}

const firstRootTrouble = ({ health }: SchedulerState): string | null => [...health.roots.values()][0] ?? null

/** What this node says of itself: a person's wish first, then its health. */
export function conditionOf(state: SchedulerState): { state: NodeState; reason: string | null } {
  const { self, stopping } = state
  if (stopping) return { state: 'draining', reason: null }
  const unwell = whyUnwell(state)
  // A root in trouble beside others that are well costs only the jobs that need it: told, but no illness.
  const reason = unwell ?? firstRootTrouble(state)
  if (self.state !== 'awake') return { state: self.state, reason }
  return { state: unwell === null ? 'awake' : 'unhealthy', reason }
}

/** Something speaks against this machine, or for it, or a person wants it to look: it looks at itself now. */
export function wantCheck(draft: Draft, because: 'asked' | 'storage-changed' | 'write-failed'): void {
  const { barred, dueAtMs } = draft.state.health
  // What is known to be wrong is looked at when it is due: it fails again and again meanwhile.
  if (because === 'write-failed' && dueAtMs !== null) return
  if (because === 'asked' && barred !== null) set(draft, { barred: { ...barred, untilMs: draft.nowMs } })
  orderCheck(draft)
}

function orderCheck(draft: Draft): void {
  if (draft.state.health.checking) {
    set(draft, { wanted: true })
    return
  }
  const encoders = draft.state.health.barred !== null
  set(draft, { checking: true, wanted: false, dueAtMs: null })
  draft.order({ kind: 'check-health', encoders })
}

/** It is time to look again at what was wrong. */
export function checkWhenDue(draft: Draft): void {
  const { checking, barred, dueAtMs } = draft.state.health
  const isDue = (atMs: number | null): boolean => atMs !== null && atMs <= draft.nowMs
  if (!checking && (isDue(dueAtMs) || isDue(barred?.untilMs ?? null))) orderCheck(draft)
}

/** What the check found: trouble is looked at again after growing waits, and is over when a check finds none. */
export function hearCheck(draft: Draft, { machine, encoding, roots }: HealthReport): void {
  const { health, self } = draft.state
  if (!health.checking) return
  const isBad = machine !== null || encoding !== null || roots.length > 0
  const badChecks = isBad ? health.badChecks + 1 : 0
  const waitMs = growing(1_000, badChecks, draft.settings.maxCheckWaitMs)
  const before = usableFitness(draft.state).roots
  set(draft, {
    machine,
    encoding,
    roots: new Map(roots.map(({ root, reason }) => [root, reason])),
    barred: health.barred !== null && health.barred.untilMs > draft.nowMs ? health.barred : null,
    checking: false,
    badChecks,
    dueAtMs: isBad ? draft.nowMs + waitMs : null
  })
  if (usableFitness(draft.state).roots.join() !== before.join()) {
    dropPeerProofs(draft, self.peerId)
    draft.announce()
  }
  if (health.wanted) orderCheck(draft)
}

/** A task that ran here ended well. */
export function noteWell(draft: Draft): void {
  if (draft.state.health.hindrances > 0) set(draft, { hindrances: 0 })
}

/**
 * A task that ran here was ended by trouble of this machine's own: it is looked for, and when it comes again and again
 * although nothing is found, the record is believed.
 */
export function noteHindrance(draft: Draft, error: string): void {
  const { maxHindrancesInRow, maxCheckWaitMs } = draft.settings
  const { barred, checking } = draft.state.health
  // One trouble ends all that runs at that moment: it counts once.
  if (barred !== null || checking) return
  const hindrances = draft.state.health.hindrances + 1
  set(draft, { hindrances })
  const beyond = hindrances - maxHindrancesInRow
  if (beyond >= 0) {
    const reason = `its last ${hindrances} tasks met trouble of its own: ${firstLine(error)}`
    bar(draft, reason, growing(2_000, beyond + 1, maxCheckWaitMs))
  } else wantCheck(draft, 'write-failed')
}

/**
 * An owner (perhaps this node) says how many of its jobs this machine failed tasks of, one after another, that others
 * then did. One bad source is everybody's, and so are several; but what others do without trouble speaks against this
 * machine. It comes back by itself, on probation: the next such job counts at once, until an owner takes it all back.
 */
export function hearDoubts(draft: Draft, owner: PeerId, jobs: number): void {
  const { health, settings } = draft.state
  if ((health.doubted.get(owner) ?? 0) === jobs) return
  const doubted = withEntry(health.doubted, owner, jobs)
  const forgiven = withEntry(health.forgiven, owner, Math.min(jobs, health.forgiven.get(owner) ?? 0))
  const cleared = [...doubted.values()].every((count) => count === 0)
  const bars = cleared ? 0 : health.bars
  if (health.barred !== null) {
    // What others do now is what this machine had failed before.
    set(draft, { doubted, forgiven: doubted, bars })
    return
  }
  set(draft, { doubted, forgiven, bars })
  let fresh = 0
  for (const [peer, count] of doubted) fresh += count - (forgiven.get(peer) ?? 0)
  if (fresh < (bars > 0 ? 1 : settings.maxDoubtedJobs)) return
  set(draft, { forgiven: doubted, bars: bars + 1 })
  const reason = `its ffmpeg failed tasks of ${sum(doubted)} jobs one after another that other machines then did`
  bar(draft, reason, growing(settings.doubtedMs, bars + 1, settings.maxDoubtedMs))
}

function bar(draft: Draft, reason: string, waitMs: number): void {
  set(draft, { barred: { reason, untilMs: draft.nowMs + waitMs } })
}

/** Says so when this machine became unwell, for another reason than before, or well again. */
export function tellHealth(draft: Draft): void {
  const reason = whyUnwell(draft.state)
  if (reason === draft.state.health.told) return
  set(draft, { told: reason })
  draft.order({ kind: 'tell-health', reason })
  draft.announce()
}

const set = (draft: Draft, change: Partial<Health>): void =>
  draft.set({ health: { ...draft.state.health, ...change } })

/** 1, 2, 4… times `firstMs`, up to `maxMs`. */
const growing = (firstMs: number, times: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** Math.max(0, Math.min(20, times - 1)))

const sum = (counts: ReadonlyMap<PeerId, number>): number => {
  let total = 0
  for (const count of counts.values()) total += count
  return total
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 200)
