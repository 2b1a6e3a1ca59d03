import { randomBytes } from 'node:crypto'
import { basename, join } from 'node:path'
import { jobIdFrom, type QueueLine, type QueueParams } from '../../model/index.ts'
import { systemReason } from '../storage/errors.ts'
import { within } from '../within.ts'
import type { FolderClaim } from './claim.ts'
import { afterAnswer, decide, forgetGone, isSame, isTouched } from './decide.ts'
import type { WatchDisk } from './disk.ts'
import type { KnownFile, Moment, SeenFile, WaitingFile } from './files.ts'
import { Holding } from './holding.ts'
import { type InnerWatches, isBelow, leftToOthers, markName, watchKind } from './inner-watches.ts'
import type { Journal, WatchHead } from './journal.ts'
import type { Listing } from './list-folder.ts'
import { Nap } from './nap.ts'
import { Presence } from './presence.ts'
import type { StorageTurns } from './storage-turns.ts'
import { Waker } from './waker.ts'

export interface WatchedFolderCollaborators {
  disk: WatchDisk
  journal: Journal
  moment: () => Moment
  intervalMs: number
  /** Queues the one source of the parameters. */
  queue: (params: QueueParams) => Promise<QueueLine>
  /** Tells what this node made, or is about to make, as of now. */
  outputs: () => (path: string) => boolean
  /** Which of the nodes that watch a folder queues from it. */
  claim: (head: WatchHead, kind: () => string) => FolderClaim
  /** Which folders in it others see to. */
  inner: InnerWatches
  /** Folders that are never looked into. */
  skipFolders: (head: WatchHead) => readonly string[]
  /** Why the storage that the folder lies on is not there, or null. */
  whyAway: (dir: string) => Promise<string | null>
  /** A line for a person's log. */
  tell: (level: 'info' | 'warn', text: string) => void
  /** Whatever asks the storage goes through here. */
  turns: StorageTurns
  onError: (error: unknown, what: string) => void
}

/** A look that took long is followed by a rest of so many times its length. */
const restPerLook = 9
const maxKnown = 100_000
/** How long a look that hangs is waited for. */
const removeLimitMs = 1_000

/** One folder that is watched: looks at it again and again, and queues what is ripe. */
export class WatchedFolder {
  #head: WatchHead
  #known: Map<string, KnownFile>
  #waiting = new Map<string, WaitingFile>()
  #holding: Holding
  readonly #presence: Presence
  #lookedAt: string | null = null
  #isQueueing = false
  #real: string | null = null
  /** Outputs of its files: also of jobs that were removed from the ledger since. */
  readonly #outputs = new Set<string>()
  readonly #with: WatchedFolderCollaborators
  readonly #stopping = new AbortController()
  readonly #nap = new Nap()
  readonly #waker = new Waker(() => this.#nap.wake())
  /** How long to stay away from the storage after the last look. */
  #restMs = 0
  #running: Promise<void> | null = null

  constructor(head: WatchHead, known: Map<string, KnownFile>, collaborators: WatchedFolderCollaborators) {
    this.#head = head
    this.#known = known
    this.#with = collaborators
    this.#holding = this.#holdingOf(head)
    this.#presence = new Presence(() => this.#head.dir, collaborators)
    for (const { output } of known.values()) if (output !== null) this.#outputs.add(output)
  }

  get head(): WatchHead {
    return this.#head
  }

  /** Its real path when it was last looked at: told without asking storage that may hang. */
  get real(): string {
    return this.#real ?? this.#head.dir
  }

  get state() {
    return {
      known: this.#known as ReadonlyMap<string, KnownFile>,
      waiting: this.#waiting as ReadonlyMap<string, WaitingFile>,
      away: this.#presence.away,
      standby: this.#holding.standby,
      problem: this.#presence.problem,
      lookedAt: this.#lookedAt
    }
  }

  made(path: string): boolean {
    return this.#outputs.has(path)
  }

  start(): void {
    this.#holding.start()
    this.#running ??= this.#run()
  }

  /** Ends its looks; a job that is just being queued is finished first. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#holding.stop()
    this.#waker.close()
    this.#nap.end()
    await this.#running
  }

  /** Goes by another head from now on, and by what is left of what it knows; durable when it returns. */
  async change(
    head: WatchHead,
    revise: (known: ReadonlyMap<string, KnownFile>) => Map<string, KnownFile>
  ): Promise<void> {
    const before = this.#head
    this.#head = head
    this.#known = revise(this.#known)
    this.#waiting = new Map()
    try {
      await this.#with.journal.write(() => ({ head: this.#head, known: this.#known }))
    } catch (error) {
      this.#head = before
      throw error
    }
    const { dir, queue } = before
    if (head.dir !== dir) this.#real = null
    if (head.dir !== dir || head.queue.preset !== queue.preset) {
      await this.#holding.giveUp()
      this.#holding = this.#holdingOf(head)
      if (this.#running !== null) this.#holding.start()
    }
    this.#nap.wake()
  }

  /** Ends it for good. */
  async remove(): Promise<void> {
    await this.#with.journal.remove()
    await within(removeLimitMs, this.stop())
    await this.#holding.giveUp()
  }

  /** Finds out whether the folder is this node's to queue from. */
  claim(): Promise<void> {
    return this.#holding.tryHold()
  }

  #holdingOf(head: WatchHead): Holding {
    const { tell, onError, turns } = this.#with
    const inTurn = (work: () => Promise<unknown>) => turns.take('beat', [head.dir], work)
    return new Holding(
      head.dir,
      this.#with.claim(head, () => watchKind(this.#head)),
      { tell, onError, inTurn }
    )
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      let pauseMs = this.#with.intervalMs
      try {
        pauseMs = await this.look()
      } catch (error) {
        this.#with.onError(error, `the watched folder ${this.#head.dir} could not be looked at`)
      }
      await this.#nap.pause(pauseMs, this.#restMs)
    }
  }

  /**
   * Looks at the folder once, in its turn, and queues what is ripe.
   * @returns how long to wait before the next look, in milliseconds
   */
  async look(): Promise<number> {
    const { turns, skipFolders, intervalMs } = this.#with
    const outcome = await turns.take(
      'look',
      [this.#head.dir, ...skipFolders(this.#head)],
      (heard) => (this.#stopping.signal.aborted ? Promise.resolve(0) : this.#lookNow(heard)),
      () => {
        if (!this.#isQueueing) this.#presence.fallSilent()
      }
    )
    if (outcome.kind === 'done') return outcome.value
    if (outcome.kind === 'silent') this.#presence.fallSilent()
    else this.#presence.goAway('it is not looked at while other storage does not answer')
    return intervalMs
  }

  async #lookNow(heard: () => void): Promise<number> {
    const { disk, moment, intervalMs } = this.#with
    const head = this.#head
    const beganMs = moment().nowMs
    const listing = await this.#list(head, heard)
    if (listing === null) return intervalMs
    this.#restMs = (moment().nowMs - beganMs) * restPerLook
    const real = await disk.realPath(head.dir)
    heard()
    this.#real = real
    const isOutput = this.#with.outputs()
    const files = listing.files.filter(({ path }) => {
      return ![head.dir, real].some((dir) => isOutput(join(dir, ...path.split('/'))))
    })
    // Changed while it was looked at: what was found is of other rules.
    if (this.#head !== head) return 0
    const patience = { ...head.rules, intervalMs }
    const { waiting, ripe, lookAgainInMs } = decide(
      this.#known,
      this.#waiting,
      { files, complete: listing.complete },
      moment(),
      patience
    )
    this.#waiting = waiting
    this.#lookedAt = new Date(moment().wallMs).toISOString()
    const batchId = jobIdFrom(randomBytes(10))
    for (const file of ripe) {
      if (this.#stopping.signal.aborted || this.#head !== head) return 0
      await this.#deal(file, { head, batchId, heard })
    }
    if (listing.complete) forgetGone(this.#known, files, maxKnown)
    if (this.#with.journal.isLong(this.#known.size)) {
      await this.#with.journal.write(() => ({ head: this.#head, known: this.#known }))
    }
    return Math.max(lookAgainInMs, this.#restMs)
  }

  /** Null when the folder is away. */
  async #list(head: WatchHead, heard: () => void): Promise<Listing | null> {
    const { disk, whyAway, skipFolders } = this.#with
    const { signal } = this.#stopping
    try {
      const why = await whyAway(head.dir)
      heard()
      if (why !== null) {
        this.#presence.goAway(why)
        return null
      }
      // Its watch ended while it waited for the storage: nobody would give back what it claims now.
      if (signal.aborted) return null
      if (!(await this.#holding.hold())) {
        this.#presence.beThere(null)
        this.#waiting = new Map()
        return null
      }
      const skip = new Set<string>()
      for (const path of skipFolders(head)) {
        heard()
        skip.add(await disk.realPath(path))
      }
      const listing = await disk.list(head.dir, head.rules, {
        skipFolders: skip,
        markName: markName(head.queue.preset),
        signal,
        onProgress: heard
      })
      heard()
      if (signal.aborted) return null
      const left = await this.#with.inner.among(listing.marked, head, heard)
      await this.#waker.listen(head.dir, await disk.identity(head.dir))
      this.#presence.beThere(listing.problem)
      this.#presence.leave(leftToOthers(left))
      return { ...listing, files: listing.files.filter(({ path }) => !isBelow(path, left)) }
    } catch (error) {
      if (signal.aborted) return null
      this.#presence.goAway(systemReason(error))
      return null
    }
  }

  async #deal(
    file: SeenFile,
    { head, batchId, heard }: { head: WatchHead; batchId: string; heard: () => void }
  ): Promise<void> {
    const { disk, moment } = this.#with
    const { signal } = this.#stopping
    const path = join(head.dir, ...file.path.split('/'))
    let print: string
    try {
      print = await disk.print(path, signal, heard)
      const now = await disk.look(path)
      heard()
      if (now === null || !isSame(now, file)) return
      // Another took over while this machine slept.
      if (!(await this.#holding.isMine())) return
    } catch (error) {
      if (!signal.aborted) await this.#answered(refused(path, systemReason(error)), file, '')
      return
    }
    const before = this.#known.get(file.path)
    if (isTouched(before, file, print)) {
      return this.#remember(file.path, { ...before, mtimeMs: file.mtimeMs })
    }
    const { sizeBytes, mtimeMs } = file
    const none = { jobId: null, output: null, reason: null }
    const at = new Date(moment().wallMs).toISOString()
    const intent = { sizeBytes, mtimeMs, print, outcome: 'queueing' as const, ...none, batchId, at }
    await this.#with.journal.append(file.path, intent)
    heard()
    if (signal.aborted) return
    const answer = await this.#queue({
      ...head.queue,
      sources: [path],
      batchId,
      origins: { [path]: { kind: 'watch', file: head.dir } }
    })
    heard()
    // Refused because the node stops: its next life finds out how far this came.
    if (signal.aborted && answer.kind === 'refused') return
    await this.#answered(answer, file, print)
  }

  /** It may take minutes with a source that is well: its storage is not taken for away meanwhile. */
  async #queue(params: QueueParams): Promise<QueueLine> {
    this.#isQueueing = true
    try {
      return await this.#with.queue(params)
    } finally {
      this.#isQueueing = false
    }
  }

  async #answered(answer: QueueLine, file: SeenFile, print: string): Promise<void> {
    const outcome = afterAnswer(answer, file, print, this.#waiting.get(file.path), this.#with.moment())
    const name = basename(this.#head.dir)
    if (outcome.kind === 'known') {
      // Of a replaced file, what stands in its output's place is of the one before: somebody should know.
      const isOutdated = outcome.known.outcome === 'exists' && this.#known.has(file.path)
      if (outcome.known.outcome === 'refused' || isOutdated) {
        this.#with.tell('warn', `watching ${name}: ${outcome.known.reason}`)
      }
      return this.#remember(file.path, outcome.known)
    }
    if (outcome.tell)
      this.#with.tell('warn', `watching ${name}, tried again later: ${outcome.waiting.reason}`)
    this.#waiting.set(file.path, outcome.waiting)
    this.#known.delete(file.path)
    await this.#with.journal.append(file.path, null)
  }

  async #remember(path: string, known: KnownFile): Promise<void> {
    this.#waiting.delete(path)
    // Newest last.
    this.#known.delete(path)
    this.#known.set(path, known)
    if (known.output !== null) this.#outputs.add(known.output)
    await this.#with.journal.append(path, known)
  }
}

const refused = (path: string, why: string): QueueLine => ({
  kind: 'refused',
  source: path,
  error: { code: 'io-error', message: `${path} cannot be read: ${why}`, hint: null, exitStatus: 1 }
})
