import { type FoundMedia, frameRange, SequenceCollector } from '../collect.ts'
import { quoted } from '../errors.ts'
import type { TimelineSequence, UsedRange } from '../model.ts'
import { endingOf, isAudioPath, stemOf } from '../names.ts'
import { divide, parseDecimal, type Rational, rational } from '../rational.ts'
import { attribute, child, childrenNamed, descendants, parseXml, textAt, type XmlElement } from '../xml.ts'
import { errorAt, NestingGuard, type ReadText, type TimelineText } from './reader.ts'

/** What is never looked at and may be large: keyframes, markers, logging. */
const drop = new Set(
  'parameter keyframe marker link labels logginginfo comments colorinfo filmdata appspecificdata outputs'.split(
    ' '
  )
)

/**
 * Final Cut Pro 7 XML (xmeml), as Premiere, Resolve, Hiero and others write it: the sequences of the project, not those
 * that only lie in a clip; where there is none, the clips of its bins as one.
 * @throws TimelineError
 */
export function readXmeml(source: TimelineText): ReadText {
  const root = parseXml(source.text, { drop })
  const reader = new XmemlReader(source, root)
  const top = new Set(topSequences(root).map((sequence) => reader.definition('sequence', sequence)))
  const sequences = [...top].map((sequence, index) => reader.sequence(sequence, index))
  if (sequences.length === 0) {
    const clips = reader.binClips(root)
    if (clips !== null) sequences.push(clips)
  }
  return { version: attribute(root, 'version'), sequences }
}

/** Sequences outside clips and other sequences, some of them references. */
function topSequences(element: XmlElement): XmlElement[] {
  return element.children.flatMap((one) =>
    one.name === 'sequence' ? [one] : one.name === 'clip' ? [] : topSequences(one)
  )
}

interface Where {
  track: 'video' | 'audio'
  enabled: boolean
}

class XmemlReader {
  readonly #source: TimelineText
  /** Defined once (with content), then referred to by empty elements of the same id. */
  readonly #files = new Map<string, XmlElement>()
  readonly #sequences = new Map<string, XmlElement>()

  constructor(source: TimelineText, root: XmlElement) {
    this.#source = source
    for (const [name, known] of [['file', this.#files] as const, ['sequence', this.#sequences] as const]) {
      for (const element of descendants(root, name)) {
        const id = attribute(element, 'id')
        if (id !== null && element.children.length > 0 && !known.has(id)) known.set(id, element)
      }
    }
  }

  sequence(element: XmlElement, index: number): TimelineSequence {
    const collector = new SequenceCollector()
    new Walk(this, collector).sequence(element, both)
    return collector.build({
      id: attribute(element, 'id') ?? String(index),
      name: textAt(element, 'name') ?? stemOf(this.#source.fileName),
      rate: this.rate(element)
    })
  }

  binClips(root: XmlElement): TimelineSequence | null {
    const collector = new SequenceCollector()
    const walk = new Walk(this, collector)
    for (const clip of descendants(root, 'clip')) walk.clip(clip)
    const clips = collector.build({ id: 'clips', name: stemOf(this.#source.fileName), rate: null })
    return clips.media.length === 0 ? null : clips
  }

  definition(kind: 'file' | 'sequence', element: XmlElement): XmlElement {
    if (element.children.length > 0) return element
    const known = kind === 'file' ? this.#files : this.#sequences
    return known.get(attribute(element, 'id') ?? '') ?? element
  }

  guard(): NestingGuard {
    return new NestingGuard(this.#source)
  }

  get allAngles(): boolean {
    return this.#source.options.allAngles === true
  }

  /** `timebase` × 1000/1001 where `ntsc` says so (Final Cut Pro XML, element `rate`). */
  rate(element: XmlElement): Rational | null {
    const rate = child(element, 'rate')
    const base = this.number(rate, 'timebase')
    if (base === null || base.num <= 0) return null
    return textAt(rate, 'ntsc')?.toUpperCase() === 'TRUE'
      ? rational(BigInt(base.num) * 1000n, BigInt(base.den) * 1001n)
      : base
  }

  /** A number of a child element: exporters write frames as `1055` and `1055.0`. */
  number(element: XmlElement | null, name: string): Rational | null {
    const holder = child(element, name)
    if (holder === null || holder.text === '') return null
    const value = parseDecimal(holder.text)
    if (value !== null) return value
    throw errorAt(
      this.#source,
      holder.offset,
      'malformed',
      `${quoted(holder.text)} in <${name}> is no number`,
      'export it again from the editing program'
    )
  }
}

const isOff = (element: XmlElement): boolean => textAt(element, 'enabled')?.toUpperCase() === 'FALSE'

class Walk {
  readonly #reader: XmemlReader
  readonly #collector: SequenceCollector
  readonly #guard: NestingGuard
  readonly #walked = new Set<string>()

  constructor(reader: XmemlReader, collector: SequenceCollector) {
    this.#reader = reader
    this.#collector = collector
    this.#guard = reader.guard()
  }

  /** @param parts the kinds of track that are used of it, and whether they are switched on */
  sequence(element: XmlElement, parts: readonly Where[]): void {
    const name = textAt(element, 'name') ?? ''
    const id = attribute(element, 'id') ?? `at ${element.offset}`
    this.#guard.enter(`${name} (${id})`, element.offset, () => {
      for (const part of parts) {
        const state = `${element.offset} ${part.track} ${part.enabled}`
        if (this.#walked.has(state)) continue
        this.#walked.add(state)
        this.#tracks(child(element, 'media'), part)
      }
    })
  }

  #tracks(media: XmlElement | null, part: Where): void {
    for (const track of childrenNamed(child(media, part.track), 'track')) {
      const where = { ...part, enabled: part.enabled && !isOff(track) }
      for (const item of track.children) {
        if (item.name === 'clipitem') this.clipItem(item, where)
        if (item.name === 'generatoritem') this.#generator(item)
      }
    }
  }

  #generator(item: XmlElement): void {
    const isText = /text|title/i.test(textAt(item, 'effect', 'effectcategory') ?? '')
    this.#collector.skip(isText ? 'title' : 'generator', textAt(item, 'name') ?? '')
  }

  clipItem(item: XmlElement, outer: Where): void {
    const where = { ...outer, enabled: outer.enabled && !isOff(item) }
    const nested = child(item, 'sequence')
    const multiclip = child(item, 'multiclip')
    const file = child(item, 'file')
    if (nested !== null) this.sequence(this.#reader.definition('sequence', nested), [where])
    else if (multiclip !== null) this.#angles(multiclip, where)
    else if (file !== null) this.#file(item, this.#reader.definition('file', file), where)
    else this.#collector.skip('no-media', textAt(item, 'name') ?? '')
  }

  /** A clip of a bin or an angle: a file of its own, or tracks with clip items. */
  clip(clip: XmlElement, where?: Where): void {
    const parts: readonly Where[] = where ? [where] : both
    const file = child(clip, 'file')
    if (file !== null) {
      for (const part of parts) this.#file(clip, this.#reader.definition('file', file), part)
    }
    for (const part of parts) this.#tracks(child(clip, 'media'), part)
  }

  #angles(multiclip: XmlElement, where: Where): void {
    const angles = childrenNamed(multiclip, 'angle')
    const marker = where.track === 'video' ? 'activevideoangle' : 'activeaudioangle'
    const active = angles.filter((angle) => textAt(angle, marker)?.toUpperCase() === 'TRUE')
    // Without a mark all angles count: one too many is better than one that is missed.
    const chosen = this.#reader.allAngles || active.length === 0 ? angles : active
    for (const angle of chosen) {
      for (const clip of childrenNamed(angle, 'clip')) this.clip(clip, where)
    }
  }

  #file(item: XmlElement, file: XmlElement, where: Where): void {
    const path = textAt(file, 'pathurl')
    const name = textAt(file, 'name') ?? textAt(item, 'name') ?? ''
    const reel = textAt(file, 'timecode', 'reel', 'name')
    if (textAt(file, 'mediaSource') !== null && path === null) {
      const isTitle = /title|text/i.test(name)
      this.#collector.skip(isTitle ? 'title' : 'generator', name)
      return
    }
    // A file without a path is an offline clip if its name can be one; renders of effects have none.
    if (path === null && reel === null && endingOf(name) === '') {
      this.#collector.skip('no-media', name)
      return
    }
    this.#collector.use(this.#describe(item, file, { path, name, reel }, where), {
      range: this.#range(item),
      track: where.track,
      enabled: where.enabled
    })
  }

  #describe(
    item: XmlElement,
    file: XmlElement,
    known: { path: string | null; name: string; reel: string | null },
    where: Where
  ): FoundMedia {
    const rate = this.#reader.rate(file) ?? this.#reader.rate(item)
    const timecode = child(file, 'timecode')
    const start = this.#reader.number(timecode, 'frame')
    const startRate = (timecode === null ? null : this.#reader.rate(timecode)) ?? rate
    const duration = this.#reader.number(file, 'duration')
    const media = child(file, 'media')
    const soundOnly = isAudioPath(known.path ?? known.name)
    return {
      ...known,
      aliases: [textAt(item, 'name') ?? ''],
      startTime: start === null || startRate === null ? null : divide(start, startRate),
      startTimecode: textAt(timecode, 'string'),
      rate,
      duration: duration === null || rate === null ? null : divide(duration, rate),
      video: !soundOnly && (child(media, 'video') !== null || (media === null && where.track === 'video')),
      audio: child(media, 'audio') !== null || soundOnly || (media === null && where.track === 'audio')
    }
  }

  /** `in` and `out` count from the file's first frame, in frames of the clip item's own rate; −1 is not told. */
  #range(item: XmlElement): UsedRange | null {
    const from = this.#reader.number(item, 'in')
    const to = this.#reader.number(item, 'out')
    const isRetimed = [...descendants(item, 'effectid')].some((effect) => effect.text === 'timeremap')
    const isFrozen = textAt(item, 'stillframe')?.toUpperCase() === 'TRUE'
    if (isRetimed || isFrozen || (from?.num ?? -1) < 0 || (to?.num ?? -1) < 0) return null
    return frameRange('first-frame', from, to, this.#reader.rate(item))
  }
}

const both: readonly Where[] = [
  { track: 'video', enabled: true },
  { track: 'audio', enabled: true }
]
