export type SchedulerErrorCode =
  /** A fact does not fit the state that it is applied to: a bug of ours, or a damaged ledger. */
  'fact-does-not-fit'

/** The scheduler's own mistakes. Whatever peers or people do is answered, never thrown. */
export class SchedulerError extends Error {
  readonly code: SchedulerErrorCode
  readonly data: Readonly<Record<string, unknown>>

  constructor(code: SchedulerErrorCode, message: string, data: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'SchedulerError'
    this.code = code
    this.data = data
  }
}
