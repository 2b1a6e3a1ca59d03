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
  | 'io-error'
  | 'preset-unknown'
  | 'preset-invalid'
  | 'no-match'
  | 'not-encodable'
  | 'tool-failed'
  | 'aborted'

/** What may pass without anything being done to the file: a share that is away, a tool that was killed. */
const passing: readonly MediaErrorCode[] = [
  'no-ffmpeg',
  'no-permission',
  'io-error',
  'tool-failed',
  'aborted'
]

/** What was asked for is wrong, not the file. */
const usage: readonly MediaErrorCode[] = ['preset-unknown', 'preset-invalid', 'no-match']

/** What the media room throws. `message` is one line for a person; `hint` says what to do next, or is null. */
export class MediaError extends Error {
  readonly code: MediaErrorCode
  readonly hint: string | null
  /** The machine or its storage was in the way, not the file: trying again later may succeed. */
  readonly transient: boolean
  /** Of a command that ends with it. */
  readonly exitStatus: 1 | 2

  constructor(code: MediaErrorCode, message: string, hint: string | null = null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MediaError'
    this.code = code
    this.hint = hint
    this.transient = passing.includes(code)
    this.exitStatus = usage.includes(code) ? 2 : 1
  }
}

/** The text of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The system's error code (`ENOENT`…) of anything that was thrown, or null. */
export function systemCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}
