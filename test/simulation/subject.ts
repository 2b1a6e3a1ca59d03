import { pathToFileURL } from 'node:url'
import { Turns } from '../../src/node/turn.ts'
import { whyIncompatible } from '../../src/protocol/hello/compatible.ts'
import { encodeMessage, parseMessage } from '../../src/protocol/json.ts'
import { leaseMessageSchema } from '../../src/protocol/lease/messages.ts'
import * as limits from '../../src/protocol/limits.ts'
import { fromWire, toWire } from '../../src/protocol/peer-message.ts'
import { RateLimiter } from '../../src/protocol/rate-limit.ts'
import { boundStatus, nodeStatusSchema } from '../../src/protocol/status/messages.ts'
import { stealMessageSchema } from '../../src/protocol/steal/messages.ts'
import * as scheduler from '../../src/scheduler/index.ts'

/** The parts of `src/protocol` that need no stream. */
export interface WireParts {
  encodeMessage: typeof encodeMessage
  parseMessage: typeof parseMessage
  toWire: typeof toWire
  fromWire: typeof fromWire
  boundStatus: typeof boundStatus
  nodeStatusSchema: typeof nodeStatusSchema
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
  wire: WireParts
}

export const production: Subject = {
  scheduler,
  Turns,
  wire: {
    encodeMessage,
    parseMessage,
    toWire,
    fromWire,
    boundStatus,
    nodeStatusSchema,
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
      'hello/compatible',
      'json',
      'lease/messages',
      'peer-message',
      'rate-limit',
      'status/messages',
      'steal/messages'
    ].map((file) => at(`protocol/${file}.ts`))
  )
  const wire: WireParts = Object.assign({}, ...parts, { limits: await at('protocol/limits.ts') })
  return { scheduler: await at('scheduler/index.ts'), Turns: (await at('node/turn.ts')).Turns, wire }
}
