export type HarnessErrorCode = 'cannot-run' | 'not-supported' | 'command-failed' | 'no-such-host'

/** Something about the proving ground itself, never about the product. */
export class HarnessError extends Error {
  readonly code: HarnessErrorCode

  constructor(code: HarnessErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'HarnessError'
    this.code = code
  }
}
