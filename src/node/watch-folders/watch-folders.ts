import { randomBytes } from 'node:crypto'
import { isAbsolute, join, resolve } from 'node:path'
import PQueue from 'p-queue'
import {
  type JobRecord,
  jobIdFrom,
  type QueueLine,
  type QueueParams,
  type WatchParams,
  type WatchResult,
  type WatchView
} from '../../model/index.ts'
import { type ClaimLimits, FolderClaim } from './claim.ts'
import { takeUp, underNewRules } from './decide.ts'
import { realDisk, type WatchDisk } from './disk.ts'
import { WatchError } from './errors.ts'
import type { KnownFile, Moment } from './files.ts'
import { InnerWatches } from './inner-watches.ts'
import { Journal, readJournals, type WatchHead } from './journal.ts'
import { StorageTurns } from './storage-turns.ts'
import { watchView } from './view.ts'
import { WatchedFolder } from './watched-folder.ts'

export interface WatchSettings {
  /** Where their journals are kept. */
  folder: string
  /** The node's own folder: never looked into. */
  home: string
  /** `paths.proxyRoot`. */
  proxyRoot: string | null
  intervalMs: number
  /** Who this node is, for others that watch the same folder. */
  self: { id: string; name: string }
  claimLimits?: ClaimLimits
}

export interface WatchCollaborators {
  moment: () => Moment
  jobs: () => Iterable<JobRecord>
  queue: (params: QueueParams) => Promise<QueueLine>
  /** Throws an error for a person when no preset has that name. */
  checkPreset: (name: string) => Promise<void>
  whyAway: (dir: string) => Promise<string | null>
  tell: (level: 'info' | 'warn', text: string) => void
  onError: (error: unknown, what: string) => void
  disk?: WatchDisk
}

const maxWatches = 64

/** The folders that this node watches. */
export class WatchFolders {
  readonly #settings: WatchSettings
  readonly #with: WatchCollaborators
  readonly #disk: WatchDisk
  readonly #turns: StorageTurns
  readonly #changes = new PQueue({ concurrency: 1 })
  #watches: WatchedFolder[] = []
  #started = false

  private constructor(settings: WatchSettings, collaborators: WatchCollaborators) {
    this.#settings = settings
    this.#with = collaborators
    this.#disk = collaborators.disk ?? realDisk
    this.#turns = new StorageTurns((paths) => this.#disk.answers(paths))
  }

  /** Reads what earlier lives of the node watched. Looks begin with `start`. */
  static async open(settings: WatchSettings, collaborators: WatchCollaborators): Promise<WatchFolders> {
    const folders = new WatchFolders(settings, collaborators)
    const journals = await readJournals(settings.folder, (path, error) => {
      collaborators.onError(error, `${path} was damaged, and is kept as ${path}.damaged`)
      collaborators.tell('warn', `what a watch remembers was damaged: ${path}; watch its folder again`)
    })
    for (const { head, known } of journals) {
      const folder = folders.#folder(head, takeUp(known, folders.#jobsOf(head)))
      // Written anew: without torn lines, and without those that were taken up.
      try {
        await folder.change(head, (taken) => new Map(taken))
      } catch (error) {
        collaborators.onError(error, `what the watch of ${head.dir} remembers could not be written`)
      }
      folders.#watches.push(folder)
    }
    folders.#watches.sort((a, b) => (a.head.addedAt < b.head.addedAt ? -1 : 1))
    return folders
  }

  start(): void {
    this.#started = true
    for (const folder of this.#watches) folder.start()
  }

  /** Looks at every folder now; for those who do not wait for `start`. */
  async lookNow(): Promise<void> {
    await Promise.all(this.#watches.map((folder) => folder.look()))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#watches.map((folder) => folder.stop()))
  }

  views(): WatchView[] {
    return this.#watches.map(watchView)
  }

  /**
   * Watches a folder, or changes how it is watched.
   * @throws WatchError, or what `checkPreset` throws
   */
  watch(params: WatchParams): Promise<WatchResult> {
    return this.#changes.add(() => this.#add(params))
  }

  /** Ends a watch, by its id or its folder. @throws WatchError `unknown-watch` */
  unwatch(name: string): Promise<WatchView> {
    return this.#changes.add(async () => {
      const folder = await this.#find(name)
      const view = watchView(folder)
      await folder.remove()
      this.#watches = this.#watches.filter((other) => other !== folder)
      this.#with.tell('info', `${folder.head.dir} is no longer watched`)
      return view
    })
  }

  async #add({ dir: given, rules, queue }: WatchParams): Promise<WatchResult> {
    const dir = resolve(given)
    if (!isAbsolute(given)) {
      throw new WatchError('bad-watch', `${given} is no absolute path`, {
        hint: 'Name the whole path.',
        exitStatus: 2
      })
    }
    const places = queue.outDir === null ? [dir] : [dir, queue.outDir]
    if (!(await this.#disk.answers(places))) {
      throw new WatchError(
        'not-a-folder',
        `${places.join(' or ')} cannot be used: the storage does not answer`,
        {
          hint: 'Check its server and its mount.'
        }
      )
    }
    const identity = await this.#disk.identity(dir)
    if (queue.preset !== 'auto') await this.#with.checkPreset(queue.preset)
    await this.#checkOut(dir, queue.outDir)
    const before = await this.#same(dir, identity)
    const head = { dir, rules, queue, identity }
    if (before !== null) {
      const change = before.head.dir === dir ? 'changed' : 'moved'
      await before.change({ ...before.head, ...head }, underNewRules)
      this.#with.tell('info', `${dir} is watched by other rules from now on, with ${queue.preset}`)
      return { watch: watchView(before), change }
    }
    if (this.#watches.length >= maxWatches) {
      throw new WatchError('bad-watch', `${maxWatches} folders are watched already`, {
        hint: 'Watch a folder above them, or end one with `proxima-node watch --remove ID`.'
      })
    }
    const addedAt = new Date(this.#with.moment().wallMs).toISOString()
    const folder = this.#folder({ ...head, id: jobIdFrom(randomBytes(10)), addedAt }, new Map())
    await folder.change(folder.head, (known) => new Map(known))
    this.#watches.push(folder)
    await folder.claim()
    if (this.#started) folder.start()
    this.#with.tell('info', `${dir} is watched from now on, with ${queue.preset}`)
    return { watch: watchView(folder), change: 'added' }
  }

  /** The watch of this folder: of this path, by whatever links, or of the same folder under another name. */
  async #same(dir: string, identity: string | null): Promise<WatchedFolder | null> {
    const real = await this.#disk.realPath(dir)
    for (const folder of this.#watches) {
      if (folder.head.dir === dir || (identity !== null && folder.head.identity === identity)) return folder
      if (folder.real === real) return folder
    }
    return null
  }

  async #checkOut(dir: string, outDir: string | null): Promise<void> {
    if (outDir === null) return
    if ((await this.#disk.realPath(outDir)) !== (await this.#disk.realPath(dir))) return
    throw new WatchError('bad-watch', `the outputs would be put among the sources in ${dir}`, {
      hint: 'Choose another folder with --out, such as one inside it.',
      exitStatus: 2
    })
  }

  async #find(name: string): Promise<WatchedFolder> {
    const byId = this.#watches.filter(({ head }) => head.id.startsWith(name))
    if (byId.length === 1) return byId[0]!
    const dir = isAbsolute(name) ? resolve(name) : null
    const named = this.#watches.find(({ head }) => head.dir === dir)
    if (named) return named
    if (dir !== null && (await this.#disk.answers([dir]))) {
      const real = await this.#disk.realPath(dir)
      const same = this.#watches.find((folder) => folder.real === real)
      if (same) return same
    }
    throw new WatchError('unknown-watch', `${name} is not watched here`, {
      hint: 'See the folders with `proxima-node watch`.'
    })
  }

  #folder(head: WatchHead, known: Map<string, KnownFile>): WatchedFolder {
    const { moment, jobs, queue, whyAway, tell, onError } = this.#with
    return new WatchedFolder(head, known, {
      disk: this.#disk,
      journal: new Journal(this.#settings.folder, head.id),
      moment,
      intervalMs: this.#settings.intervalMs,
      queue,
      outputs: () => {
        const queued = new Set([...jobs()].map(({ request }) => request.output))
        return (path) => queued.has(path) || this.#watches.some((folder) => folder.made(path))
      },
      claim: ({ dir, queue: { preset } }, kind) =>
        new FolderClaim(
          { dir, preset, kind },
          this.#settings.self,
          { disk: this.#disk, moment },
          this.#settings.claimLimits
        ),
      inner: new InnerWatches({ disk: this.#disk, moment }, this.#settings.claimLimits),
      skipFolders: ({ queue: { outDir } }) => {
        const folders = [this.#settings.home, this.#settings.proxyRoot, outDir]
        return folders.filter((path) => path !== null)
      },
      whyAway,
      tell,
      turns: this.#turns,
      onError
    })
  }

  /** By path within the folder, the newest job that was queued from there by a watch of this folder. */
  #jobsOf({ dir }: WatchHead): (path: string) => JobRecord | undefined {
    const newest = new Map<string, JobRecord>()
    for (const job of this.#with.jobs()) {
      const { origin, source } = job.request
      if (origin?.kind !== 'watch' || origin.file !== dir) continue
      if ((newest.get(source)?.seq ?? 0) < job.seq) newest.set(source, job)
    }
    return (path) => newest.get(join(dir, ...path.split('/')))
  }
}
