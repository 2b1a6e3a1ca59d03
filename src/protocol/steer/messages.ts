import { z } from 'zod'
import { maxSlots, type NodeStatus, type SteerOrder } from '../../model/index.ts'
import { controlFrameBytes, requestDeadlineMs } from '../limits.ts'
import type { RequestProtocol } from '../request.ts'
import { reasonSchema } from '../schemas.ts'
import { nodeStatusSchema } from '../status/messages.ts'

export const steerOrderSchema: z.ZodType<SteerOrder> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('drain'), on: z.boolean() }),
  z.object({ kind: z.literal('slots'), total: z.int().nonnegative().max(maxSlots) })
])

/** The node as it is from then on, or in words why it does not do it. */
export type SteerReply = { kind: 'done'; status: NodeStatus } | { kind: 'refused'; reason: string }

export const steerReplySchema: z.ZodType<SteerReply> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done'), status: nodeStatusSchema }),
  z.object({ kind: z.literal('refused'), reason: reasonSchema })
])

export const steerProtocol: RequestProtocol<SteerOrder, SteerReply> = {
  id: '/proxima/steer/1',
  question: steerOrderSchema,
  answer: steerReplySchema,
  maxFrameBytes: controlFrameBytes,
  deadlineMs: requestDeadlineMs
}
