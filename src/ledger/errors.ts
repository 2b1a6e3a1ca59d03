export type LedgerErrorCode =
  /** A fact does not fit the rows that it is applied to: a bug of ours, or a damaged ledger. Nothing was written. */
  | 'fact-does-not-fit'
  /** Another process holds this ledger. `data.pid` is its id where it is known. */
  | 'in-use'
  /** The ledger would lie on a network or cluster file system, where WAL is not safe. */
  | 'not-on-local-disk'
  /** SQLite of this Node is too old to be trusted with WAL. */
  | 'sqlite-too-old'
  /** A newer proxima-node wrote this ledger. */
  | 'written-by-newer-version'
  /** The file is not a ledger, or it is damaged. */
  | 'damaged'
  | 'cannot-open'
  /** The disk is full or refuses: nothing of the transaction was written, and it may be tried again. */
  | 'cannot-write'
  /** Where a backup should go there is a file already. */
  | 'backup-exists'
  | 'cannot-back-up'

/** Whatever keeps the ledger from being opened or written. `hint` says what a person can do next. */
export class LedgerError extends Error {
  readonly code: LedgerErrorCode
  readonly hint: string | null
  readonly data: Readonly<Record<string, unknown>>

  constructor(
    code: LedgerErrorCode,
    message: string,
    details: { hint?: string; data?: Readonly<Record<string, unknown>>; cause?: unknown } = {}
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'LedgerError'
    this.code = code
    this.hint = details.hint ?? null
    this.data = details.data ?? {}
  }
}

// https://sqlite.org/rescode.html: the low byte is the primary code.
const codes: Readonly<Record<number, LedgerErrorCode>> = {
  5: 'cannot-write', // SQLITE_BUSY: another program has been writing for longer than the busy timeout
  8: 'cannot-write', // SQLITE_READONLY
  10: 'cannot-write', // SQLITE_IOERR
  11: 'damaged', // SQLITE_CORRUPT
  13: 'cannot-write', // SQLITE_FULL
  14: 'cannot-open', // SQLITE_CANTOPEN
  26: 'damaged' // SQLITE_NOTADB
}

const hints: Partial<Record<LedgerErrorCode, string>> = {
  'cannot-write': 'Make room on that disk and check that this user may write there.',
  damaged:
    'Move it away, with the files -wal and -shm beside it, and put a backup in its place; without one a new ledger is made. What was in it may be saved with sqlite3 .recover.',
  'cannot-open': 'Check that the folder is there and that this user may write in it.'
}

/** SQLite's primary result code of an error thrown by node:sqlite, or null when it is another kind of error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode & 0xff
}

/** The LedgerError that stands for an error of SQLite; anything else is given back as it is. */
export function fromSqlite(error: unknown, path: string): unknown {
  if (error instanceof LedgerError) return error
  const code = codes[sqliteCode(error) ?? -1]
  if (!code) return error
  const hint = hints[code]
  const message = `the ledger ${path}: ${(error as Error).message}`
  return new LedgerError(code, message, { ...(hint ? { hint } : {}), data: { path }, cause: error })
}
