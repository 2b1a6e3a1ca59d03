import { setTimeout as wait } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import type { z } from 'zod'
import { asProtocolError, ProtocolError } from './errors.ts'
import { FrameWriter, framesOf } from './framing.ts'
import { encodeMessage, parseMessage } from './json.ts'
import { channelRate, queuedFrames } from './limits.ts'
import { RateLimiter } from './rate-limit.ts'

/** A protocol of one long-lived stream per pair, on which both ends send messages when they like. */
export interface ChannelProtocol<M> {
  readonly id: string
  readonly message: z.ZodType<M>
  readonly maxFrameBytes: number
}

export type SendResult = 'sent' | 'full' | 'too-large' | 'closed'

export interface Channel<M> {
  /** Best effort: what is not `sent` is dropped. */
  send(message: M): SendResult
  /** True while earlier messages wait for the other end to read. */
  readonly busy: boolean
  /** When nothing waits any more. */
  flushed(): Promise<void>
  /** Resets the stream. Idempotent. */
  close(reason: string): void
  /**
   * How it ended: null when the other end or the connection closed, else what was wrong with what it sent.
   * Rejects with what `onMessage` threw.
   */
  readonly ended: Promise<ProtocolError | null>
}

export interface ChannelHandlers<M> {
  onMessage(message: M): void
  /** Any byte arrived: the other end lives. */
  onBytes(): void
  /** Monotonic milliseconds. */
  nowMs(): number
}

/**
 * Runs a channel on a negotiated stream. A message that is not of the protocol's shape ends it; a peer above its pace
 * is read slower, so that its own queue fills up.
 */
export function runChannel<M>(
  protocol: ChannelProtocol<M>,
  stream: Stream,
  handlers: ChannelHandlers<M>
): Channel<M> {
  const writer = new FrameWriter(stream, protocol.maxFrameBytes * queuedFrames)
  const rate = new RateLimiter(channelRate, handlers.nowMs())
  const stopped = new AbortController()

  const read = async (): Promise<ProtocolError | null> => {
    let delivering = false
    try {
      for await (const frame of framesOf(stream, protocol.maxFrameBytes, handlers.onBytes)) {
        const waitMs = rate.take(handlers.nowMs())
        if (waitMs > 0) await wait(waitMs, null, { signal: stopped.signal })
        const message = parseMessage(frame, protocol.message)
        delivering = true
        handlers.onMessage(message)
        delivering = false
      }
      return null
    } catch (error) {
      // Our own handler's mistake is not the peer's.
      if (delivering) throw error
      const known = asProtocolError(error, protocol.id)
      return known.code === 'malformed-message' || known.code === 'oversized-frame' ? known : null
    }
  }
  const close = (reason: string) => {
    stopped.abort()
    stream.abort(new ProtocolError('stream-closed', reason))
  }
  // A stream whose other end went away is closed here too, so that the muxer forgets it.
  const ended = read().finally(() => close('the other end closed it, or sent what it should not'))

  return {
    ended,
    close,
    get busy() {
      return writer.busy
    },
    flushed: () => writer.flushed(),
    send(message) {
      const bytes = encodeMessage(message)
      if (bytes.byteLength > protocol.maxFrameBytes) return 'too-large'
      if (stream.writeStatus !== 'writable') return 'closed'
      return writer.write(bytes) ? 'sent' : 'full'
    }
  }
}
