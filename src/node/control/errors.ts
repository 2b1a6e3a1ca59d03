import type { WireError } from '../../model/index.ts'

export type ControlErrorCode =
  /** Nothing listens on the socket. */
  | 'not-running'
  /** A node of this home answers already; `data.pid` says which process. */
  | 'already-running'
  /** Something holds the socket but says nothing (a stopped process, a stuck node). */
  | 'not-responding'
  /** The node speaks another version of the control language. */
  | 'version-mismatch'
  /** The socket belongs to somebody else. */
  | 'not-allowed'
  /** The node went away while a command waited for it. */
  | 'connection-lost'
  /** The node took longer than the call's deadline. */
  | 'timed-out'
  | 'bad-request'
  | 'bad-params'
  | 'unknown-method'
  | 'line-too-long'
  | 'too-many-requests'
  /** The node could not do it; `wire` is what it said. */
  | 'refused-by-node'

/** What went wrong between a command and its node. `wire` is the same in the words and numbers for a person. */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly code: ControlErrorCode
  readonly wire: WireError
  readonly data: { readonly pid?: number }

  constructor(
    code: ControlErrorCode,
    wire: Omit<WireError, 'code'> & { code?: string },
    data: { pid?: number } = {}
  ) {
    super(wire.message)
    this.code = code
    this.wire = {
      code: wire.code ?? code,
      message: wire.message,
      hint: wire.hint,
      exitStatus: wire.exitStatus
    }
    this.data = data
  }
}

/** The fields that other rooms' errors may carry; they cannot import this room, so the shape is the contract. */
interface ToldError {
  code?: unknown
  hint?: unknown
  exitStatus?: unknown
}

const asStatus = (value: unknown): WireError['exitStatus'] => (value === 2 || value === 3 ? value : 1)

/**
 * Any thrown value as one line for a person. An error with a `code` of its own was meant for people and is told as
 * it is, with its `hint` and `exitStatus` where it has them; everything else is a bug and says so.
 */
export function toWireError(error: unknown): WireError {
  if (error instanceof ControlError) return error.wire
  if (!(error instanceof Error)) {
    return { code: 'internal', message: `unexpected: ${String(error)}`, hint: debugHint, exitStatus: 1 }
  }
  const told = error as Error & ToldError
  const message = error.message.split('\n', 1)[0] || error.name
  if (!isExpected(error)) {
    return {
      code: 'internal',
      message: `unexpected ${error.name}: ${message}`,
      hint: debugHint,
      exitStatus: 1
    }
  }
  return {
    code: String(told.code),
    message,
    hint: typeof told.hint === 'string' ? told.hint : null,
    exitStatus: asStatus(told.exitStatus)
  }
}

/** True for errors that were written for a person; false for bugs, whose stack belongs into the log. */
export function isExpected(error: unknown): boolean {
  const code = error instanceof Error ? (error as Error & ToldError).code : undefined
  return typeof code === 'string' && !code.startsWith('ERR_')
}

const debugHint = 'Run it again with --debug to see where'
