import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isLeaseId, type LeaseId } from '../model/index.ts'

/** The end of a task's log, and the command that it is of. */
export interface TaskLogRecord {
  lines: string[]
  command: string[]
}

/** Lines kept of each attempt: the last ones (DESIGN section 8). */
const maxLines = 200
const maxLineLength = 2_000
/** Attempts whose logs are kept on disk; the oldest are removed beyond. */
const maxFiles = 2_000

/** The logs of the tasks that ran on this machine: in memory while they run, then a file each in `folder`. */
export class TaskLogs {
  readonly #folder: string
  readonly #open = new Map<LeaseId, TaskLogRecord>()
  readonly #onError: (error: unknown) => void
  /** One file is written at a time: who counts the files must not meet another's half-written one. */
  #writing: Promise<void> = Promise.resolve()

  constructor(settings: { folder: string }, collaborators: { onError: (error: unknown) => void }) {
    this.#folder = settings.folder
    this.#onError = collaborators.onError
  }

  open(leaseId: LeaseId): { line: (text: string) => void; command: (argv: readonly string[]) => void } {
    const record: TaskLogRecord = { lines: [], command: [] }
    this.#open.set(leaseId, record)
    return {
      line: (text) => {
        record.lines.push(text.slice(0, maxLineLength))
        if (record.lines.length > maxLines) record.lines.shift()
      },
      command: (argv) => {
        record.command = [...argv]
      }
    }
  }

  /** The task has ended: its log goes to disk. Trouble with it is told, and hurts nothing else. */
  async close(leaseId: LeaseId): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(leaseId))
    await this.#writing
  }

  async #write(leaseId: LeaseId): Promise<void> {
    const record = this.#open.get(leaseId)
    if (!record) return
    try {
      await mkdir(this.#folder, { recursive: true })
      const path = this.#path(leaseId)
      await writeFile(`${path}.part`, JSON.stringify(record))
      await rename(`${path}.part`, path)
      await this.#removeOldest()
    } catch (error) {
      this.#onError(error)
    } finally {
      this.#open.delete(leaseId)
    }
  }

  /** Null when no such task ran here, or long ago. */
  async read(leaseId: LeaseId): Promise<TaskLogRecord | null> {
    const open = this.#open.get(leaseId)
    if (open) return { lines: [...open.lines], command: open.command }
    if (!isLeaseId(leaseId)) return null
    try {
      return JSON.parse(await readFile(this.#path(leaseId), 'utf8')) as TaskLogRecord
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  #path(leaseId: LeaseId): string {
    return join(this.#folder, `${leaseId}.json`)
  }

  async #removeOldest(): Promise<void> {
    const names = await readdir(this.#folder)
    if (names.length <= maxFiles) return
    const aged = await Promise.all(
      names.map(async (name) => ({ name, mtimeMs: (await stat(join(this.#folder, name))).mtimeMs }))
    )
    aged.sort((a, b) => a.mtimeMs - b.mtimeMs)
    for (const { name } of aged.slice(0, names.length - maxFiles))
      await rm(join(this.#folder, name), { force: true })
  }
}
