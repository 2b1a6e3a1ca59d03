import type { Stream } from '@libp2p/interface'
import type { z } from 'zod'
import { asProtocolError, ProtocolError } from './errors.ts'
import { FrameWriter, framesOf } from './framing.ts'
import { encodeMessage, parseMessage } from './json.ts'

/** A stream on which both ends speak in turn. Every error is a ProtocolError. */
export interface Conversation {
  /** The next message. Throws `stream-closed` when the other end hung up, `malformed-message` when it is wrong. */
  read<T>(schema: z.ZodType<T>): Promise<T>
  /** Sends a message. Throws `oversized-frame` for one that the protocol does not allow. */
  write(message: unknown): void
  /** Says that nothing more comes from here; what was written still leaves. */
  end(): Promise<void>
}

/**
 * Holds a conversation on a stream and cleans up after it: the stream is closed in order when `talk` returned and
 * reset when it threw or `signal` fired.
 */
export async function converse<T>(
  stream: Stream,
  settings: { name: string; maxFrameBytes: number; signal: AbortSignal },
  talk: (conversation: Conversation) => Promise<T>
): Promise<T> {
  const { name, maxFrameBytes, signal } = settings
  const frames = framesOf(stream, maxFrameBytes)[Symbol.asyncIterator]()
  const writer = new FrameWriter(stream, maxFrameBytes * 2)
  const onAbort = () => stream.abort(abortReason(signal))
  signal.addEventListener('abort', onAbort)
  try {
    signal.throwIfAborted()
    const result = await talk({
      async read(schema) {
        const next = await frames.next()
        if (next.done) throw new ProtocolError('stream-closed', `${name}: the other end hung up`)
        return parseMessage(next.value, schema)
      },
      write(message) {
        const bytes = encodeMessage(message)
        if (bytes.byteLength > maxFrameBytes) {
          throw new ProtocolError(
            'oversized-frame',
            `${name}: a message of ${bytes.byteLength} bytes is too long`
          )
        }
        if (!writer.write(bytes)) throw new ProtocolError('stream-closed', `${name}: the stream is closed`)
      },
      async end() {
        await writer.flushed()
        await stream.close({ signal })
      }
    })
    await writer.flushed()
    await stream.close({ signal })
    return result
  } catch (error) {
    const known = asProtocolError(signal.aborted ? abortReason(signal) : error, name)
    stream.abort(known)
    throw known
  } finally {
    signal.removeEventListener('abort', onAbort)
    await frames.return?.()
  }
}

const abortReason = (signal: AbortSignal): Error =>
  signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))
