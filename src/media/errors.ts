export type MediaErrorCode =
  | 'no-ffmpeg'
  | 'no-such-file'
  | 'not-a-file'
  | 'empty-file'
  | 'no-permission'
  | 'not-media'
  | 'no-video'
  | 'still-image'
  | 'truncated'
  | 'unreadable'
  | 'preset-unknown'
  | 'preset-invalid'
  | 'not-encodable'
  | 'tool-failed'
  | 'aborted'

/** What the media room throws. `message` is one line for a person; `hint` says what to do next, or is null. */
export class MediaError extends Error {
  readonly code: MediaErrorCode
  readonly hint: string | null

  constructor(code: MediaErrorCode, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MediaError'
    this.code = code
    this.hint = hint
  }
}

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The system's error code (`ENOENT`…) of anything that was thrown, or null. */
export function systemCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}
