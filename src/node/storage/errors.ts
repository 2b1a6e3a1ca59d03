export type StorageErrorCode =
  /** A path that may not be used: `..`, absolute, a backslash, the root's marker… */
  | 'bad-path'
  /** It resolves (by a symbolic link) to outside its root. */
  | 'outside-root'
  /** A root that was never shared on this machine. */
  | 'unknown-root'
  /** The root's marker cannot be read now: not mounted, or not answering. */
  | 'root-not-visible'
  | 'not-found'
  /** There, but the system refuses or does not answer. */
  | 'unreachable'
  | 'not-a-folder'
  | 'cannot-write'
  /** A root must not lie inside another one, nor hold one. */
  | 'root-overlaps'
  /** The same root is visible here at another path too. */
  | 'root-shared-twice'
  | 'name-taken'
  | 'bad-name'
  /** The marker in a root is there but says nothing useful. */
  | 'marker-unreadable'
  /** `roots.json` of this home is damaged. */
  | 'roots-unreadable'

/** Storage that is not as it should be: `message` says what happened to what, `hint` what to do next. */
export class StorageError extends Error {
  readonly code: StorageErrorCode
  readonly hint: string | null
  /** Storage that may be back later (unmounted, full), as against a path that can never be right. */
  readonly transient: boolean

  constructor(code: StorageErrorCode, message: string, details: { hint?: string; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'StorageError'
    this.code = code
    this.hint = details.hint ?? null
    this.transient = code === 'root-not-visible' || code === 'unreachable' || code === 'cannot-write'
  }
}

/** The system's code (`ENOENT`…) of an error, or null when it carries none. */
export function systemCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Why a system call failed, in words. */
export function systemReason(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'it is not there'
    case 'ENOTDIR':
      return 'it is not a folder'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EROFS':
      return 'the disk is read-only'
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full'
    case 'ESTALE':
    case 'EHOSTDOWN':
    case 'EIO':
      return 'the storage does not answer'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
