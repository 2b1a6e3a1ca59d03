import { closeSync, openSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Fact, JobId, JobRecord, LeaseId, PeerId, StoredLink } from '../model/index.ts'
import { Database } from './database.ts'
import { LedgerError } from './errors.ts'
import { type FileSystemKind, fileSystemOf, remoteFileSystem } from './file-system.ts'
import { lockLedger } from './lock.ts'
import { type AttemptTimes, type JobTimes, type LoggedFact, Reader } from './reader.ts'
import { Transactor } from './transactor.ts'

/** The owner's durable record of its jobs. Everything is synchronous: what was committed is on the disk. */
export interface Ledger {
  /** @see Transactor.commit */
  commit(facts: readonly Fact[]): void
  /** @see Reader.load */
  load(): JobRecord[]
  /** @see Reader.replay */
  replay(): Iterable<Fact>
  /** @see Reader.factsOf */
  factsOf(jobId: JobId, options?: { sinceSeq?: number }): Iterable<LoggedFact>
  /** @see Reader.jobTimes */
  jobTimes(jobId: JobId): JobTimes | null
  /** @see Reader.attemptTimes */
  attemptTimes(jobId: JobId): Map<LeaseId, AttemptTimes>
  /** @see Reader.blockedSince */
  blockedSince(jobId: JobId): Map<PeerId, string>
  /** @see Reader.links */
  links(): StoredLink[]
  /** @see Reader.linkOf */
  linkOf(jobId: JobId): StoredLink | null
  /** @see Reader.nextSeq */
  nextSeq(): number
  /** @see Reader.integrityCheck */
  integrityCheck(): string[]
  /**
   * Copies the ledger, which stays in use, into a file that opens as a ledger by itself. Tells its bytes.
   * @throws LedgerError `backup-exists`, `cannot-back-up`
   */
  backUp(path: string): Promise<number>
  /** Lets the file and its lock go. Idempotent. */
  close(): void
}

export interface LedgerSettings {
  /** The database file, on a local disk; its folder must exist. Made with mode 0600 when absent. */
  path: string
  /** For the times that people see. */
  wallClock: () => Date
}

export interface LedgerCollaborators {
  /** Looks at the file system that holds a folder. */
  fileSystemOf?: (folder: string, device: bigint) => FileSystemKind
}

/**
 * Opens the ledger, makes or migrates it as needed, and holds it for this process alone.
 * @throws LedgerError `in-use`, `not-on-local-disk`, `sqlite-too-old`, `written-by-newer-version`, `damaged`,
 * `cannot-open`
 */
export function openLedger(settings: LedgerSettings, collaborators: LedgerCollaborators = {}): Ledger {
  const path = resolve(settings.path)
  requireLocalDisk(path, collaborators.fileSystemOf ?? fileSystemOf)
  const lock = lockLedger(path)
  try {
    makePrivate(path)
    const db = new Database(path)
    const reader = new Reader(db)
    const transactor = new Transactor({ wallClock: settings.wallClock }, { db })
    return {
      commit: (facts) => transactor.commit(facts),
      load: () => reader.load(),
      replay: () => reader.replay(),
      factsOf: (jobId, options) => reader.factsOf(jobId, options),
      jobTimes: (jobId) => reader.jobTimes(jobId),
      attemptTimes: (jobId) => reader.attemptTimes(jobId),
      blockedSince: (jobId) => reader.blockedSince(jobId),
      links: () => reader.links(),
      linkOf: (jobId) => reader.linkOf(jobId),
      nextSeq: () => reader.nextSeq(),
      integrityCheck: () => reader.integrityCheck(),
      backUp: (to) => db.backUp(resolve(to)),
      close: () => {
        db.close()
        lock.release()
      }
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

function requireLocalDisk(path: string, look: NonNullable<LedgerCollaborators['fileSystemOf']>): void {
  const folder = dirname(path)
  const remote = remoteFileSystem(describe(folder, look))
  // A Windows share by its UNC name; a mapped drive letter is not told apart.
  const share = folder.startsWith('\\\\') && !folder.startsWith('\\\\?\\') ? 'network share' : null
  if (remote === null && share === null) return
  throw new LedgerError('not-on-local-disk', `the ledger cannot lie on a ${remote ?? share} (${folder})`, {
    hint: 'Choose a home folder on a local disk with --home or PROXIMA_HOME; media may stay where they are.',
    data: { folder, fileSystem: remote ?? share }
  })
}

function describe(folder: string, look: NonNullable<LedgerCollaborators['fileSystemOf']>): FileSystemKind {
  try {
    return look(folder, statSync(folder, { bigint: true }).dev)
  } catch (error) {
    throw cannotOpen(`the ledger's folder ${folder} cannot be read`, error)
  }
}

/** SQLite gives its side files the mode of the main one. */
function makePrivate(path: string): void {
  try {
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw cannotOpen(`the ledger ${path} cannot be opened`, error)
  }
}

function cannotOpen(what: string, error: unknown): LedgerError {
  return new LedgerError('cannot-open', `${what}: ${(error as Error).message}`, {
    hint: 'Check that the folder is there and that this user may write in it.',
    cause: error
  })
}
