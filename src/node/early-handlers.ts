import { type ControlHandlers, coalesceKeys } from './control/index.ts'

/**
 * Handlers for commands that come while the node starts: they wait for the real ones.
 * The socket is claimed first of all, so that a second node is told of the first, and not of a locked ledger.
 */
export function earlyHandlers(ready: Promise<ControlHandlers>): ControlHandlers {
  return new Proxy({} as ControlHandlers, {
    get: (_, name: keyof ControlHandlers) =>
      Object.hasOwn(coalesceKeys, name)
        ? async function* (params: never, signal: AbortSignal) {
            yield* ((await ready)[name] as (params: never, signal: AbortSignal) => AsyncIterable<unknown>)(
              params,
              signal
            )
          }
        : async (params: never, signal?: AbortSignal) =>
            ((await ready)[name] as (params: never, signal?: AbortSignal) => unknown)(params, signal)
  })
}
