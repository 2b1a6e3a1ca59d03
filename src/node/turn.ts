import type { Fact } from '../model/index.ts'
import { type Effect, type Event, type SchedulerState, type Step, step } from '../scheduler/index.ts'

export interface TurnCollaborators {
  /** Makes the facts durable before it returns; throws when it cannot, and then none of them is. */
  commit: (facts: readonly Fact[]) => void
  /** Carries one order out. Must not throw and must not call back into `turn` before it returns. */
  perform: (effect: Effect) => void
  /** Monotonic milliseconds. */
  now: () => number
  /** The ledger could not be written. The event changed nothing; unless it comes again anyway, it is turned again. */
  onCommitFailed: (error: unknown) => void
  /** Calls back once after this long; what it is given survives nothing, like every timer. */
  later: (delayMs: number, callback: () => void) => void
}

/** How long an event waits for the ledger to be writable again. */
const retryMs = 1_000

/** Events that a person waits for: told at once that the ledger failed, instead of tried again. */
const isAsked = (event: Event): boolean =>
  event.kind === 'job-requested' ||
  event.kind === 'job-commanded' ||
  event.kind === 'job-reprioritized' ||
  event.kind === 'unblock-requested'

/**
 * Events that come again by themselves, or that their sender does without: time, and messages, each of which may be
 * lost. To try them again would pile them up for as long as the disk is full.
 */
const comesAgain = (event: Event): boolean =>
  event.kind === 'clock-ticked' || event.kind === 'message-received'

/**
 * The one loop of a node: an event arrives, `step` decides, the ledger commits the facts, then the effects leave.
 * Events that arrive meanwhile wait their turn. Simulation runs this very code.
 */
export class Turns {
  readonly #collaborators: TurnCollaborators
  readonly #step: (state: SchedulerState, event: Event, nowMs: number) => Step
  readonly #waiting: Event[] = []
  #state: SchedulerState
  #turning = false

  constructor(state: SchedulerState, collaborators: TurnCollaborators, decide: typeof step = step) {
    this.#state = state
    this.#collaborators = collaborators
    this.#step = decide
  }

  get state(): SchedulerState {
    return this.#state
  }

  /**
   * Turns an event. Everything it led to is durable and ordered when this returns.
   * @throws what `commit` threw, for an event that a person waits for; others come again, or are tried again.
   */
  turn(event: Event): void {
    this.#waiting.push(event)
    if (this.#turning) return
    this.#turning = true
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#turnOne(next)
    } finally {
      this.#turning = false
    }
  }

  #turnOne(event: Event): void {
    const { commit, perform, now, onCommitFailed, later } = this.#collaborators
    const { state, facts, effects } = this.#step(this.#state, event, now())
    try {
      if (facts.length > 0) commit(facts)
    } catch (error) {
      onCommitFailed(error)
      if (isAsked(event)) throw error
      if (!comesAgain(event)) later(retryMs, () => this.turn(event))
      return
    }
    this.#state = state
    for (const effect of effects) perform(effect)
  }
}
