import { z } from 'zod'
import { type GrantedLease, leaseIdOf, type StealAnswer, type StealRequest } from '../../model/index.ts'
import type { ChannelProtocol } from '../channel.ts'
import { maxGrantedLeases, stealFrameBytes } from '../limits.ts'
import { countSchema, jobIdSchema, jsonSchema, kindSchema, leaseIdSchema } from '../schemas.ts'

const rangeSchema = z
  .object({ start: countSchema, end: countSchema })
  .refine((range) => range.start < range.end, 'an empty range')

export const grantedLeaseSchema: z.ZodType<GrantedLease> = z
  .object({
    leaseId: leaseIdSchema,
    jobId: jobIdSchema,
    taskNo: countSchema,
    attempt: countSchema,
    jobKind: kindSchema,
    taskKind: kindSchema,
    range: rangeSchema.nullable(),
    pool: z.enum(['slot', 'io']),
    ttlMs: z.int().positive().max(3_600_000),
    payload: jsonSchema
  })
  .refine((lease) => lease.leaseId === leaseIdOf(lease), 'its parts are of another lease')

const requestSchema: z.ZodType<StealRequest> = z.object({
  requestId: countSchema,
  slots: countSchema.max(10_000),
  io: countSchema.max(10_000)
})

const answerSchema: z.ZodType<StealAnswer> = z.object({
  requestId: countSchema,
  leases: z.array(grantedLeaseSchema).max(maxGrantedLeases)
})

export const stealMessageSchema = z.discriminatedUnion('kind', [
  /** Worker → owner. */
  z.object({ kind: z.literal('steal'), request: requestSchema }),
  /** Owner → worker. */
  z.object({ kind: z.literal('grant'), answer: answerSchema })
])

export type StealMessage = z.infer<typeof stealMessageSchema>

export const stealProtocol: ChannelProtocol<StealMessage> = {
  id: '/proxima/steal/1',
  message: stealMessageSchema,
  maxFrameBytes: stealFrameBytes
}
