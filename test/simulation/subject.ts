import { pathToFileURL } from 'node:url'
import { Links } from '../../src/node/mesh/links.ts'
import { Turns } from '../../src/node/turn.ts'
import { ProtocolError } from '../../src/protocol/errors.ts'
import { whyIncompatible } from '../../src/protocol/hello/compatible.ts'
import { helloSchema } from '../../src/protocol/hello/messages.ts'
import { encodeMessage, parseMessage } from '../../src/protocol/json.ts'
import { leaseMessageSchema } from '../../src/protocol/lease/messages.ts'
import * as limits from '../../src/protocol/limits.ts'
import { RateLimiter } from '../../src/protocol/rate-limit.ts'
import { boundStatus, statusMessageSchema } from '../../src/protocol/status/messages.ts'
import { stealMessageSchema } from '../../src/protocol/steal/messages.ts'
import * as scheduler from '../../src/scheduler/index.ts'

/** The parts of `src/protocol` that need no stream. */
export interface WireParts {
  encodeMessage: typeof encodeMessage
  parseMessage: typeof parseMessage
  ProtocolError: typeof ProtocolError
  boundStatus: typeof boundStatus
  helloSchema: typeof helloSchema
  statusMessageSchema: typeof statusMessageSchema
  stealMessageSchema: typeof stealMessageSchema
  leaseMessageSchema: typeof leaseMessageSchema
  whyIncompatible: typeof whyIncompatible
  RateLimiter: typeof RateLimiter
  limits: typeof limits
}

/** What is simulated: the production code, or a copy of it with a bug planted (see mutants.ts). */
export interface Subject {
  scheduler: typeof scheduler
  Turns: typeof Turns
  Links: typeof Links
  wire: WireParts
}

export const production: Subject = {
  scheduler,
  Turns,
  Links,
  wire: {
    encodeMessage,
    parseMessage,
    ProtocolError,
    boundStatus,
    helloSchema,
    statusMessageSchema,
    stealMessageSchema,
    leaseMessageSchema,
    whyIncompatible,
    RateLimiter,
    limits
  }
}

/** A copy of the source, as `plant` makes it. */
export async function loadSubject(folder: string): Promise<Subject> {
  const at = async (file: string) => import(pathToFileURL(`${folder}/${file}`).href)
  const parts = await Promise.all(
    [
      'errors',
      'hello/compatible',
      'hello/messages',
      'json',
      'lease/messages',
      'rate-limit',
      'status/messages',
      'steal/messages'
    ].map((file) => at(`protocol/${file}.ts`))
  )
  const wire: WireParts = Object.assign({}, ...parts, { limits: await at('protocol/limits.ts') })
  const { Turns } = await at('node/turn.ts')
  const { Links } = await at('node/mesh/links.ts')
  return { scheduler: await at('scheduler/index.ts'), Turns, Links, wire }
}
