import type { Dirent } from 'node:fs'
import { opendir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isLeftOutFolder, type WatchRules } from '../../model/index.ts'
import { systemReason } from '../storage/errors.ts'
import type { SeenFile } from './files.ts'
import { isWanted } from './select.ts'

export interface Listing {
  files: SeenFile[]
  /** False when part of the folder could not be read, or there is more than is looked at. */
  complete: boolean
  /** What is missing of it and why, in one line for a person. */
  problem: string | null
  /** Folders in it that hold a file of the name `markName`. */
  marked: string[]
}

export interface ListingLimits {
  /** Entries of any kind that a look goes through. */
  maxEntries: number
  /** Files that fit the rules. */
  maxFiles: number
  maxDepth: number
}

/** A look at this many takes seconds on a local disk, minutes on a slow share. */
export const listingLimits: ListingLimits = { maxEntries: 500_000, maxFiles: 50_000, maxDepth: 32 }

/** Entries that the system hands over at a time. */
const bufferSize = 64

/**
 * Reads a folder for files that fit the rules, piece by piece: the rest of the process runs in between, and never more
 * than one call is out to storage that may hang. Links are followed, each folder is read once.
 * @param markName a file whose folders are told of, however the rules are
 * @param skipFolders real paths of folders not to look into
 * @param onProgress called after every answer of the storage
 * @throws the system's error when `dir` itself cannot be read, or the signal's reason
 */
export async function listFolder(
  dir: string,
  rules: WatchRules,
  options: {
    skipFolders?: ReadonlySet<string>
    markName?: string
    signal: AbortSignal
    onProgress?: () => void
    limits?: ListingLimits
  }
): Promise<Listing> {
  const walk = new Walk(dir, rules, options)
  await walk.folder('', 0)
  return walk.listing
}

class Walk {
  readonly listing: Listing = { files: [], complete: true, problem: null, marked: [] }
  readonly #dir: string
  readonly #rules: WatchRules
  readonly #skip: ReadonlySet<string>
  readonly #markName: string | null
  readonly #signal: AbortSignal
  readonly #limits: ListingLimits
  readonly #onProgress: () => void
  readonly #entered = new Set<string>()
  #entries = 0

  constructor(dir: string, rules: WatchRules, options: Parameters<typeof listFolder>[2]) {
    this.#dir = dir
    this.#rules = rules
    this.#skip = options.skipFolders ?? new Set()
    this.#markName = options.markName ?? null
    this.#signal = options.signal
    this.#limits = options.limits ?? listingLimits
    this.#onProgress = options.onProgress ?? (() => {})
  }

  async folder(path: string, depth: number): Promise<void> {
    const real = await realpath(join(this.#dir, path))
    if (this.#entered.has(real) || (path !== '' && this.#skip.has(real))) return
    this.#entered.add(real)
    const subfolders: string[] = []
    for await (const entry of await opendir(join(this.#dir, path), { bufferSize })) {
      this.#signal.throwIfAborted()
      this.#onProgress()
      if (++this.#entries > this.#limits.maxEntries) {
        return this.#miss(`it holds more than ${this.#limits.maxEntries} entries: the rest is not looked at`)
      }
      if (entry.name === this.#markName && path !== '') this.listing.marked.push(path)
      const inner = path === '' ? entry.name : `${path}/${entry.name}`
      if ((await this.#entry(entry, inner)) === 'folder') subfolders.push(inner)
      if (this.listing.files.length >= this.#limits.maxFiles) {
        return this.#miss(`more than ${this.#limits.maxFiles} of its files fit: the rest is not looked at`)
      }
    }
    if (!this.#rules.recursive) return
    if (subfolders.length > 0 && depth >= this.#limits.maxDepth) {
      return this.#miss(`folders below ${path} are too deep to be looked at`)
    }
    for (const inner of subfolders.sort()) {
      if (this.#isFull()) return
      try {
        await this.folder(inner, depth + 1)
      } catch (error) {
        this.#signal.throwIfAborted()
        this.#miss(`${inner} cannot be read: ${systemReason(error)}`)
      }
    }
  }

  async #entry(entry: Dirent, path: string): Promise<'folder' | null> {
    const mayBeFile = !entry.isDirectory() && isWanted(path, this.#rules)
    const mayBeFolder = !entry.isFile() && !isLeftOutFolder(entry.name)
    if (entry.isDirectory()) return mayBeFolder ? 'folder' : null
    if (!mayBeFile && !(entry.isSymbolicLink() && mayBeFolder)) return null
    const found = await statOrNull(join(this.#dir, path))
    if (found?.isDirectory()) return mayBeFolder ? 'folder' : null
    if (found?.isFile() && mayBeFile) {
      this.listing.files.push({ path, sizeBytes: found.size, mtimeMs: found.mtimeMs })
    }
    return null
  }

  #isFull(): boolean {
    return this.#entries > this.#limits.maxEntries || this.listing.files.length >= this.#limits.maxFiles
  }

  #miss(problem: string): void {
    this.listing.complete = false
    this.listing.problem ??= problem
  }
}

/** Null for what is gone again, or a link that leads nowhere. */
async function statOrNull(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ELOOP' || code === 'ENOTDIR') return null
    throw error
  }
}
