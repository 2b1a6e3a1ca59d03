import { z } from 'zod'
import type { Json } from '../../model/index.ts'
import { controlFrameBytes, maxReasonChars, preflightDeadlineMs } from '../limits.ts'
import type { RequestProtocol } from '../request.ts'
import { cleanText, jsonSchema, kindSchema, reasonSchema } from '../schemas.ts'

export const proofQuestionSchema = z.object({
  jobKind: kindSchema,
  /** The job kind's own, parsed by it before use: what is to be encoded, and what should be seen there. */
  payload: jsonSchema
}) satisfies z.ZodType<{ jobKind: string; payload: Json }>

export const proofReplySchema = z.object({
  /** Null when the node could; else why not, for a person. */
  reason: reasonSchema.nullable()
})

export type ProofQuestion = z.infer<typeof proofQuestionSchema>
export type ProofReply = z.infer<typeof proofReplySchema>

export const preflightProtocol: RequestProtocol<ProofQuestion, ProofReply> = {
  id: '/proxima/preflight/1',
  question: proofQuestionSchema,
  answer: proofReplySchema,
  maxFrameBytes: controlFrameBytes,
  deadlineMs: preflightDeadlineMs
}

/** The same answer within what a peer accepts: a tool may have said a lot. */
export const boundReply = ({ reason }: ProofReply): ProofReply => ({
  reason: reason === null ? null : cleanText(reason, maxReasonChars) || 'it cannot'
})
