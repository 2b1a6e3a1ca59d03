import { readFile, realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import type { RootId } from '../../model/index.ts'
import { writeFileAtomic } from '../atomic-file.ts'
import { StorageError, systemCode, systemReason } from './errors.ts'
import { readMarker } from './marker.ts'
import { type RootEntry, registrySchema } from './schemas.ts'

/** What reading a root's marker showed. */
export type Proof = { visible: true; realPath: string } | { visible: false; reason: string }

export interface RootsSettings {
  /** `roots.json` of the home. */
  file: string
  /** A root that does not answer for so long is not visible. */
  timeLimitMs: number
}

export interface RootsCollaborators {
  /** Looks at a mount; may hang for as long as a dead server lets it. */
  prove?: (entry: RootEntry) => Promise<Proof>
}

/** The roots that this machine knows, and which of them can be seen. */
export class Roots {
  readonly #settings: RootsSettings
  readonly #prove: (entry: RootEntry) => Promise<Proof>
  /** Looks under way. A hung one holds a thread of the pool: a second one must not be sent after it. */
  readonly #looks = new Map<string, Promise<Proof>>()
  readonly #last = new Map<RootId, Proof>()
  #entries: readonly RootEntry[] = []

  constructor(settings: RootsSettings, collaborators: RootsCollaborators = {}) {
    this.#settings = settings
    this.#prove = collaborators.prove ?? proveByMarker
  }

  get entries(): readonly RootEntry[] {
    return this.#entries
  }

  /** Ids of the roots that were visible when they were last looked at. */
  visible(): RootId[] {
    return this.#entries.flatMap(({ id }) => (this.#last.get(id)?.visible ? [id] : []))
  }

  /**
   * Reads the file again: a command may have changed it.
   * @throws StorageError `roots-unreadable`
   */
  async reload(): Promise<void> {
    const { file } = this.#settings
    let text: string
    try {
      text = await readFile(file, 'utf8')
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw unreadable(file, systemReason(error), error)
      this.#entries = []
      return
    }
    try {
      this.#entries = registrySchema.parse(JSON.parse(text)).roots
    } catch (error) {
      throw unreadable(file, 'it does not hold a list of roots', error)
    }
  }

  /** Keeps these roots for good: written beside, flushed, renamed into place. */
  async save(entries: readonly RootEntry[]): Promise<void> {
    const { file } = this.#settings
    try {
      await writeFileAtomic(file, `${JSON.stringify({ roots: entries }, null, 2)}\n`)
    } catch (error) {
      throw new StorageError('cannot-write', `${file} cannot be written: ${systemReason(error)}`, {
        hint: 'Make room on that disk and check that this user may write there.',
        cause: error
      })
    }
    this.#entries = entries
  }

  /** Looks at a root now, for at most the time limit. */
  async look(entry: RootEntry): Promise<Proof> {
    const key = `${entry.id} ${entry.path}`
    let look = this.#looks.get(key)
    if (!look) {
      look = this.#prove(entry).finally(() => this.#looks.delete(key))
      this.#looks.set(key, look)
    }
    const seconds = this.#settings.timeLimitMs / 1_000
    const proof = await within<Proof>(look, this.#settings.timeLimitMs, () => ({
      visible: false,
      reason: `${entry.path} does not answer (waited ${seconds} s): is its server up?`
    }))
    this.#last.set(entry.id, proof)
    return proof
  }
}

/** A root is visible where its own marker can be read: an empty mount point or another disk is not it. */
async function proveByMarker(entry: RootEntry): Promise<Proof> {
  try {
    const marker = await readMarker(entry.path)
    if (!marker) return { visible: false, reason: `${entry.path} holds no marker of a root: is it mounted?` }
    if (marker.id !== entry.id) {
      return {
        visible: false,
        reason: `${entry.path} holds another root (${marker.name}): is the right one mounted?`
      }
    }
    return { visible: true, realPath: await realpath(entry.path) }
  } catch (error) {
    return { visible: false, reason: error instanceof StorageError ? error.message : systemReason(error) }
  }
}

async function within<T>(work: Promise<T>, limitMs: number, late: () => T): Promise<T> {
  const timer = Promise.withResolvers<T>()
  const handle = setTimeout(() => timer.resolve(late()), limitMs)
  try {
    return await Promise.race([work, timer.promise])
  } finally {
    clearTimeout(handle)
  }
}

/** A name for a new root that no other root has here: `nas`, `nas-2`… */
export function freeName(wanted: string, entries: readonly RootEntry[]): string {
  const taken = new Set(entries.map((entry) => entry.name))
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted.slice(0, 60)}-${n}`
    if (!taken.has(name)) return name
  }
}

/** What a root is called when nobody says: the last part of its path. */
export const usualName = (path: string): string =>
  basename(path).normalize('NFC').replace(/\p{C}/gu, '').trim().slice(0, 64) || 'root'

function unreadable(file: string, why: string, cause: unknown): StorageError {
  return new StorageError('roots-unreadable', `${file} cannot be used: ${why}`, {
    hint: 'Move it away and share the roots again; their markers keep their ids.',
    cause
  })
}
