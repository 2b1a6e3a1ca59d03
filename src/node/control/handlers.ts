import {
  type ControlMethod,
  type ControlMethods,
  type ControlStream,
  type ControlStreams,
  partKey
} from '../../model/index.ts'

/**
 * What a node does for its commands: one function a method, one generator a stream.
 * A stream must end when its signal aborts. A method's signal aborts when nobody waits for the answer any more: one
 * that only looks may end then, one that changes something goes on. Errors thrown are told by `toWireError`.
 */
export type ControlHandlers = {
  readonly [M in ControlMethod]: (
    params: ControlMethods[M]['params'],
    signal?: AbortSignal
  ) => Promise<ControlMethods[M]['result']>
} & {
  readonly [S in ControlStream]: (
    params: ControlStreams[S]['params'],
    signal: AbortSignal
  ) => AsyncIterable<ControlStreams[S]['event']>
}

export interface CallOptions {
  /** Instead of the method's own deadline. */
  timeoutMs?: number
  /** Ends the wait, and tells the node that nobody waits any more. */
  signal?: AbortSignal
}

/** A node as a command sees it: over the socket or, for a node in this process, directly. */
export interface ControlClient {
  /** Which process answers, and of which version. */
  readonly node: { readonly version: string; readonly pid: number }
  /** Throws ControlError, with the node's own words when it refused. */
  call<M extends ControlMethod>(
    method: M,
    params: ControlMethods[M]['params'],
    options?: CallOptions
  ): Promise<ControlMethods[M]['result']>
  /** Ends when the signal aborts or the node ends it; throws ControlError when the node goes away before. */
  stream<S extends ControlStream>(
    name: S,
    params: ControlStreams[S]['params'],
    signal: AbortSignal
  ): AsyncIterable<ControlStreams[S]['event']>
  /** Settles when the connection is gone, whoever closed it. */
  readonly closed: Promise<void>
  close(): void
}

/**
 * Events of a stream that replace one another: of two waiting events with the same key only the newer is sent, so
 * that a slow reader sees fewer steps, never old news, and costs the node no more memory than one event a key.
 * Streams without a key keep every event, up to a bound.
 */
export const coalesceKeys: {
  readonly [S in ControlStream]: ((event: ControlStreams[S]['event']) => string) | null
} = {
  watchJobs: (event) => event.id,
  screen: partKey,
  chunks: () => 'chunks',
  peerScreen: partKey,
  peerChunks: () => 'chunks'
}

/** The handlers of a node in this process behind the interface that commands use. */
export function localClient(
  handlers: ControlHandlers,
  node: { version: string; pid: number },
  stopped: Promise<void>
): ControlClient {
  return {
    node,
    call: (method, params, options) =>
      orAborted(callHandler(handlers, method, params, options?.signal), options?.signal),
    stream: (name, params, signal) => openHandler(handlers, name, params, signal),
    closed: stopped,
    close() {}
  }
}

/** The handler may go on when nobody waits for it any more, as it may behind the socket. */
function orAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return answer
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** One place where a method's name picks its handler, so that parameters and result keep belonging together. */
export function callHandler<M extends ControlMethod>(
  handlers: ControlHandlers,
  method: M,
  params: ControlMethods[M]['params'],
  signal?: AbortSignal
): Promise<ControlMethods[M]['result']> {
  const handler = handlers[method] as (
    params: ControlMethods[M]['params'],
    signal?: AbortSignal
  ) => Promise<ControlMethods[M]['result']>
  return handler(params, signal)
}

/** The same for streams. */
export function openHandler<S extends ControlStream>(
  handlers: ControlHandlers,
  name: S,
  params: ControlStreams[S]['params'],
  signal: AbortSignal
): AsyncIterable<ControlStreams[S]['event']> {
  const handler = handlers[name] as (
    params: ControlStreams[S]['params'],
    signal: AbortSignal
  ) => AsyncIterable<ControlStreams[S]['event']>
  return handler(params, signal)
}
