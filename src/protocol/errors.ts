export type ProtocolErrorCode =
  /** A frame is longer than the protocol allows. */
  | 'oversized-frame'
  /** Not JSON, nested too deeply, or not of the protocol's shape. */
  | 'malformed-message'
  /** The other end did not answer in time. */
  | 'timed-out'
  /** The stream or its connection ended first. */
  | 'stream-closed'
  /** The other end does not speak this protocol (another major version). */
  | 'unsupported'
  /** The other end said no; `message` is its reason, for a person. */
  | 'refused'

/** Something went wrong on the wire. `message` is one line for a log. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode

  constructor(code: ProtocolErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'ProtocolError'
    this.code = code
  }
}

/** libp2p's errors, as this room's. An error of this room passes unchanged. */
export function asProtocolError(error: unknown, what: string): ProtocolError {
  if (error instanceof ProtocolError) return error
  const name = error instanceof Error ? error.name : ''
  const text = error instanceof Error ? error.message : String(error)
  if (name === 'UnsupportedProtocolError') {
    return new ProtocolError('unsupported', `${what}: the other end does not speak it`, { cause: error })
  }
  if (name === 'TimeoutError')
    return new ProtocolError('timed-out', `${what}: no answer in time`, { cause: error })
  if (name === 'InvalidDataLengthError' || name === 'InvalidDataLengthLengthError') {
    return new ProtocolError('oversized-frame', `${what}: ${text}`, { cause: error })
  }
  return new ProtocolError('stream-closed', `${what}: ${text || name}`, { cause: error })
}
