export type SettingsErrorCode =
  /** `config.yaml` cannot be read at all. */
  | 'config-unreadable'
  /** `config.yaml` is not YAML, or not a map. */
  | 'config-malformed'
  /** A key that is no setting, in the file, the environment or the flags. */
  | 'unknown-setting'
  /** A setting with a value that it cannot have. */
  | 'bad-setting'
  /** The home folder cannot be made, read or written. */
  | 'home-unusable'

/** Wrong settings: `message` says where and what, `hint` what to do next. */
export class SettingsError extends Error {
  readonly code: SettingsErrorCode
  readonly hint: string | null
  readonly exitStatus = 2

  constructor(code: SettingsErrorCode, message: string, details: { hint?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'SettingsError'
    this.code = code
    this.hint = details.hint ?? null
  }
}
