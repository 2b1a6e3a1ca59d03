import { existsSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'
import { fromSqlite, LedgerError } from './errors.ts'

/** Pages a step: a turn of the node comes between two steps, so that heartbeats go on during the copy. */
const pagesAStep = 512

/**
 * Copies a ledger that is in use into one file, which opens as a ledger by itself: checked, flushed and renamed, so that
 * it is there whole or not at all. What is committed while it is copied is in the copy or not, but never in half.
 * @returns bytes of the copy
 * @throws LedgerError `backup-exists` (nothing is overwritten), `cannot-back-up`
 */
export async function backUp(db: DatabaseSync, path: string): Promise<number> {
  if (existsSync(path)) {
    throw new LedgerError('backup-exists', `${path} exists already`, {
      hint: 'Give the backup another name.'
    })
  }
  const part = `${path}.part`
  try {
    await rm(part, { force: true })
    await backup(db, part, { rate: pagesAStep })
    requireSound(part)
    const file = await open(part, 'r+')
    await file.sync()
    await file.close()
    await rename(part, path)
    return (await stat(path)).size
  } catch (error) {
    await rm(part, { force: true })
    throw new LedgerError(
      'cannot-back-up',
      `the ledger cannot be copied to ${path}: ${(error as Error).message}`,
      {
        hint: 'Choose a place where this user may write and that has room.',
        cause: error
      }
    )
  }
}

/** @throws Error when the copy is not a whole database */
function requireSound(path: string): void {
  const copy = new DatabaseSync(path)
  try {
    // A single file that is easy to carry: no log beside it.
    copy.exec('PRAGMA journal_mode = DELETE')
    const found = copy.prepare('PRAGMA integrity_check(1)').get()
    if (found?.integrity_check !== 'ok') throw new Error(`the copy is damaged: ${found?.integrity_check}`)
  } catch (error) {
    throw fromSqlite(error, path)
  } finally {
    copy.close()
  }
}
