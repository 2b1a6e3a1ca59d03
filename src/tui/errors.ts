export type ScreenErrorCode =
  /** The program's input or output is not a terminal. */
  'not-a-terminal'

/** What keeps a screen from being shown, in words for a person. Carries what `toWireError` looks for. */
export class ScreenError extends Error {
  override readonly name = 'ScreenError'
  readonly code: ScreenErrorCode
  readonly hint: string | null
  readonly exitStatus = 2

  constructor(code: ScreenErrorCode, message: string, hint: string | null = null) {
    super(message)
    this.code = code
    this.hint = hint
  }
}
