import { constants } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { isJobId, type WatchParams } from '../../model/index.ts'
import { readIfThere, writeFileAtomic } from '../atomic-file.ts'
import { watchParams } from '../control/schemas.ts'
import { namesIn } from '../names-in.ts'
import type { KnownFile } from './files.ts'

/** A watch as it is kept: what was asked for, and which folder on disk it was. */
export interface WatchHead extends WatchParams {
  id: string
  addedAt: string
  /** Inode and time of making: finds the folder again when it was renamed. Null where the system tells neither. */
  identity: string | null
}

const headSchema = watchParams.extend({
  version: z.literal(1),
  id: z.string().refine(isJobId, { error: 'is not the id of a watch' }),
  addedAt: z.iso.datetime({ offset: true }),
  identity: z.string().max(128).nullable()
})

const knownSchema = z.object({
  sizeBytes: z.number(),
  mtimeMs: z.number(),
  print: z.string(),
  outcome: z.enum(['queueing', 'queued', 'exists', 'refused']),
  jobId: z.string().nullable().default(null),
  batchId: z.string().optional(),
  output: z.string().nullable().default(null),
  reason: z.string().nullable().default(null),
  at: z.string()
})

/** A line after the first. Null: forgotten. */
const entrySchema = z.object({ path: z.string().min(1), known: knownSchema.nullable() })

/**
 * What a watch remembers, in a file of its own: its head, then a line for each file that was dealt with. Lines are
 * appended, flushed, and the whole is written anew now and then. A torn last line is what a crash had not finished.
 */
export class Journal {
  readonly path: string
  #lines = 0
  #written: Promise<void> = Promise.resolve()
  #removed = false

  constructor(folder: string, id: string) {
    this.path = join(folder, `${id}.jsonl`)
  }

  /** @throws what the disk says, or an error of zod when the head is not one */
  static async read(path: string): Promise<{ head: WatchHead; known: Map<string, KnownFile> } | null> {
    const text = await readIfThere(path)
    if (text === null) return null
    const [first = '', ...lines] = text.split('\n')
    const { version: _, ...head } = headSchema.parse(JSON.parse(first))
    const known = new Map<string, KnownFile>()
    for (const line of lines) {
      const entry = entryOf(line)
      if (entry === null) continue
      known.delete(entry.path)
      if (entry.known !== null) known.set(entry.path, entry.known)
    }
    return { head, known }
  }

  /** Replaces it by what is so when its turn has come; durable when it settles. */
  write(content: () => { head: WatchHead; known: ReadonlyMap<string, KnownFile> }): Promise<void> {
    return this.#inTurn(async () => {
      const { head, known } = content()
      await mkdir(dirname(this.path), { recursive: true, mode: 0o700 })
      const lines = [
        JSON.stringify({ version: 1, ...head }),
        ...[...known].map(([path, file]) => JSON.stringify({ path, known: file }))
      ]
      this.#lines = known.size
      await writeFileAtomic(this.path, `${lines.join('\n')}\n`)
    })
  }

  /** Durable when it settles. */
  append(path: string, known: KnownFile | null): Promise<void> {
    return this.#inTurn(async () => {
      // Not made when it is missing: without its first line it would say nothing.
      const file = await open(this.path, constants.O_WRONLY | constants.O_APPEND)
      try {
        await file.appendFile(`${JSON.stringify({ path, known })}\n`)
        await file.datasync()
      } finally {
        await file.close()
      }
      this.#lines += 1
    })
  }

  /** For good: what is written later goes nowhere. */
  remove(): Promise<void> {
    return this.#inTurn(async () => {
      this.#removed = true
      await rm(this.path, { force: true })
    })
  }

  /** One write at a time: a line must not be appended to what is being replaced. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const written = this.#written.then(() => (this.#removed ? undefined : work()))
    // Who writes next waits for the end of this one, however it ends; its caller hears of a failure.
    this.#written = written.catch(() => undefined)
    return written
  }

  /** True when most of its lines say what is no longer so. */
  isLong(knownFiles: number): boolean {
    return this.#lines > 2 * knownFiles + 1_000
  }
}

function entryOf(line: string): z.output<typeof entrySchema> | null {
  if (line === '') return null
  try {
    return entrySchema.parse(JSON.parse(line))
  } catch {
    // A torn line: its file is looked at anew, as if it had never been written.
    return null
  }
}

/** Every journal in a folder; damaged ones are moved aside. */
export async function readJournals(
  folder: string,
  onDamaged: (path: string, error: unknown) => void
): Promise<{ head: WatchHead; known: Map<string, KnownFile> }[]> {
  const found: { head: WatchHead; known: Map<string, KnownFile> }[] = []
  for (const name of (await namesIn(folder)).sort()) {
    if (!name.endsWith('.jsonl')) continue
    const path = join(folder, name)
    try {
      const journal = await Journal.read(path)
      if (journal !== null) found.push(journal)
    } catch (error) {
      await rename(path, `${path}.damaged`)
      onDamaged(path, error)
    }
  }
  return found
}
