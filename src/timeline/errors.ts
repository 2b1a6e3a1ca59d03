export type TimelineErrorCode =
  | 'no-such-file'
  | 'unreadable'
  | 'empty-file'
  | 'too-large'
  | 'too-deep'
  | 'not-a-timeline'
  /** A timeline, but of a kind that is not read (AAF, project files of an editing program). */
  | 'format-unsupported'
  | 'version-unsupported'
  | 'encoding'
  /** It declares entities of its own, which are never expanded. */
  | 'entities'
  /** It ends before it is complete. */
  | 'truncated'
  | 'malformed'
  /** A sequence that contains itself. */
  | 'cycle'
  /** DaVinci Resolve is not running, or does not answer any more. */
  | 'resolve-closed'
  /** Its scripting module cannot be loaded. */
  | 'resolve-no-api'
  /** No project is open in it, or another one than was meant. */
  | 'resolve-no-project'
  | 'resolve-no-timeline'
  /** The media pool has no such clip. */
  | 'resolve-no-clip'
  /** It could not do what it was asked. */
  | 'resolve-failed'
  /** It, or the script between, said nothing for too long. */
  | 'resolve-silent'
  /** The script between could not be run, ended, or was not understood. */
  | 'resolve-bridge'

/** A place in a text file, both counted from 1. */
export interface TextPlace {
  line: number
  column: number
}

/**
 * What the timeline room throws. `message` is one line for a person and names the file (and the place, where it is
 * known); `hint` says what to do next, or is null. `exitStatus`: 2 for a file that cannot be used, 1 for the rest.
 */
export class TimelineError extends Error {
  readonly code: TimelineErrorCode
  readonly hint: string | null
  readonly exitStatus: 1 | 2
  readonly place: TextPlace | null

  constructor(
    code: TimelineErrorCode,
    message: string,
    details: { hint?: string | null; place?: TextPlace | null; cause?: unknown } = {}
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'TimelineError'
    this.code = code
    this.hint = details.hint ?? null
    this.exitStatus = code.startsWith('resolve-') ? 1 : 2
    this.place = details.place ?? null
  }
}

/** The same error, told of the file that it is about: `cut.edl:3:1: …`. */
export function inFile(error: TimelineError, path: string): TimelineError {
  const place = error.place === null ? '' : `:${error.place.line}:${error.place.column}`
  return new TimelineError(error.code, `${path}${place}: ${error.message}`, {
    hint: error.hint,
    place: error.place,
    cause: error.cause
  })
}

/** The line and column of an offset (in UTF-16 units) in a text. */
export function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, Math.max(0, Math.min(offset, text.length)))
  let line = 1
  let from = 0
  for (let at = before.indexOf('\n'); at !== -1; at = before.indexOf('\n', from)) {
    line++
    from = at + 1
  }
  return { line, column: before.length - from + 1 }
}

/** Text of a file as it may stand in a message: one line, not long. */
export function brief(text: string, length = 60): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim()
  return line.length > length ? `${line.slice(0, length)}…` : line
}

/** The same in quotes. */
export const quoted = (text: string): string => JSON.stringify(brief(text))
