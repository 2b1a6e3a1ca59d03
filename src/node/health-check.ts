import { randomBytes } from 'node:crypto'
import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { RootId, RootView } from '../model/index.ts'
import type { HealthReport } from '../scheduler/index.ts'
import { systemCode, systemReason } from './storage/errors.ts'
import { proximaFolder } from './storage/marker.ts'

export interface HealthCheckCollaborators {
  /** The node's home folder. */
  home: string
  /** Shared roots, looked at now. */
  roots: () => Promise<readonly RootView[]>
  /** Null while ffmpeg runs, or where there never was one; else why not. `encoders`: each is tried anew. */
  whyNotEncoding: (encoders: boolean) => Promise<string | null>
  /** Tries to write into a folder. @returns null, or what was in the way */
  tryWriting?: (folder: string) => Promise<WriteTrouble | null>
}

/** Why a folder cannot be written. `meant`: perhaps on purpose (a share for reading alone). */
export interface WriteTrouble {
  reason: string
  meant: boolean
}

/** How long a disk may take to write a small file. */
const writeLimitMs = 5_000
/** Too little for any chunk. */
const minFreeBytes = 8 * 1024 * 1024
const probeBytes = 64 * 1024

/** Looks at this machine: can its home be written, can its roots be seen and written, does its ffmpeg run? */
export class HealthCheck {
  readonly #with: HealthCheckCollaborators
  readonly #tryWriting: (folder: string) => Promise<WriteTrouble | null>
  /** Roots that could be written once: only of them a refusal is trouble, others are for reading. */
  readonly #writable = new Set<RootId>()
  /** Writes under way, by folder. One that hangs holds a thread: a second one must not be sent after it. */
  readonly #writes = new Map<string, Promise<WriteTrouble | null>>()

  constructor(collaborators: HealthCheckCollaborators) {
    this.#with = collaborators
    this.#tryWriting = collaborators.tryWriting ?? tryWriting
  }

  /** Never rejects for what it finds. */
  async look(encoders: boolean): Promise<HealthReport> {
    const { home, roots, whyNotEncoding } = this.#with
    const [atHome, encoding, found] = await Promise.all([
      this.#write(home),
      whyNotEncoding(encoders),
      roots().then((all) => Promise.all(all.map((root) => this.#root(root))))
    ])
    return {
      machine: atHome === null ? null : `its home ${home} cannot be written: ${atHome.reason}`,
      encoding,
      roots: found.filter((root) => root !== null)
    }
  }

  async #root({ id, name, path, visible, reason }: RootView): Promise<HealthReport['roots'][number] | null> {
    const root = id as RootId
    if (!visible) return { root, reason: `root ${name}: ${reason ?? 'it cannot be seen'}` }
    const trouble = await this.#write(join(path, proximaFolder))
    if (trouble === null) {
      this.#writable.add(root)
      return null
    }
    if (trouble.meant && !this.#writable.has(root)) return null
    return { root, reason: `root ${name} cannot be written: ${trouble.reason}` }
  }

  async #write(folder: string): Promise<WriteTrouble | null> {
    let write = this.#writes.get(folder)
    if (!write) {
      write = this.#tryWriting(folder).finally(() => this.#writes.delete(folder))
      this.#writes.set(folder, write)
    }
    const late = Promise.withResolvers<WriteTrouble>()
    const timer = setTimeout(
      () => late.resolve({ reason: `it does not answer (waited ${writeLimitMs / 1_000} s)`, meant: false }),
      writeLimitMs
    )
    try {
      return await Promise.race([write, late.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Makes a small file, flushes it to the disk, and removes it. */
export async function tryWriting(folder: string): Promise<WriteTrouble | null> {
  const path = join(folder, `.proxima-try-${randomBytes(8).toString('hex')}`)
  try {
    const { bavail, bsize } = await statfs(folder)
    const freeBytes = bavail * bsize
    if (freeBytes < minFreeBytes)
      return { reason: `${Math.floor(freeBytes / 1e6)} MB are left on the disk`, meant: false }
    const file = await open(path, 'wx', 0o600)
    try {
      // Nameless from here on, where the system can: a crash leaves nothing.
      await rm(path, { force: true }).catch(() => {}) // else it goes at the end
      await file.write(Buffer.alloc(probeBytes))
      await file.sync()
    } finally {
      await file.close()
    }
    return null
  } catch (error) {
    const code = systemCode(error) ?? ''
    return { reason: systemReason(error), meant: ['EROFS', 'EACCES', 'EPERM'].includes(code) }
  } finally {
    await rm(path, { force: true }).catch(() => {}) // what could not be made need not be removed
  }
}
