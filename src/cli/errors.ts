export type CliErrorCode =
  | 'usage'
  | 'unknown-command'
  | 'no-such-file'
  | 'nothing-matches'
  | 'no-video-inside'
  /** Two sources would become one file. */
  | 'output-taken'
  | 'no-such-peer'
  /** A member that is not connected now, or does not fit. */
  | 'peer-away'
  /** A screen on another machine's node takes no orders. */
  | 'only-watches'
  | 'node-start-failed'
  | 'installation'
  /** The system's own tool would not. */
  | 'service-refused'
  | 'interrupted'

/** What a command itself found wrong, in words for a person. Carries what `toWireError` looks for. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode
  readonly hint: string | null
  readonly exitStatus: 1 | 2 | 3

  constructor(code: CliErrorCode, message: string, options: { hint?: string; exitStatus?: 1 | 2 | 3 } = {}) {
    super(message)
    this.code = code
    this.hint = options.hint ?? null
    this.exitStatus = options.exitStatus ?? 2
  }
}
