import { z } from 'zod'
import { maxNameChars, maxStatements, requestDeadlineMs, rosterFrameBytes } from '../limits.ts'
import type { RequestProtocol } from '../request.ts'
import { meshIdSchema, peerIdSchema } from '../schemas.ts'

/**
 * One signed statement of the roster: `by` says that `peer` is a member named `name`, or no longer one.
 * Names are kept as they were signed and cleaned when shown.
 */
export const statementSchema = z.object({
  kind: z.enum(['member', 'removed']),
  peer: peerIdSchema,
  name: z.string().max(maxNameChars),
  by: peerIdSchema,
  /** Ed25519 signature, base64url. */
  sig: z.string().regex(/^[A-Za-z0-9_-]{86}$/, 'not a signature')
})

export type Statement = z.infer<typeof statementSchema>

/** A mesh's whole membership, as it is kept and exchanged. */
export const rosterSchema = z.object({
  meshId: meshIdSchema,
  founder: peerIdSchema,
  statements: z.array(statementSchema).max(maxStatements)
})

export type RosterData = z.infer<typeof rosterSchema>

/** Each end sends all it has and merges what it gets. Asked when two digests differ. */
export const rosterProtocol: RequestProtocol<RosterData, RosterData> = {
  id: '/proxima/roster/1',
  question: rosterSchema,
  answer: rosterSchema,
  maxFrameBytes: rosterFrameBytes,
  deadlineMs: requestDeadlineMs
}
