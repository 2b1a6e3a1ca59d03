import { z } from 'zod'
import {
  isJobId,
  isLeaseId,
  isPeerId,
  isRootId,
  type JobId,
  type Json,
  type LeaseId,
  type PeerId,
  type RootId
} from '../model/index.ts'
import { maxAddressChars, maxReasonChars, maxVersionChars } from './limits.ts'

/** Control characters, line and paragraph separators, and marks that reorder text on a terminal. */
const unprintable = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu

/** Text from a peer made fit for a terminal: one line, no control characters, at most `maxChars`. */
export const cleanText = (text: string, maxChars: number): string =>
  text.replace(unprintable, ' ').trim().slice(0, maxChars)

/** A string of at most `maxChars` that arrives cleaned. Empty is allowed. */
export const textSchema = (maxChars: number) =>
  z
    .string()
    .max(maxChars)
    .transform((text) => cleanText(text, maxChars))

/** Several lines of a tool's log: line feeds and tabs stay, other control characters go. */
export const linesSchema = (maxChars: number) => z.string().max(maxChars).transform(cleanLines)

/** Log text made fit for a terminal, its line breaks kept. */
export const cleanLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(unprintable, ' '))
    .join('\n')

const branded = <T extends string>(check: (text: string) => text is T, name: string) =>
  z.custom<T>((value) => typeof value === 'string' && check(value), `not a ${name}`)

export const jobIdSchema = branded<JobId>(isJobId, 'job id')
export const leaseIdSchema = branded<LeaseId>(isLeaseId, 'lease id')
export const peerIdSchema = branded<PeerId>(isPeerId, 'peer id')
export const rootIdSchema = branded<RootId>(isRootId, 'root id')
export const meshIdSchema = z.string().regex(/^[0-9a-f]{32}$/, 'not a mesh id')
export const digestSchema = z.string().regex(/^[0-9a-f]{64}$/, 'not a digest')

/** Names that a job kind or task kind may have. */
export const kindSchema = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'not a kind')

/** Anything: it came out of JSON.parse with bounded nesting, and its job kind parses it before use. */
export const jsonSchema = z.custom<Json>((value) => value !== undefined, 'missing')

export const countSchema = z.int().nonnegative().max(Number.MAX_SAFE_INTEGER)
export const amountSchema = z.number().nonnegative()

export const reasonSchema = textSchema(maxReasonChars)
export const versionSchema = textSchema(maxVersionChars)
export const tagSchema = textSchema(64)
export const encoderSchema = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'not an encoder name')
/** A multiaddr as text; parsed by libp2p before use. */
export const addressSchema = z
  .string()
  .max(maxAddressChars)
  .regex(/^\/[\x21-\x7e]+$/, 'not an address')
