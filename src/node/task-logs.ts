import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isLeaseId, type JobId, type LeaseId } from '../model/index.ts'
import { namesIn } from './names-in.ts'

/** The end of a task's log, and the command that it is of. */
export interface TaskLogRecord {
  lines: string[]
  command: string[]
}

/** Lines kept of each attempt: the last ones (DESIGN section 8). */
const maxLines = 200
const maxLineLength = 2_000
/** Attempts whose logs are kept on disk, however small they are. */
const maxFiles = 2_000

export interface TaskLogsSettings {
  folder: string
  /** Room for all of them on disk; the oldest go first. */
  maxBytes: number
  /** None is kept longer. */
  maxAgeMs: number
}

export interface TaskLogsCollaborators {
  wallClock: () => Date
  onError: (error: unknown) => void
}

interface KeptFile {
  sizeBytes: number
  mtimeMs: number
}

/** The logs of the tasks that ran on this machine: in memory while they run, then a file each in `folder`. */
export class TaskLogs {
  readonly #settings: TaskLogsSettings
  readonly #with: TaskLogsCollaborators
  readonly #open = new Map<LeaseId, TaskLogRecord>()
  /** What is on disk by file name, oldest first; null until it was looked at. */
  #kept: Map<string, KeptFile> | null = null
  /** One change of the folder at a time. */
  #changing: Promise<void> = Promise.resolve()

  constructor(settings: TaskLogsSettings, collaborators: TaskLogsCollaborators) {
    this.#settings = settings
    this.#with = collaborators
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
    const record = this.#open.get(leaseId)
    if (!record) return
    await this.#change(async (kept) => {
      const { folder } = this.#settings
      await mkdir(folder, { recursive: true })
      const path = this.#path(leaseId)
      const text = JSON.stringify(record)
      await writeFile(`${path}.part`, text)
      await rename(`${path}.part`, path)
      kept.delete(basename(path))
      kept.set(basename(path), {
        sizeBytes: Buffer.byteLength(text),
        mtimeMs: this.#with.wallClock().getTime()
      })
    })
    this.#open.delete(leaseId)
  }

  /** A job was purged: nothing of it is kept here either. Trouble with it is told. */
  async removeJob(jobId: JobId): Promise<void> {
    await this.#change(async (kept) => {
      for (const name of [...kept.keys()]) if (name.startsWith(`${jobId}.`)) await this.#remove(name, kept)
    })
  }

  /** Removes what is too old, or too much. Trouble with it is told. */
  async tidy(): Promise<void> {
    await this.#change(async () => {})
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
    return join(this.#settings.folder, `${leaseId}.json`)
  }

  async #change(work: (kept: Map<string, KeptFile>) => Promise<void>): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      try {
        this.#kept ??= await this.#lookAround()
        await work(this.#kept)
        await this.#removeOldest(this.#kept)
      } catch (error) {
        this.#with.onError(error)
      }
    })
    await this.#changing
  }

  async #lookAround(): Promise<Map<string, KeptFile>> {
    const { folder } = this.#settings
    const found: [string, KeptFile][] = []
    for (const name of await namesIn(folder)) {
      const path = join(folder, name)
      // Half a file of a life before.
      if (name.endsWith('.part')) await rm(path, { force: true })
      else {
        const { size, mtimeMs } = await stat(path)
        found.push([name, { sizeBytes: size, mtimeMs }])
      }
    }
    return new Map(found.sort(([, a], [, b]) => a.mtimeMs - b.mtimeMs))
  }

  async #removeOldest(kept: Map<string, KeptFile>): Promise<void> {
    const { maxBytes, maxAgeMs } = this.#settings
    const goodFromMs = this.#with.wallClock().getTime() - maxAgeMs
    let sizeBytes = 0
    for (const file of kept.values()) sizeBytes += file.sizeBytes
    for (const [name, file] of kept) {
      if (kept.size <= maxFiles && sizeBytes <= maxBytes && file.mtimeMs >= goodFromMs) return
      await this.#remove(name, kept)
      sizeBytes -= file.sizeBytes
    }
  }

  async #remove(name: string, kept: Map<string, KeptFile>): Promise<void> {
    await rm(join(this.#settings.folder, name), { force: true })
    kept.delete(name)
  }
}
