import { type FoundMedia, frameRange, type SequenceCollector } from '../collect.ts'
import { quoted } from '../errors.ts'
import type { MediaUse, UsedRange } from '../model.ts'
import { isAudioPath } from '../names.ts'
import { divide, multiply, parseDecimal, type Rational, rational, round, zero } from '../rational.ts'
import { parseTimecode, timecodeToFrame } from '../timecode.ts'
import { attribute, childrenNamed, type XmlElement } from '../xml.ts'
import { type MltDocument, property, services } from './mlt.ts'
import { errorAt, NestingGuard, type TimelineText } from './reader.ts'

interface Where {
  track: MediaUse['track']
  enabled: boolean
}

/** Follows an MLT service down to the files that it plays. */
export class MltWalker {
  readonly #source: TimelineText
  readonly #document: MltDocument
  readonly #collector: SequenceCollector
  readonly #guard: NestingGuard
  readonly #walked = new Set<string>()

  constructor(source: TimelineText, document: MltDocument, collector: SequenceCollector) {
    this.#source = source
    this.#document = document
    this.#collector = collector
    this.#guard = new NestingGuard(source)
  }

  play(element: XmlElement): void {
    this.#service(element, null, { track: 'both', enabled: true })
  }

  /** @param user the entry or track that uses the service, with the part of it that is played */
  #service(element: XmlElement, user: XmlElement | null, where: Where): void {
    if (element.name === 'producer' || element.name === 'chain') {
      this.#producer(element, user, where)
      return
    }
    const id = attribute(element, 'id') ?? `at ${element.offset}`
    this.#guard.enter(property(element, 'kdenlive:clipname') ?? id, element.offset, () => {
      const state = `${element.offset} ${where.track} ${where.enabled}`
      if (this.#walked.has(state)) return
      this.#walked.add(state)
      for (const part of element.children) this.#part(part, where)
    })
  }

  #part(part: XmlElement, where: Where): void {
    switch (part.name) {
      case 'blank':
        this.#collector.skip('gap')
        return
      case 'multitrack':
        for (const track of part.children) this.#part(track, where)
        return
      case 'entry':
      case 'track': {
        const played = this.#playedBy(part)
        if (played === null) this.#collector.skip('no-media', attribute(part, 'producer') ?? '')
        else this.#service(played, part, hidden(part, where))
        return
      }
      default:
      // Properties, links: nothing that plays.
    }
  }

  #playedBy(part: XmlElement): XmlElement | null {
    const id = attribute(part, 'producer')
    if (id !== null) return this.#document.services.get(id) ?? null
    return part.children.find((one) => services.some((name) => name === one.name)) ?? null
  }

  #producer(element: XmlElement, user: XmlElement | null, where: Where): void {
    const service = property(element, 'mlt_service') ?? ''
    const resource = resourceOf(element)
    const name = property(element, 'kdenlive:clipname') ?? property(element, 'shotcut:caption') ?? ''
    if (property(element, 'kdenlive:playlistid') === 'black_track') return
    const kind = kindOf(service, resource)
    if (kind === 'title' || kind === 'generator') {
      this.#collector.skip(kind, name || (resource ?? service))
      return
    }
    if (resource === null) {
      this.#collector.skip('no-media', name || service)
      return
    }
    const path = this.#absolute(resource)
    if (kind === 'project') {
      this.#collector.skip('project', name || path, path)
      return
    }
    const isOff = property(element, 'set.test_image') === '1' && property(element, 'set.test_audio') === '1'
    const found = this.#describe(element, service, { path, name })
    this.#collector.use(found, {
      range: this.#range(element, service, user),
      track: found.video && found.audio ? where.track : found.video ? 'video' : 'audio',
      enabled: where.enabled && !isOff
    })
  }

  #describe(element: XmlElement, service: string, known: { path: string; name: string }): FoundMedia {
    const isPicture = /^(qimage|pixbuf)$/.test(service)
    const isSeries = isPicture && /\.all\.|%\d*d|[?&]begin[:=]/.test(known.path)
    const soundOnly = isAudioPath(known.path)
    const types = childrenNamed(element, 'property')
      .filter((one) => /^meta\.media\.\d+\.stream\.type$/.test(attribute(one, 'name') ?? ''))
      .map((one) => one.text)
    const length = property(element, 'length')
    const frames = length === null || isPicture ? null : this.#frames(element, length)
    const rate = ratio(
      property(element, 'meta.media.frame_rate_num'),
      property(element, 'meta.media.frame_rate_den')
    )
    return {
      ...known,
      rate,
      duration: frames === null ? null : divide(rational(frames), this.#document.rate),
      video: types.length > 0 ? types.includes('video') : !soundOnly,
      audio: types.length > 0 ? types.includes('audio') : !isPicture,
      still: isPicture && !isSeries,
      ...(isSeries ? { imageSequence: true } : {})
    }
  }

  /** `in` and `out` are both played, and count from the file's first frame in frames of the profile. */
  #range(element: XmlElement, service: string, user: XmlElement | null): UsedRange | null {
    const isRetimed = service === 'timewarp' || childrenNamed(element, 'link').length > 0
    const from = attribute(user, 'in') ?? attribute(element, 'in')
    const to = attribute(user, 'out') ?? attribute(element, 'out')
    if (isRetimed || to === null) return null
    const first = from === null ? zero : rational(this.#frames(user ?? element, from))
    const end = rational(this.#frames(user ?? element, to) + 1)
    return frameRange('first-frame', first, end, this.#document.rate)
  }

  /** A time of MLT in frames: `124`, the clock `00:00:04.960`, the timecode `00:00:04:24`. */
  #frames(element: XmlElement, written: string): number {
    const rate = this.#document.rate
    if (/^-?\d{1,15}$/.test(written)) return Number(written)
    const clock = /^(-?)(?:(\d{1,4}):)?(?:(\d{1,2}):)?(\d{1,6}(?:[.,]\d{1,9})?)$/.exec(written)
    const timecode = parseTimecode(written)
    if (timecode !== null && !/[.,]\d+$/.test(written)) {
      const frame = timecodeToFrame(timecode, rate)
      if (frame !== null) return frame
    } else if (clock?.[4] !== undefined) {
      const [hours, minutes] = clock[3] === undefined ? [undefined, clock[2]] : [clock[2], clock[3]]
      const whole = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60
      const seconds = parseDecimal(clock[4].replace(',', '.')) ?? zero
      const frames = round(multiply({ num: seconds.num + whole * seconds.den, den: seconds.den }, rate))
      return clock[1] === '-' ? -frames : frames
    }
    throw errorAt(
      this.#source,
      element.offset,
      'malformed',
      `${quoted(written)} in <${element.name}> is no time`,
      'save the project again'
    )
  }

  #absolute(resource: string): string {
    const { root } = this.#document
    const isAbsolute = /^([\\/]|[A-Za-z]:[\\/]|[A-Za-z][\w+.-]+:\/\/)/.test(resource)
    return isAbsolute || root === '' ? resource : `${root.replace(/[\\/]$/, '')}/${resource}`
  }
}

/** `hide` of a track: one half of it is not played; with both it is switched off. */
function hidden(part: XmlElement, where: Where): Where {
  const hide = attribute(part, 'hide')
  if (hide === 'both') return { ...where, enabled: false }
  if (hide === 'video' && where.track !== 'video') return { ...where, track: 'audio' }
  if (hide === 'audio' && where.track !== 'audio') return { ...where, track: 'video' }
  return where
}

/** The original of a proxy, before the speed of a time warp was written before it (`2:clip.mov`). */
function resourceOf(element: XmlElement): string | null {
  const original = property(element, 'kdenlive:originalurl') ?? property(element, 'shotcut:resource')
  const resource = original ?? property(element, 'warp_resource') ?? property(element, 'resource')
  if (resource === null) return null
  return property(element, 'mlt_service') === 'timewarp'
    ? resource.replace(/^-?\d+(\.\d+)?:(?=.)/, '')
    : resource
}

/** Producers that read files; all others (colours, noise, text, plug-ins) make their pictures themselves. */
const readers =
  /^(avformat|avformat-novalidate|timewarp|framebuffer|qimage|pixbuf|loader|ladspa|sdi|decklink)$/
const titles = /^(kdenlivetitle|pango|qtext|pangocairo|webvfx|glaxnimate|qml)$/
const projects = /^(xml|xml-nogl|consumer|melt|melt_file|xml-string)$/

function kindOf(service: string, resource: string | null): 'media' | 'title' | 'generator' | 'project' {
  if (titles.test(service)) return 'title'
  if (projects.test(service) || /\.(mlt|kdenlive|westley|xml)$/i.test(resource ?? '')) return 'project'
  if (readers.test(service)) return 'media'
  // Hand-written documents leave the choice of a producer to MLT.
  if (service === '') return /^<|^colou?r:|^#|^0x/i.test(resource ?? '') ? 'generator' : 'media'
  return 'generator'
}

function ratio(num: string | null, den: string | null): Rational | null {
  if (num === null || den === null || !/^[1-9]\d{0,8}$/.test(num) || !/^[1-9]\d{0,8}$/.test(den)) return null
  return rational(Number(num), Number(den))
}
