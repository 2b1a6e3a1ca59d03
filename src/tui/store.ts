import type { ScreenOrder } from './orders.ts'
import { reduce, type ScreenAction } from './reduce.ts'
import type { ScreenState } from './state.ts'

/** News of the node is drawn at most this often (DESIGN section 12: 4 Hz); keys at once. */
const drawMs = 250

/** What a person does is answered at once; so is what they notice when it is late. */
const isUrgent = ({ kind }: ScreenAction): boolean =>
  kind === 'pressed' ||
  kind === 'resized' ||
  kind === 'answered' ||
  kind === 'link-changed' ||
  kind === 'synced'

/** Holds the screen's state; tells its listeners of changes, throttled, so that React never works for nothing. */
export class ScreenStore {
  readonly #onOrder: (order: ScreenOrder) => void
  readonly #listeners = new Set<() => void>()
  #state: ScreenState
  /** The state that listeners were told of. */
  #shown: ScreenState
  #timer: NodeJS.Timeout | null = null
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(state: ScreenState, onOrder: (order: ScreenOrder) => void) {
    this.#state = state
    this.#shown = state
    this.#onOrder = onOrder
  }

  /** The state of this moment. */
  get state(): ScreenState {
    return this.#state
  }

  /** The state as it is to be drawn: the very same object until listeners are told. */
  readonly shown = (): ScreenState => this.#shown

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly dispatch = (action: ScreenAction): void => {
    const { state, orders } = reduce(this.#state, action)
    const hasChanged = state !== this.#state
    this.#state = state
    if (hasChanged) this.#tellSoon(isUrgent(action))
    for (const order of orders) this.#onOrder(order)
  }

  /** Nothing is told any more. */
  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    this.#listeners.clear()
  }

  #tellSoon(isUrgent: boolean): void {
    const waitMs = isUrgent ? 0 : Math.max(0, this.#lastMs + drawMs - performance.now())
    if (waitMs === 0) {
      if (this.#timer) clearTimeout(this.#timer)
      this.#tell()
    } else {
      this.#timer ??= setTimeout(() => this.#tell(), waitMs)
    }
  }

  #tell(): void {
    this.#timer = null
    this.#lastMs = performance.now()
    if (this.#shown === this.#state) return
    this.#shown = this.#state
    for (const listener of this.#listeners) listener()
  }
}
