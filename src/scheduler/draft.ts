import type { Fact, JobId, JobRecord, PeerId } from '../model/index.ts'
import { applyFact } from './apply.ts'
import type { Effect } from './effect.ts'
import type { SchedulerSettings } from './settings.ts'
import type { Chore, SchedulerState } from './state.ts'

/** What one step came to. The facts must be durable before any effect leaves. */
export interface Step {
  state: SchedulerState
  facts: readonly Fact[]
  effects: readonly Effect[]
}

/**
 * One step in the making: the state so far, and the facts and effects that it has come to.
 * Jobs change through `record` alone; the rest through `set`.
 */
export class Draft {
  readonly nowMs: number
  readonly facts: Fact[] = []
  readonly effects: Effect[] = []
  state: SchedulerState
  #announced = false

  constructor(state: SchedulerState, nowMs: number) {
    this.state = state
    this.nowMs = nowMs
  }

  get settings(): SchedulerSettings {
    return this.state.settings
  }

  get self(): PeerId {
    return this.state.self.peerId
  }

  /** A job of this owner, as the facts so far make it. */
  job(jobId: JobId): JobRecord | undefined {
    return this.state.jobs.get(jobId)
  }

  /** Makes a fact true: it is applied here and now, and will be committed before any effect leaves. */
  record(fact: Fact): void {
    this.state = { ...this.state, jobs: applyFact(this.state.jobs, fact) }
    this.facts.push(fact)
    this.announce()
  }

  order(effect: Effect): void {
    this.effects.push(effect)
  }

  /** Peers should hear soon what has changed here. */
  announce(): void {
    this.#announced = true
  }

  /** Changes volatile parts of the state. */
  set(change: Partial<Omit<SchedulerState, 'jobs' | 'settings'>>): void {
    this.state = { ...this.state, ...change }
  }

  /** Orders something of the disk, and remembers it until it is answered. One of a key at a time. */
  startChore(key: string, effect: Chore['effect'], tries = 0): void {
    if (this.state.chores.has(key) && tries === 0) return
    this.set({ chores: withEntry(this.state.chores, key, { effect, dueAtMs: null, tries }) })
    this.order(effect)
  }

  endChore(key: string): Chore | undefined {
    const chore = this.state.chores.get(key)
    if (chore) this.set({ chores: withoutEntry(this.state.chores, key) })
    return chore
  }

  finish(): Step {
    if (this.#announced) this.order({ kind: 'announce' })
    return { state: this.state, facts: this.facts, effects: this.effects }
  }
}

/** A map with one entry more, or changed; the given one is left alone. */
export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value)
}

/** A map with one entry less; the given one is left alone. */
export function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map
  const next = new Map(map)
  next.delete(key)
  return next
}

/** A set with one member less; the given one is left alone. */
export function withoutMember<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  if (!set.has(member)) return set
  const next = new Set(set)
  next.delete(member)
  return next
}
