import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { systemCode } from '../storage/errors.ts'
import type { Moment } from './files.ts'

/** A file that tells who watches a folder, as storage is asked for it. Its calls may hang as all of storage may. */
export interface MarkDisk {
  /** Null when there is none. */
  readMark(path: string): Promise<string | null>
  /** False when there is one already: of two that create it at once, one does. */
  createMark(path: string, text: string): Promise<boolean>
  /**
   * Over what is there, in place, unless that is another by now: false then. Texts are of one length. Once it was read,
   * a mark that is removed and made anew meanwhile stays as it is.
   */
  writeMark(path: string, text: string, isStill: (text: string) => boolean): Promise<boolean>
  removeMark(path: string): Promise<void>
}

/** Whether this node is the one that queues from a folder. */
export type Hold =
  | { kind: 'mine' }
  /** No mark can be left there: nobody is told, and nobody stands in the way. */
  | { kind: 'unmarked'; reason: string }
  /** Another watches it. `taking`: it fell silent, and this node takes over unless somebody else does. */
  | { kind: 'other'; name: string; since: string; taking: boolean }

export interface ClaimLimits {
  /** From one sign of life to the next. */
  beatMs: number
  /** A mark that stays as it is for so long is of somebody who is gone. */
  staleMs: number
}

/** NFS clients may show a file as it was a minute ago: far less than three of silence. */
export const claimLimits: ClaimLimits = { beatMs: 20_000, staleMs: 180_000 }

const markSchema = z.object({
  version: z.literal(1),
  holder: z.string().max(128),
  name: z.string().max(128),
  since: z.string().max(40),
  token: z.string().max(64),
  beat: z.number(),
  /** @see watchKind */
  kind: z.string().max(64).default('')
})
type Mark = z.output<typeof markSchema>

/** Bytes of a mark, filled up with spaces: it is written over in place, and never shorter than before. */
const markBytes = 1_024

/** Why no mark can be left, where the folder itself is well: it is for reading, or full. */
const unmarkable: readonly string[] = ['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'ENOTSUP']

/**
 * This node's claim to queue from a folder with a preset, among the nodes that are told to: a mark in the folder names
 * who does and is written over every 20 s. Others stand by, and take over when it has not changed for three minutes by
 * their own clocks; the calendars of machines are never held against each other. Two presets are two claims.
 *
 * Who took over acts only after it has read its own mark again at a later look, and who holds it reads it before each
 * file that it queues: a node that slept and wakes in the middle of a look finds that it is replaced.
 */
export class FolderClaim {
  readonly path: string
  readonly #self: { id: string; name: string }
  readonly #kind: () => string
  readonly #disk: MarkDisk
  readonly #moment: () => Moment
  readonly #limits: ClaimLimits
  /** Of the mark that this node wrote last; null while another's stands, or none. */
  #token: string | null = null
  #since = ''
  #beat = 0
  #beatenMs = 0
  #unmarked = false
  #beating = false
  /** Somebody else's mark, and since when it is as it is. */
  #seen: { text: string; sinceMs: number } | null = null

  constructor(
    { dir, preset, kind = () => '' }: { dir: string; preset: string; kind?: () => string },
    self: { id: string; name: string },
    { disk, moment }: { disk: MarkDisk; moment: () => Moment },
    limits: ClaimLimits = claimLimits
  ) {
    this.path = markPath(dir, preset)
    this.#self = self
    this.#kind = kind
    this.#disk = disk
    this.#moment = moment
    this.#limits = limits
  }

  /**
   * Claims the folder, or finds out who has it. To be asked at every look.
   * @throws the system's error when the folder is not there
   */
  async hold(): Promise<Hold> {
    this.#unmarked = false
    const text = await this.#disk.readMark(this.path)
    if (text === null) return this.#create(null)
    const mark = parseMark(text)
    if (mark !== null && mark.token === this.#token) {
      await this.beat()
      return { kind: 'mine' }
    }
    // Of this node's life before: its home is locked, so that it has no other now.
    if (mark !== null && mark.holder === this.#self.id) return this.#rewrite(text)
    this.#token = null
    const { nowMs } = this.#moment()
    if (this.#seen?.text !== text) this.#seen = { text, sinceMs: nowMs }
    const other = {
      kind: 'other' as const,
      name: mark?.name ?? 'another node',
      since: mark?.since ?? '',
      taking: false
    }
    if (nowMs - this.#seen.sinceMs < this.#limits.staleMs) return other
    if ((await this.#disk.readMark(this.path)) !== text) return other
    return this.#takeOver(other)
  }

  /** False when another has taken the folder meanwhile. */
  async isMine(): Promise<boolean> {
    if (this.#unmarked) return true
    const text = await this.#disk.readMark(this.path)
    return text !== null && this.#token !== null && parseMark(text)?.token === this.#token
  }

  /** Whether others must hear of this node, and are not just being told. */
  get isBeatDue(): boolean {
    if (this.#token === null || this.#beating) return false
    return this.#moment().nowMs - this.#beatenMs >= this.#limits.beatMs
  }

  /** Gives a sign of life where one is due. Asked between looks too: a look may take longer than others wait. */
  async beat(): Promise<void> {
    if (!this.isBeatDue) return
    const { nowMs } = this.#moment()
    this.#beating = true
    try {
      const token = this.#token
      const isStill = (text: string): boolean => parseMark(text)?.token === token
      if (await this.#disk.writeMark(this.path, this.#text(), isStill)) this.#beatenMs = nowMs
    } catch (error) {
      // Removed: the next reading shows whose the folder is.
      if (systemCode(error) === 'ENOENT') return
      // Full or read-only now: others will take it for gone if it stays so, which the next reading shows.
      whyUnmarkable(error)
    } finally {
      this.#beating = false
    }
  }

  /** For good: others need not wait until it is stale. */
  async release(): Promise<void> {
    if (this.#token !== null && (await this.isMine())) await this.#disk.removeMark(this.path)
    this.#token = null
  }

  async #create(from: Extract<Hold, { kind: 'other' }> | null): Promise<Hold> {
    this.#begin()
    try {
      const created = await this.#disk.createMark(this.path, this.#text())
      if (created) return from === null ? { kind: 'mine' } : { ...from, taking: true }
      // Somebody was faster: who that is, the next look tells.
      this.#token = null
      return from ?? somebody
    } catch (error) {
      if (from === null) return this.#unmarkedBy(error)
      this.#token = null
      whyUnmarkable(error)
      return from
    }
  }

  /** @throws every error but one that says that no mark can be left */
  #unmarkedBy(error: unknown): Hold {
    this.#token = null
    const reason = whyUnmarkable(error)
    this.#unmarked = true
    return { kind: 'unmarked', reason }
  }

  /** Not written over but made anew: another person's node may not write to the file of the first. */
  async #takeOver(from: Extract<Hold, { kind: 'other' }>): Promise<Hold> {
    try {
      await this.#disk.removeMark(this.path)
    } catch (error) {
      whyUnmarkable(error)
      return from
    }
    return this.#create(from)
  }

  async #rewrite(before: string): Promise<Hold> {
    this.#begin()
    try {
      if (await this.#disk.writeMark(this.path, this.#text(), (text) => text === before))
        return { kind: 'mine' }
      this.#token = null
      return somebody
    } catch (error) {
      return this.#unmarkedBy(error)
    }
  }

  #begin(): void {
    const { nowMs, wallMs } = this.#moment()
    this.#token = randomBytes(12).toString('hex')
    this.#since = new Date(wallMs).toISOString()
    this.#beatenMs = nowMs
    this.#seen = null
  }

  #text(): string {
    const { id: holder, name } = this.#self
    this.#beat += 1
    const mark: Mark = {
      version: 1,
      holder,
      name: name.slice(0, 128),
      since: this.#since,
      token: this.#token!,
      beat: this.#beat,
      kind: this.#kind()
    }
    const text = JSON.stringify(mark)
    return `${text}${' '.repeat(Math.max(0, markBytes - Buffer.byteLength(text) - 1))}\n`
  }
}

/** Who was just faster; the next reading tells the name. */
const somebody: Extract<Hold, { kind: 'other' }> = {
  kind: 'other',
  name: 'another node',
  since: '',
  taking: false
}

/** Where the mark of who queues from a folder with a preset lies. */
export function markPath(dir: string, preset: string): string {
  const key = createHash('sha256').update(preset.normalize('NFC')).digest('hex').slice(0, 8)
  return join(dir, `.proxima-watch-${key}`)
}

/** The system's code of an error that says that no mark can be left. @throws every other error */
export function whyUnmarkable(error: unknown): string {
  const code = systemCode(error)
  if (code === null || !unmarkable.includes(code)) throw error
  return code
}

/** Null for what is no mark, or one of a later version: somebody's all the same. */
export function parseMark(text: string): Mark | null {
  try {
    const { data } = markSchema.safeParse(JSON.parse(text))
    return data ?? null
  } catch {
    // Half written, or written by something else.
    return null
  }
}
