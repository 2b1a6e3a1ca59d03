import { DatabaseSync } from 'node:sqlite'
import { fromSqlite, LedgerError, sqliteCode } from './errors.ts'

const sqliteBusy = 5

export interface LedgerLock {
  release(): void
}

/**
 * Holds `<path>.lock` for the life of this process, so that two nodes never write one ledger.
 * The lock is SQLite's own on a database beside the ledger: the system drops it with the process, however that
 * ends, so a dead node never blocks; and the ledger itself stays readable for `sqlite3` while a node runs.
 * @throws LedgerError `in-use`, `cannot-open`
 */
export function lockLedger(path: string): LedgerLock {
  const db = openLock(path)
  try {
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL')
    // The holder's id is committed first: what a held transaction writes cannot be read by the others.
    db.exec(
      'BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL) STRICT; DELETE FROM holder'
    )
    db.prepare('INSERT INTO holder (pid) VALUES (?)').run(process.pid)
    db.exec('COMMIT; BEGIN IMMEDIATE')
  } catch (error) {
    const refusal =
      sqliteCode(error) === sqliteBusy ? inUse(path, holderOf(db)) : fromSqlite(error, `${path}.lock`)
    db.close()
    throw refusal
  }
  return {
    release: () => {
      if (db.isOpen) db.close()
    }
  }
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(`${path}.lock`, { timeout: 0 })
  } catch (error) {
    throw fromSqlite(error, `${path}.lock`)
  }
}

/** Null when the holder is at this very moment writing its id. */
function holderOf(db: DatabaseSync): number | null {
  try {
    const row = db.prepare('SELECT pid FROM holder').get()
    return typeof row?.pid === 'number' ? row.pid : null
  } catch (error) {
    if (sqliteCode(error) === null) throw error
    return null
  }
}

function inUse(path: string, pid: number | null): LedgerError {
  const by = pid === null ? 'another process' : pid === process.pid ? 'this process' : `process ${pid}`
  return new LedgerError('in-use', `the ledger ${path} is in use by ${by}`, {
    hint: 'Only one node can run on a home folder: use that node, stop it, or start this one with its own --home.',
    data: { path, pid }
  })
}
