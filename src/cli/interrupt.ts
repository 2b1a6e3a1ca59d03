import type { EventEmitter } from 'node:events'

/**
 * A person's wish to leave (Ctrl-C, a closed terminal, a polite kill), as an abort signal whose reason is the name
 * of the signal.
 */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Which signal came, or null. */
  readonly by: NodeJS.Signals | null
}

const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * A terminal's Ctrl-C reaches npx, the launcher and this process, and the first two pass it on: within this time
 * it is the same wish.
 */
const echoMs = 1_000

/**
 * Listens for the first wish to leave; `leaveNow` is called when it comes again, for what did not end by itself.
 */
export function listenForInterrupt(
  source: Pick<EventEmitter, 'on'>,
  leaveNow: () => void,
  nowMs: () => number = () => performance.now()
): Interrupt {
  const controller = new AbortController()
  let by: NodeJS.Signals | null = null
  let firstMs = 0
  const onSignal = (name: NodeJS.Signals) => {
    if (by === null) {
      by = name
      firstMs = nowMs()
      controller.abort(name)
    } else if (nowMs() - firstMs > echoMs) {
      leaveNow()
    }
  }
  for (const name of signals) source.on(name, () => onSignal(name))
  // The launcher of an older Node holds this process by a channel: without the launcher nobody could end it.
  source.on('disconnect', () => onSignal('SIGTERM'))
  return {
    signal: controller.signal,
    get by() {
      return by
    }
  }
}
