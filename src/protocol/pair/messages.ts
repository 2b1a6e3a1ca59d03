import { z } from 'zod'
import { maxAddresses, maxNameChars, rosterFrameBytes } from '../limits.ts'
import { rosterSchema } from '../roster/messages.ts'
import { addressSchema, textSchema } from '../schemas.ts'

const nonce = z.string().regex(/^[0-9a-f]{64}$/, 'not a nonce')
const mac = z.string().regex(/^[0-9a-f]{64}$/, 'not a proof')

/** 1. Joiner → inviter. */
export const knockSchema = z.object({
  kind: z.literal('knock'),
  nonce,
  name: textSchema(maxNameChars),
  addresses: z.array(addressSchema).max(maxAddresses)
})
/** 2. Inviter → joiner. */
export const challengeSchema = z.object({ kind: z.literal('challenge'), nonce })
/** 3. Joiner → inviter: knows the token, without saying it. */
export const proofSchema = z.object({ kind: z.literal('proof'), mac })
/** 4. Inviter → joiner: knows it too, and here is the mesh; or no, for whatever reason. */
export const verdictSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('welcome'), mac, name: textSchema(maxNameChars), roster: rosterSchema }),
  z.object({ kind: z.literal('refused') })
])
/** 5. Joiner → inviter: the roster is written. */
export const joinedSchema = z.object({ kind: z.literal('joined') })

export type Knock = z.infer<typeof knockSchema>
export type Verdict = z.infer<typeof verdictSchema>

export const pairProtocolId = '/proxima/pair/1'
export const pairFrameBytes = rosterFrameBytes
/** From the first word to the last, slow refusals included. */
export const pairDeadlineMs = 15_000
