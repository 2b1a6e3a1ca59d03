import { z } from 'zod'
import type { LeaseDown, LeaseUp, TaskOutcome } from '../../model/index.ts'
import type { ChannelProtocol } from '../channel.ts'
import { leaseFrameBytes, maxErrorChars, maxHeartbeatLeases, maxReasonChars } from '../limits.ts'
import { cleanText, jsonSchema, leaseIdSchema, linesSchema, reasonSchema } from '../schemas.ts'
import { boundProgress, progressSchema } from '../status/messages.ts'

const outcomeSchema: z.ZodType<TaskOutcome> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('finished'), result: jsonSchema }),
  z.object({
    kind: z.literal('failed'),
    error: linesSchema(maxErrorChars),
    fault: z.enum(['task', 'worker'])
  }),
  z.object({ kind: z.literal('returned'), reason: reasonSchema })
])

const upSchema: z.ZodType<LeaseUp> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('heartbeat'),
    leases: z.array(z.object({ leaseId: leaseIdSchema, progress: progressSchema })).max(maxHeartbeatLeases)
  }),
  z.object({ kind: z.literal('outcome'), leaseId: leaseIdSchema, outcome: outcomeSchema })
])

const downSchema: z.ZodType<LeaseDown> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('acknowledged'), leaseId: leaseIdSchema }),
  z.object({ kind: z.literal('stop'), leaseId: leaseIdSchema, reason: reasonSchema })
])

export const leaseMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('up'), message: upSchema }),
  z.object({ kind: z.literal('down'), message: downSchema })
])

export type LeaseMessage = z.infer<typeof leaseMessageSchema>

export const leaseProtocol: ChannelProtocol<LeaseMessage> = {
  id: '/proxima/lease/1',
  message: leaseMessageSchema,
  maxFrameBytes: leaseFrameBytes
}

/** The same message within what a peer accepts: the end of a long error text stays, for that is where the cause is. */
export function boundLeaseMessage(message: LeaseMessage): LeaseMessage {
  if (message.kind === 'down') {
    if (message.message.kind !== 'stop') return message
    const reason = cleanText(message.message.reason, maxReasonChars)
    return { kind: 'down', message: { ...message.message, reason } }
  }
  if (message.message.kind === 'heartbeat') {
    const leases = message.message.leases
      .slice(0, maxHeartbeatLeases)
      .map((lease) => ({ ...lease, progress: boundProgress(lease.progress) }))
    return { kind: 'up', message: { kind: 'heartbeat', leases } }
  }
  const { outcome } = message.message
  if (outcome.kind === 'finished') return message
  const bounded: TaskOutcome =
    outcome.kind === 'failed'
      ? { ...outcome, error: outcome.error.slice(-maxErrorChars) }
      : { ...outcome, reason: cleanText(outcome.reason, maxReasonChars) }
  return { kind: 'up', message: { ...message.message, outcome: bounded } }
}
