export type WatchErrorCode =
  /** It is not there, or is no folder. */
  | 'not-a-folder'
  /** Outputs would go into the watched folder itself, or a file of it would never fit. */
  | 'bad-watch'
  | 'unknown-watch'
  /** Another node queues from it. */
  | 'held-elsewhere'

/** What a watch was asked for and cannot be: `message` is one line for a person, `hint` what to do next. */
export class WatchError extends Error {
  override readonly name = 'WatchError'
  readonly code: WatchErrorCode
  readonly hint: string
  readonly exitStatus: 1 | 2

  constructor(code: WatchErrorCode, message: string, options: { hint: string; exitStatus?: 1 | 2 }) {
    super(message)
    this.code = code
    this.hint = options.hint
    this.exitStatus = options.exitStatus ?? 1
  }
}
