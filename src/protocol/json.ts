import type { z } from 'zod'
import { ProtocolError } from './errors.ts'
import { maxJsonDepth } from './limits.ts'

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const openBrace = 0x7b
const closeBracket = 0x5d
const closeBrace = 0x7d

/** How deeply brackets nest in JSON text given as UTF-8, strings left out. Says nothing about validity. */
export function jsonDepth(bytes: Uint8Array): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (inString) {
      if (byte === backslash) i++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (byte === openBracket || byte === openBrace) deepest = Math.max(deepest, ++depth)
    else if (byte === closeBracket || byte === closeBrace) depth--
  }
  return deepest
}

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

/** A message's bytes. */
export const encodeMessage = (message: unknown): Uint8Array => encoder.encode(JSON.stringify(message))

/** The message that these bytes hold. Throws ProtocolError `malformed-message`, saying where it is wrong. */
export function parseMessage<T>(bytes: Uint8Array, schema: z.ZodType<T>): T {
  if (jsonDepth(bytes) > maxJsonDepth) {
    throw new ProtocolError('malformed-message', `nested deeper than ${maxJsonDepth} levels`)
  }
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw new ProtocolError('malformed-message', 'not JSON in UTF-8', { cause })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const where = issue?.path.join('.') || 'message'
  throw new ProtocolError('malformed-message', `${where}: ${issue?.message ?? 'wrong'}`)
}
