import { locationKey } from './location.ts'
import type {
  MediaUse,
  SkippedItem,
  SkippedKind,
  TimelineMedia,
  TimelineSequence,
  UsedRange
} from './model.ts'
import { isSeriesPath, isStillPath, lastComponent } from './names.ts'
import { divide, multiply, type Rational, round, subtract } from './rational.ts'
import { formatTimecode } from './timecode.ts'

/** What a reader found out about one file. */
export interface FoundMedia {
  path: string | null
  /** Empty where the edit has none. */
  name?: string
  aliases?: readonly string[]
  reel?: string | null
  startTime?: Rational | null
  startTimecode?: string | null
  dropFrame?: boolean
  rate?: Rational | null
  duration?: Rational | null
  video: boolean
  audio: boolean
  imageSequence?: boolean
  /** The format itself says that it is a still (zero length, a still producer). */
  still?: boolean
}

/** Gathers what one sequence uses: the same file is one medium, however often and by whichever id it is referred to. */
export class SequenceCollector {
  readonly #media = new Map<string, { media: TimelineMedia; seen: Set<string> }>()
  readonly #skipped = new Map<string, SkippedItem>()

  use(found: FoundMedia, use: MediaUse): void {
    const path = filled(found.path)
    const reel = filled(found.reel)
    const name = (path === null ? null : lastComponent(path)) ?? filled(found.name) ?? reel
    if (name === null) {
      this.skip('no-media', '')
      return
    }
    if (!found.imageSequence && (found.still || isStillPath(name))) {
      this.skip('still', name, path)
      return
    }
    const key = path === null ? `name\0${name}\0${reel ?? ''}` : `path\0${locationKey(path)}`
    let entry = this.#media.get(key)
    if (entry === undefined) {
      entry = { media: blank(path, name), seen: new Set() }
      this.#media.set(key, entry)
    }
    merge(entry.media, found, reel)
    const sameUse = JSON.stringify(use)
    if (entry.seen.has(sameUse)) return
    entry.seen.add(sameUse)
    entry.media.uses.push(use)
    entry.media.enabled ||= use.enabled
  }

  skip(kind: SkippedKind, name = '', path: string | null = null): void {
    const key = `${kind}\0${path ?? name}`
    const item = this.#skipped.get(key)
    if (item === undefined) this.#skipped.set(key, { kind, name, path, count: 1 })
    else item.count++
  }

  /** @param of what the sequence itself says */
  build(of: { id: string; name: string; rate: Rational | null }): TimelineSequence {
    return {
      id: of.id,
      name: of.name,
      rate: of.rate,
      media: [...this.#media.values()].map(({ media }) => settled(media)),
      skipped: [...this.#skipped.values()]
    }
  }
}

const filled = (text: string | null | undefined): string | null => {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : trimmed
}

const blank = (path: string | null, name: string): TimelineMedia => ({
  path,
  name,
  aliases: [],
  reel: null,
  startTime: null,
  startTimecode: null,
  rate: null,
  duration: null,
  video: false,
  audio: false,
  imageSequence: false,
  enabled: false,
  uses: []
})

/** What was told first stays; what was not told yet is added. */
function merge(media: TimelineMedia, found: FoundMedia, reel: string | null): void {
  for (const alias of [found.name, ...(found.aliases ?? [])]) {
    const other = filled(alias)
    if (other !== null && other !== media.name && !media.aliases.includes(other)) media.aliases.push(other)
  }
  media.reel ??= reel
  media.rate ??= found.rate ?? null
  media.duration ??= found.duration ?? null
  if (media.startTime === null && found.startTime) {
    media.startTime = found.startTime
    const rate = found.rate ?? media.rate
    media.startTimecode =
      found.startTimecode ??
      (rate === null || found.startTime.num < 0
        ? null
        : formatTimecode(round(multiply(found.startTime, rate)), rate, found.dropFrame))
  }
  media.video ||= found.video
  media.audio ||= found.audio
  media.imageSequence ||= found.imageSequence ?? isSeriesPath(media.name)
}

/** Ranges on the medium's own clock are counted from its first frame where its start is known. */
function settled(media: TimelineMedia): TimelineMedia {
  const start = media.startTime
  if (start === null) return media
  const uses = media.uses.map((use) =>
    use.range?.clock === 'media'
      ? {
          ...use,
          range: { ...use.range, clock: 'first-frame' as const, start: subtract(use.range.start, start) }
        }
      : use
  )
  return { ...media, uses }
}

/** A range of frames at a rate; null when it holds nothing or is not told. */
export function frameRange(
  clock: 'first-frame' | 'media',
  from: Rational | null,
  to: Rational | null,
  rate: Rational | null
): UsedRange | null {
  if (from === null || to === null || rate === null) return null
  return timeRange(clock, divide(from, rate), divide(subtract(to, from), rate))
}

/** A range in seconds; null when it holds nothing. */
export const timeRange = (
  clock: 'first-frame' | 'media',
  start: Rational,
  duration: Rational
): UsedRange | null => (duration.num <= 0 ? null : { clock, start, duration })
