import { setTimeout as wait } from 'node:timers/promises'
import type { Connection, Stream } from '@libp2p/interface'
import type { WatchNews, WatchQuestion } from '../../model/index.ts'
import { asProtocolError, ProtocolError } from '../errors.ts'
import { FrameWriter, framesOf } from '../framing.ts'
import { encodeMessage, parseMessage } from '../json.ts'
import { channelRate, controlFrameBytes, requestDeadlineMs, watchFrameBytes } from '../limits.ts'
import { RateLimiter } from '../rate-limit.ts'
import { watchNewsSchema, watchProtocolId, watchReplySchema } from './messages.ts'

/**
 * Looks at another node over `connection` until either end has enough: ends when the other node ends it or `signal`
 * aborts. A node that tells more than its pace is read slower.
 * Throws ProtocolError: `refused` with the other node's reason, `timed-out` when it does not answer, `unsupported`,
 * `stream-closed` when the connection broke, `malformed-message` or `oversized-frame`.
 */
export async function* watchPeer(
  connection: Connection,
  question: WatchQuestion,
  signal: AbortSignal,
  nowMs: () => number
): AsyncGenerator<WatchNews> {
  const answered = new AbortController()
  const deadline = setTimeout(
    () => answered.abort(new DOMException('no answer', 'TimeoutError')),
    requestDeadlineMs
  )
  const ended = AbortSignal.any([signal, answered.signal])
  let stream: Stream | null = null
  const onAbort = (): void => stream?.abort(new ProtocolError('stream-closed', 'enough was seen'))
  ended.addEventListener('abort', onAbort)
  try {
    stream = await connection.newStream(watchProtocolId, { signal: ended })
    new FrameWriter(stream, controlFrameBytes).write(encodeMessage(question))
    const frames = framesOf(stream, watchFrameBytes)[Symbol.asyncIterator]()
    const first = await frames.next()
    if (first.done) throw new ProtocolError('stream-closed', `${watchProtocolId}: the other end hung up`)
    const reply = parseMessage(first.value, watchReplySchema)
    if (reply.kind === 'refused') throw new ProtocolError('refused', reply.reason)
    clearTimeout(deadline)
    const rate = new RateLimiter(channelRate, nowMs())
    for (let next = await frames.next(); !next.done; next = await frames.next()) {
      const waitMs = rate.take(nowMs())
      if (waitMs > 0) await wait(waitMs, null, { signal })
      yield parseMessage(next.value, watchNewsSchema)
    }
  } catch (error) {
    if (signal.aborted) return
    throw asProtocolError(answered.signal.aborted ? answered.signal.reason : error, watchProtocolId)
  } finally {
    clearTimeout(deadline)
    ended.removeEventListener('abort', onAbort)
    onAbort()
  }
}
