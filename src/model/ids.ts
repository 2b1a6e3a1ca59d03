/**
 * Branded ids: the compiler keeps a job's id from being used as a peer's.
 *
 * None of these is ever used as a path component without having passed its `parse…` function,
 * whose alphabets exclude separators, dots and options (invariant S9).
 */
declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

/** A job: 10 characters of Crockford base32, lower case, made by its owner. */
export type JobId = Brand<string, 'JobId'>
/** A lease: `<job>.<task number>.<attempt>`; unique for good, because attempts are never numbered twice. */
export type LeaseId = Brand<string, 'LeaseId'>
/** A libp2p peer id in its base58 text form. */
export type PeerId = Brand<string, 'PeerId'>
/** A shared root: 16 hexadecimal characters, kept in the root's marker file. */
export type RootId = Brand<string, 'RootId'>

const jobPattern = /^[0-9a-hjkmnp-tv-z]{10}$/
const leasePattern = /^([0-9a-hjkmnp-tv-z]{10})\.(\d{1,9})\.(\d{1,6})$/
const peerPattern = /^[1-9A-HJ-NP-Za-km-z]{32,80}$/
const rootPattern = /^[0-9a-f]{16}$/

export const isJobId = (text: string): text is JobId => jobPattern.test(text)
export const isLeaseId = (text: string): text is LeaseId => leasePattern.test(text)
export const isPeerId = (text: string): text is PeerId => peerPattern.test(text)
export const isRootId = (text: string): text is RootId => rootPattern.test(text)

/** The parts of a lease's id. */
export interface LeaseKey {
  jobId: JobId
  taskNo: number
  attempt: number
}

export const leaseIdOf = (key: LeaseKey): LeaseId => `${key.jobId}.${key.taskNo}.${key.attempt}` as LeaseId

/** The parts of a lease id, or null when the text is not one. */
export function parseLeaseId(text: string): LeaseKey | null {
  const match = leasePattern.exec(text)
  if (!match) return null
  return { jobId: match[1] as JobId, taskNo: Number(match[2]), attempt: Number(match[3]) }
}

const crockford = '0123456789abcdefghjkmnpqrstvwxyz'

/** A job id from 10 random bytes (50 bits are used). */
export function jobIdFrom(bytes: Uint8Array): JobId {
  if (bytes.length < 10) throw new RangeError('a job id needs 10 random bytes')
  let text = ''
  for (let i = 0; i < 10; i++) text += crockford[bytes[i]! & 31]
  return text as JobId
}
