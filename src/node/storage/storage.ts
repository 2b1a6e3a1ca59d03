import { mkdir, stat, statfs } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { Storage } from '../../model/index.ts'
import {
  isJobId,
  isRootRef,
  type JobId,
  type MediaRef,
  type RootId,
  type RootRef,
  type RootView,
  whyBadRootPath
} from '../../model/index.ts'
import { StorageError, systemCode, systemReason } from './errors.ts'
import { exists, isInside, locate, realOrPending } from './locate.ts'
import { makeFolderLike, markerName, proximaFolder } from './marker.ts'
import { Roots, type RootsCollaborators } from './roots.ts'
import type { RootEntry } from './schemas.ts'
import { shareRoot } from './share.ts'

/** How long a mount may take to show its marker before it counts as gone. */
export const usualTimeLimitMs = 3_000

export interface StorageSettings {
  /** The node's home folder. */
  home: string
  /** `roots.json` there. */
  rootsFile: string
  /** Where the chunks of jobs outside every root go. */
  workFolder: string
  timeLimitMs?: number
}

export interface StorageCollaborators extends RootsCollaborators {
  wallClock: () => Date
}

/** Shared storage of this machine: roots, and the way from references to files and back. */
export interface NodeStorage extends Storage {
  /** Declares or recognises a root. @see shareRoot */
  share(path: string, name: string | null): Promise<RootView>
  /**
   * Forgets a root here; its marker stays, for other machines.
   * @param which its name, its id or its path
   * @param check throws when it must stay
   * @returns what it was
   * @throws StorageError `unknown-root`, `cannot-write`, and what `check` throws
   */
  unshare(which: string, check: (root: RootView) => void): Promise<RootView>
  /** Every root of this machine, looked at now. */
  roots(): Promise<RootView[]>
  /** Why the root that a path lies in cannot be seen now, or null. Other roots are not asked. */
  whyAway(path: string): Promise<string | null>
  /** Roots that were visible when last looked at: by `refresh`, `roots` or any use. Never waits. */
  visibleRoots(): readonly RootId[]
  /** Reads the list again and looks at every root, none longer than the time limit. True when anything changed. */
  refresh(): Promise<boolean>
}

/**
 * Opens the storage of a home. Reads the list of roots; the first `refresh` tells which are visible.
 * @throws StorageError `roots-unreadable`
 */
export async function openStorage(
  settings: StorageSettings,
  collaborators: StorageCollaborators
): Promise<NodeStorage> {
  const timeLimitMs = settings.timeLimitMs ?? usualTimeLimitMs
  const roots = new Roots({ file: settings.rootsFile, timeLimitMs }, collaborators)
  await roots.reload()

  /** One change of the list at a time. */
  let changing: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const changed = changing.then(change)
    // Whoever is next waits for the end of this one, however it ends; its caller hears of a failure.
    changing = changed.catch(() => undefined)
    return changed
  }

  const view = async (entry: RootEntry): Promise<RootView> => {
    const proof = await roots.look(entry)
    return { ...entry, visible: proof.visible, reason: proof.visible ? null : proof.reason }
  }

  /** The real path of a root, proved now: what lies under a lost mount's point is not the root. */
  const realRoot = async (id: RootId): Promise<string> => {
    const entry = roots.entries.find((known) => known.id === id)
    if (!entry) {
      throw new StorageError('unknown-root', `the root ${id} is not shared on this machine`, {
        hint: 'Mount it and run: proxima-node share PATH'
      })
    }
    const proof = await roots.look(entry)
    if (proof.visible) return proof.realPath
    throw new StorageError('root-not-visible', `the root ${entry.name} cannot be seen: ${proof.reason}`, {
      hint: 'Mount it again.'
    })
  }

  const locateRef = async (ref: RootRef): Promise<string> => {
    const flaw = whyBadRootPath(ref.path, process.platform) ?? whyReserved(ref.path)
    if (flaw) throw badPath(ref.path, flaw)
    const base = await realRoot(ref.root)
    return (await guard(ref.path, () => locate(base, ref.path.split('/')))).path
  }

  const resolveRef = async (ref: MediaRef): Promise<string> => {
    if (isRootRef(ref)) return locateRef(ref)
    checkAbsolute(ref.local)
    return guard(ref.local, () => realOrPending(resolve(ref.local)))
  }

  const refer = async (path: string): Promise<MediaRef> => {
    checkAbsolute(path)
    const real = await guard(path, () => realOrPending(resolve(path)))
    let home: { id: RootId; realPath: string } | null = null
    for (const entry of roots.entries) {
      const proof = await roots.look(entry)
      if (!proof.visible || real === proof.realPath || !isInside(proof.realPath, real)) continue
      if (!home || proof.realPath.length > home.realPath.length)
        home = { id: entry.id, realPath: proof.realPath }
    }
    if (!home) return { local: real }
    const ref = { root: home.id, path: relative(home.realPath, real).split(sep).join('/').normalize('NFC') }
    if (whyBadRootPath(ref.path) !== null || whyReserved(ref.path) !== null) return { local: real }
    // Two names on disk may be one on the wire (NFC and NFD of it, side by side): only what leads back is a reference.
    const base = home.realPath
    return guard(path, async () => {
      const back = await locate(base, ref.path.split('/'))
      return back.path === real || !(await exists(real)) ? ref : { local: real }
    })
  }

  const workFolderPath = async (near: MediaRef, jobId: JobId): Promise<string> => {
    if (!isJobId(jobId)) throw badPath(jobId, 'it is no job')
    if (!isRootRef(near)) return join(settings.workFolder, jobId)
    return locateRef({ root: near.root, path: `${proximaFolder}/${jobId}` })
  }

  const workFolder = async (near: MediaRef, jobId: JobId): Promise<string> => {
    const folder = await workFolderPath(near, jobId)
    try {
      if (isRootRef(near)) {
        const base = await stat(await realRoot(near.root))
        await makeFolderLike(dirname(folder), base)
        await makeFolderLike(folder, base)
      } else await mkdir(folder, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw unmade(folder, error)
    }
    return folder
  }

  const makeFolders = async (ref: MediaRef): Promise<void> => {
    const parents = isRootRef(ref) ? ref.path.split('/').slice(0, -1) : []
    let folder = isRootRef(ref) ? await realRoot(ref.root) : dirname(await resolveRef(ref))
    try {
      if (!isRootRef(ref)) await mkdir(folder, { recursive: true })
      else {
        for (const depth of parents.keys()) {
          const model = await stat(folder)
          folder = await locateRef({ root: ref.root, path: parents.slice(0, depth + 1).join('/') })
          await makeFolderLike(folder, model)
        }
      }
    } catch (error) {
      throw unmade(folder, error)
    }
  }

  return {
    resolve: resolveRef,
    refer,
    workFolder,
    workFolderPath,
    makeFolders,
    freeBytes: (path) => guard(path, () => freeBytes(path)),

    share(path, name) {
      const context = { roots, home: settings.home, now: collaborators.wallClock }
      return inTurn(async () => view(await shareRoot(path, name, context)))
    },

    unshare(which, check) {
      return inTurn(async () => {
        await roots.reload()
        const entry = roots.entries.find(({ id, name, path }) => [id, name, path].includes(which))
        if (!entry) {
          throw new StorageError('unknown-root', `${which} is not shared on this machine`, {
            hint: 'See what is: proxima-node roots'
          })
        }
        const was = await view(entry)
        check(was)
        await roots.save(roots.entries.filter((other) => other !== entry))
        return was
      })
    },

    async roots() {
      await roots.reload()
      return Promise.all(roots.entries.map(view))
    },

    async whyAway(path) {
      await roots.reload()
      for (const entry of roots.entries) {
        const proof = isInside(entry.path, path) ? await roots.look(entry) : null
        if (proof?.visible === false) return proof.reason
      }
      return null
    },

    visibleRoots: () => roots.visible(),

    async refresh() {
      const before = JSON.stringify(roots.visible())
      await roots.reload()
      await Promise.all(roots.entries.map((entry) => roots.look(entry)))
      return JSON.stringify(roots.visible()) !== before
    }
  }
}

/** The marker decides what a root is: no reference may lead to it. Case does not count on every disk. */
function whyReserved(path: string): string | null {
  const reserved = `${proximaFolder}/${markerName}`
  return path.toLowerCase() === reserved ? 'it is the marker of the root' : null
}

function checkAbsolute(path: string): void {
  if (!isAbsolute(path)) throw badPath(path, 'it is not absolute')
  if (path.includes('\0')) throw badPath(path, 'it holds a zero character')
}

function unmade(folder: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error
  return new StorageError('cannot-write', `the folder ${folder} cannot be made: ${systemReason(error)}`, {
    hint: 'Make room on that disk and check that this user may write there.',
    cause: error
  })
}

function badPath(path: string, why: string): StorageError {
  return new StorageError('bad-path', `the path ${JSON.stringify(path)} cannot be used: ${why}`, {
    hint: 'Rename the file, or give another path.'
  })
}

/** Lets errors of the system leave as errors of storage. */
async function guard<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = systemCode(error)
    if (error instanceof StorageError || code === null) throw error
    throw new StorageError(
      code === 'ENOENT' || code === 'ENOTDIR' ? 'not-found' : 'unreachable',
      `${path} cannot be reached: ${systemReason(error)}`,
      { hint: 'Check the path, its mount and its permissions.', cause: error }
    )
  }
}

async function freeBytes(path: string): Promise<number> {
  checkAbsolute(path)
  for (let place = resolve(path); ; place = dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place)
      return bavail * bsize
    } catch (error) {
      const code = systemCode(error)
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(place) === place) throw error
    }
  }
}
