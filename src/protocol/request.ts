import type { Connection, Stream } from '@libp2p/interface'
import type { z } from 'zod'
import { converse } from './conversation.ts'
import { asProtocolError } from './errors.ts'

/** A protocol of one question and one answer, on a stream of its own. */
export interface RequestProtocol<Q, A> {
  readonly id: string
  readonly question: z.ZodType<Q>
  readonly answer: z.ZodType<A>
  readonly maxFrameBytes: number
  readonly deadlineMs: number
}

/** Asks over `connection` and returns the parsed answer. Throws ProtocolError; never later than the deadline. */
export async function ask<Q, A>(
  protocol: RequestProtocol<Q, A>,
  connection: Connection,
  question: Q,
  signal?: AbortSignal
): Promise<A> {
  const deadline = AbortSignal.timeout(protocol.deadlineMs)
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline
  let stream: Stream
  try {
    stream = await connection.newStream(protocol.id, { signal: either })
  } catch (error) {
    throw asProtocolError(deadline.aborted ? deadline.reason : error, protocol.id)
  }
  return converse(
    stream,
    { name: protocol.id, maxFrameBytes: protocol.maxFrameBytes, signal: either },
    async (conversation) => {
      conversation.write(question)
      return conversation.read(protocol.answer)
    }
  )
}

/** Answers one question on an inbound stream. Throws ProtocolError after having reset the stream. */
export function answer<Q, A>(
  protocol: RequestProtocol<Q, A>,
  stream: Stream,
  reply: (question: Q) => Promise<A> | A
): Promise<void> {
  return converse(
    stream,
    {
      name: protocol.id,
      maxFrameBytes: protocol.maxFrameBytes,
      signal: AbortSignal.timeout(protocol.deadlineMs)
    },
    async (conversation) => {
      conversation.write(await reply(await conversation.read(protocol.question)))
    }
  )
}
