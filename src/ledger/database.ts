import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { backUp } from './backup.ts'
import { fromSqlite, LedgerError } from './errors.ts'
import { migrations } from './migrations/index.ts'

export type Params = Record<string, SQLInputValue>
export type Row = Record<string, unknown>

/** WAL of SQLite 3.7.0–3.51.2 can lose committed pages (WAL-reset bug): never write with those. */
export const oldestSqlite = '3.52.0'

/** How long a statement waits for another process (`sqlite3` on the same file) to let go. */
const busyTimeoutMs = 5_000

/** A thin wrapper: owns the pragmas, the statements (compiled once each) and transactions. */
export class Database {
  readonly #db: DatabaseSync
  readonly #path: string
  readonly #statements = new Map<string, StatementSync>()

  /** @throws LedgerError when the file cannot be opened, is no ledger, or a newer program wrote it. */
  constructor(path: string) {
    this.#path = path
    this.#db = open(path)
    try {
      requireSqlite(this.#scalar('SELECT sqlite_version()') as string)
      this.#db.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA fullfsync = ON;
        PRAGMA checkpoint_fullfsync = ON;
        PRAGMA foreign_keys = ON;
      `)
      if (this.#scalar('PRAGMA journal_mode') !== 'wal') {
        throw new LedgerError(
          'cannot-open',
          `the file system of ${path} does not allow SQLite's write-ahead log`,
          {
            hint: 'Choose a home folder on a local disk with --home.'
          }
        )
      }
      this.#migrate()
    } catch (error) {
      this.#db.close()
      throw fromSqlite(error, path)
    }
  }

  /** Runs a statement and tells how many rows it changed. @throws LedgerError, as everything here that reads or writes */
  run(sql: string, params: Params = {}): number {
    return this.#guarded(() => Number(this.#statement(sql).run(params).changes))
  }

  get(sql: string, params: Params = {}): Row | undefined {
    return this.#guarded(() => this.#statement(sql).get(params))
  }

  all(sql: string, params: Params = {}): Row[] {
    return this.#guarded(() => this.#statement(sql).all(params))
  }

  /** All of it or nothing: rolled back when `work` throws. Not to be nested. */
  transact(work: () => void): void {
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      work()
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw fromSqlite(error, this.#path)
    }
  }

  /** @see backUp */
  backUp(path: string): Promise<number> {
    return backUp(this.#db, path)
  }

  close(): void {
    this.#statements.clear()
    if (this.#db.isOpen) this.#db.close()
  }

  /** What SQLite says of a file that is damaged or out of reach, in words. */
  #guarded<T>(ask: () => T): T {
    try {
      return ask()
    } catch (error) {
      throw fromSqlite(error, this.#path)
    }
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #scalar(sql: string): unknown {
    return Object.values(this.#db.prepare(sql).get() ?? {})[0]
  }

  #migrate(): void {
    const version = this.#scalar('PRAGMA user_version') as number
    if (version > migrations.length) {
      throw new LedgerError(
        'written-by-newer-version',
        `the ledger ${this.#path} has version ${version}; this program knows up to ${migrations.length}`,
        { hint: 'Update proxima-node on this machine.', data: { version } }
      )
    }
    for (const migration of migrations.slice(version)) {
      this.transact(() => {
        this.#db.exec(migration.sql)
        this.#db.exec(`PRAGMA user_version = ${migration.number}`)
      })
    }
  }
}

function open(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
  } catch (error) {
    throw fromSqlite(error, path)
  }
}

/** @throws LedgerError `sqlite-too-old` */
export function requireSqlite(version: string): void {
  const number = (text: string) => text.split('.').reduce((sum, part) => sum * 1_000 + Number(part), 0)
  if (number(version) >= number(oldestSqlite)) return
  throw new LedgerError(
    'sqlite-too-old',
    `SQLite ${version} of this Node can damage a ledger; ${oldestSqlite} is needed`,
    {
      hint: 'Start proxima-node with the Node that npm ci brings (24.21 or newer).',
      data: { version }
    }
  )
}
