import { setTimeout as wait } from 'node:timers/promises'
import type { Stream } from '@libp2p/interface'
import type { WatchNews, WatchQuestion } from '../../model/index.ts'
import { asProtocolError, ProtocolError } from '../errors.ts'
import { FrameWriter, framesOf } from '../framing.ts'
import { encodeMessage, parseMessage } from '../json.ts'
import { controlFrameBytes, requestDeadlineMs, watchFrameBytes } from '../limits.ts'
import { newsOnWire, type WatchReply, watchProtocolId, watchQuestionSchema } from './messages.ts'

export type WatchAdmission =
  /** `close` is called once, when the look is over. `news` are taken one at a time, as fast as they are read. */
  | { kind: 'open'; news: (signal: AbortSignal) => AsyncIterable<WatchNews>; close: () => void }
  /** In words for a person at the other machine. */
  | { kind: 'refused'; reason: string }

/**
 * Answers a member that wants to look: hears its question, then tells the news until either end has enough. One that
 * does not read for `stallMs`, or says anything more, is dropped.
 * Throws ProtocolError after having reset the stream: `timed-out` for one that says or reads nothing, `malformed-message`.
 */
export async function answerWatch(
  stream: Stream,
  admit: (question: WatchQuestion) => WatchAdmission,
  stallMs: number
): Promise<void> {
  const over = new AbortController()
  const writer = new FrameWriter(stream, watchFrameBytes * 2)
  const frames = framesOf(stream, controlFrameBytes)[Symbol.asyncIterator]()
  const say = async (message: unknown): Promise<void> => {
    const bytes = encodeMessage(message)
    if (bytes.byteLength > watchFrameBytes)
      throw new Error(`news of ${bytes.byteLength} bytes are too long to be told`)
    if (!writer.write(bytes))
      throw new ProtocolError('stream-closed', `${watchProtocolId}: the stream is closed`)
    await orTimedOut(writer.flushed(), stallMs, 'it does not read')
  }
  let admission: WatchAdmission | null = null
  try {
    const first = await orTimedOut(frames.next(), requestDeadlineMs, 'it asked nothing')
    if (first.done) return
    admission = admit(parseMessage(first.value, watchQuestionSchema))
    if (admission.kind === 'refused') {
      await say({ kind: 'refused', reason: admission.reason } satisfies WatchReply)
      // The other end hangs up once it has read this; ending first could lose it.
      await orTimedOut(frames.next(), stallMs, 'it does not hang up')
      return
    }
    const silent = frames.next().then(
      ({ done }) => {
        over.abort()
        if (!done) throw new ProtocolError('malformed-message', 'it says more than a watcher may')
      },
      (error: unknown) => {
        over.abort()
        throw asProtocolError(error, watchProtocolId)
      }
    )
    const told = tell(admission.news(over.signal), say, stream)
    await Promise.all([silent, told.then(() => orTimedOut(silent, stallMs, 'it does not hang up'))])
  } catch (error) {
    const known = asProtocolError(error, watchProtocolId)
    if (known.code !== 'stream-closed') throw known
  } finally {
    over.abort()
    if (admission?.kind === 'open') admission.close()
    stream.abort(new ProtocolError('stream-closed', 'the look is over'))
  }
}

/** Tells all news, then hangs up in order: what was told last is still read. */
async function tell(
  news: AsyncIterable<WatchNews>,
  say: (message: unknown) => Promise<void>,
  stream: Stream
): Promise<void> {
  await say({ kind: 'welcome' } satisfies WatchReply)
  for await (const one of news) await say(newsOnWire(one))
  await stream.close()
}

async function orTimedOut<T>(work: Promise<T>, limitMs: number, what: string): Promise<T> {
  const timer = new AbortController()
  const late = wait(limitMs, null, { signal: timer.signal }).then(() => {
    throw new ProtocolError('timed-out', `${watchProtocolId}: ${what}`)
  })
  late.catch(() => {
    // Either it was in time, or who races below hears of it.
  })
  try {
    return await Promise.race([work, late])
  } finally {
    timer.abort()
  }
}
