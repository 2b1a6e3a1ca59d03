import { z } from 'zod'
import { controlFrameBytes, maxAddresses, maxNameChars, requestDeadlineMs } from '../limits.ts'
import type { RequestProtocol } from '../request.ts'
import { addressSchema, digestSchema, meshIdSchema, textSchema, versionSchema } from '../schemas.ts'

/** What each end says of itself first, before anything else is believed or sent. */
export const helloSchema = z.object({
  /** Major number of the protocols; the same as in their ids. */
  protocol: z.int().positive(),
  meshId: meshIdSchema,
  name: textSchema(maxNameChars),
  /** Software version. */
  version: versionSchema,
  ffmpegVersion: versionSchema.nullable(),
  /** New with every start of the process. */
  bootId: z.string().regex(/^[\w-]{1,64}$/, 'not a boot id'),
  /** What must be equal for the two to give each other work; compared as text. */
  agreement: z.string().max(128),
  rosterDigest: digestSchema,
  /** Where it listens, as multiaddrs. */
  addresses: z.array(addressSchema).max(maxAddresses)
})

export type Hello = z.infer<typeof helloSchema>

/** The end that dialled asks; each end's hello is the other's answer. */
export const helloProtocol: RequestProtocol<Hello, Hello> = {
  id: '/proxima/hello/1',
  question: helloSchema,
  answer: helloSchema,
  maxFrameBytes: controlFrameBytes,
  deadlineMs: requestDeadlineMs
}
