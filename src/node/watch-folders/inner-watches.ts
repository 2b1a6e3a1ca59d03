import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import type { WatchChoices, WatchRules } from '../../model/index.ts'
import { type ClaimLimits, claimLimits, type MarkDisk, markPath, parseMark } from './claim.ts'
import type { Moment } from './files.ts'

/**
 * Tells watches that take the same files of a folder and put the same beside them, whichever folder they are told to
 * watch: what a mark says of its watch. Empty where that depends on the folder, which is like no other.
 */
export function watchKind({ rules, queue }: { rules: WatchRules; queue: WatchChoices }): string {
  const { extensions, only, skip, recursive } = rules
  if (!recursive || [...only, ...skip].some((pattern) => pattern.includes('/'))) return ''
  const { preset, outDir, nameTemplate, layout } = queue
  const lists = [extensions, only, skip].map((list) => list?.toSorted() ?? null)
  const text = JSON.stringify([...lists, preset, outDir, nameTemplate, layout ?? null])
  return createHash('sha256').update(text.normalize('NFC')).digest('hex').slice(0, 16)
}

/** Folders inside a watched one that have a living watch of the same kind, mostly of other nodes: it queues there. */
export class InnerWatches {
  readonly #disk: Pick<MarkDisk, 'readMark'>
  readonly #moment: () => Moment
  readonly #limits: ClaimLimits
  /** By path, marks and since when they are as they are. */
  #seen = new Map<string, { text: string; sinceMs: number }>()

  constructor(
    { disk, moment }: { disk: Pick<MarkDisk, 'readMark'>; moment: () => Moment },
    limits: ClaimLimits = claimLimits
  ) {
    this.#disk = disk
    this.#moment = moment
    this.#limits = limits
  }

  /**
   * Who sees to which of the folders. A mark is of somebody alive until it has not changed for three minutes.
   * @param folders within the watched one, with forward slashes, in which a mark of its preset was seen
   * @returns names of nodes by folder
   * @throws the system's error when a mark cannot be read
   */
  async among(
    folders: readonly string[],
    head: { dir: string; rules: WatchRules; queue: WatchChoices },
    heard: () => void
  ): Promise<Map<string, string>> {
    const kind = watchKind(head)
    const before = this.#seen
    this.#seen = new Map()
    const holders = new Map<string, string>()
    for (const folder of kind === '' ? [] : folders) {
      const path = markPath(join(head.dir, ...folder.split('/')), head.queue.preset)
      const text = await this.#disk.readMark(path)
      heard()
      const mark = text === null ? null : parseMark(text)
      if (text === null || mark?.kind !== kind) continue
      const { nowMs } = this.#moment()
      const last = before.get(path)
      const seen = last?.text === text ? last : { text, sinceMs: nowMs }
      this.#seen.set(path, seen)
      if (nowMs - seen.sinceMs < this.#limits.staleMs) holders.set(folder, mark.name)
    }
    return holders
  }
}

/** Whether a file lies in one of the folders, however deep. Both within one folder, with forward slashes. */
export function isBelow(path: string, folders: ReadonlyMap<string, string>): boolean {
  for (let at = dirname(path); at !== '.'; at = dirname(at)) if (folders.has(at)) return true
  return false
}

/** Of whom what is left to others, in a line for a person; null when nothing is. */
export function leftToOthers(folders: ReadonlyMap<string, string>): string | null {
  const [first] = folders
  if (first === undefined) return null
  const more = folders.size === 1 ? '' : `, and ${folders.size - 1} more of its folders to who watches them`
  return `${first[0]} is left to ${first[1]}, which watches it${more}`
}

export const markName = (preset: string): string => basename(markPath('.', preset))
