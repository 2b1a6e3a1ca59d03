import type { ScreenOrder } from './orders.ts'
import type { Notice, Overlay, ScreenState } from './state.ts'

/** What an action makes of a screen, and what the screen wants done. */
export interface ScreenStep {
  readonly state: ScreenState
  readonly orders: readonly ScreenOrder[]
}

/** Nothing but the state. */
export const still = (state: ScreenState): ScreenStep => ({ state, orders: [] })

/** How long a notice stays. */
export const noticeMs = 8_000

/** With a line for the person, above the footer. */
export const withNotice = (state: ScreenState, level: Notice['level'], text: string): ScreenState => ({
  ...state,
  notice: { text, level, untilMs: state.nowMs + noticeMs }
})

/** With something laid over the lists, and what is to be fetched for it. */
export const opened = (state: ScreenState, overlay: Overlay, orders: readonly ScreenOrder[]): ScreenStep => ({
  state: { ...state, overlays: [...state.overlays, overlay] },
  orders
})
