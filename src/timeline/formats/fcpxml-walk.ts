import { type FoundMedia, type SequenceCollector, timeRange } from '../collect.ts'
import type { MediaUse, UsedRange } from '../model.ts'
import { isAudioPath } from '../names.ts'
import { add, larger, type Rational, smaller, subtract, zero } from '../rational.ts'
import { attribute, child, childrenNamed, textAt, type XmlElement } from '../xml.ts'
import { parseTime, type Resources } from './fcpxml-resources.ts'
import { NestingGuard, type TimelineText } from './reader.ts'

/** What holds for the elements in another: what of it is seen, in its own local time; null for all. */
interface Where {
  window: { from: Rational; to: Rational } | null
  enabled: boolean
  track: MediaUse['track']
  /** Of the clip around its components, which say nothing of it themselves. */
  reel: string | null
}

/** Walks the story elements of FCPXML down to the assets that they use. */
export class FcpxmlWalker {
  readonly #source: TimelineText
  readonly #resources: Resources
  readonly #collector: SequenceCollector
  readonly #guard: NestingGuard
  /** Compound and multicam media that were walked already: once each and state, however often they are used. */
  readonly #walked = new Set<string>()

  constructor(source: TimelineText, resources: Resources, collector: SequenceCollector) {
    this.#source = source
    this.#resources = resources
    this.#collector = collector
    this.#guard = new NestingGuard(source)
  }

  inside(element: XmlElement, where: Where): void {
    for (const item of element.children) this.#item(item, where)
  }

  #item(element: XmlElement, outer: Where): void {
    const where: Where = { ...outer, enabled: outer.enabled && attribute(element, 'enabled') !== '0' }
    switch (element.name) {
      case 'spine':
        this.inside(element, attribute(element, 'lane') === null ? where : { ...where, window: null })
        return
      case 'gap':
        this.#collector.skip('gap')
        this.inside(element, { ...where, window: this.#window(element, where) })
        return
      case 'title':
        this.#collector.skip('title', attribute(element, 'name') ?? '')
        this.inside(element, { ...where, window: null })
        return
      case 'audition': {
        const candidates = this.#source.options.allAuditions ? element.children : element.children.slice(0, 1)
        for (const candidate of candidates) this.#item(candidate, where)
        return
      }
      case 'asset-clip':
      case 'video':
      case 'audio':
        this.#reference(element, where)
        return
      case 'clip':
        this.inside(element, { ...where, window: this.#window(element, where), reel: reelOf(element) })
        return
      case 'sync-clip':
        this.inside(element, { ...where, window: this.#window(element, where) })
        return
      case 'ref-clip':
        this.#compound(element, where)
        this.#anchored(element, where)
        return
      case 'mc-clip':
        this.#multicam(element, where)
        this.#anchored(element, where)
        return
      default:
      // Markers, metadata, filters, captions: no media.
    }
  }

  /** What is connected to an element begins anew: it is not cut by the element's own length. */
  #anchored(element: XmlElement, where: Where): void {
    this.inside(element, { ...where, window: null, reel: null })
  }

  #time(element: XmlElement, name: string): Rational | null {
    const written = attribute(element, name)
    return written === null ? null : parseTime(this.#source, element, written)
  }

  /** What of an element is seen, in its local time. */
  #window(element: XmlElement, where: Where, defaultStart: Rational = zero): Where['window'] {
    const start = this.#time(element, 'start') ?? defaultStart
    const duration = this.#time(element, 'duration')
    if (duration === null) return null
    const own = { from: start, to: add(start, duration) }
    // Components in a clip are cut by it; what is connected to a clip (it has a lane) is not, but for components.
    const isComponent = element.name === 'video' || element.name === 'audio'
    if (where.window === null || (attribute(element, 'lane') !== null && !isComponent)) return own
    const shift = subtract(start, this.#time(element, 'offset') ?? zero)
    const from = larger(own.from, add(where.window.from, shift))
    const to = smaller(own.to, add(where.window.to, shift))
    return subtract(to, from).num > 0 ? { from, to } : own
  }

  #reference(element: XmlElement, where: Where): void {
    const ref = attribute(element, 'ref') ?? ''
    const asset = this.#resources.assets.get(ref)
    if (asset === undefined) {
      const kind = this.#resources.effects.has(ref) ? 'generator' : 'no-media'
      this.#collector.skip(kind, attribute(element, 'name') ?? '')
      this.#anchored(element, where)
      return
    }
    const found = this.#describe(asset, element, where)
    const track = narrowed(where.track, attribute(element, 'srcEnable') ?? trackOf(element.name))
    const window = this.#withSound(element, this.#window(element, where, found.startTime ?? zero))
    this.#collector.use(found, {
      range: this.#range(element, found, window),
      track: found.video ? (found.audio ? track : 'video') : 'audio',
      enabled: where.enabled
    })
    const isClip = element.name === 'asset-clip'
    this.inside(element, { ...where, window: isClip ? null : window })
  }

  /** In a split edit the sound begins earlier or ends later than the picture. */
  #withSound(element: XmlElement, window: Where['window']): Where['window'] {
    const start = this.#time(element, 'audioStart')
    const duration = this.#time(element, 'audioDuration')
    if (window === null || start === null || duration === null) return window
    return { from: smaller(window.from, start), to: larger(window.to, add(start, duration)) }
  }

  #describe(asset: XmlElement, user: XmlElement, where: Where): FoundMedia {
    const reps = childrenNamed(asset, 'media-rep')
    const original = reps.find((rep) => (attribute(rep, 'kind') ?? 'original-media') === 'original-media')
    const path = attribute(asset, 'src') ?? attribute(original ?? reps[0] ?? null, 'src')
    const duration = this.#time(asset, 'duration')
    const soundOnly = isAudioPath(path ?? '')
    return {
      path,
      name: attribute(asset, 'name') ?? '',
      aliases: [attribute(user, 'name') ?? ''],
      reel: reelOf(user) ?? (user.name === 'asset-clip' ? null : where.reel) ?? reelOf(asset),
      startTime: this.#time(asset, 'start'),
      dropFrame: attribute(user, 'tcFormat') === 'DF',
      rate: this.#resources.rates.get(attribute(asset, 'format') ?? '') ?? null,
      duration,
      video: attribute(asset, 'hasVideo') === '1' && !soundOnly,
      audio: attribute(asset, 'hasAudio') === '1' || soundOnly,
      still: duration !== null && duration.num === 0
    }
  }

  #range(element: XmlElement, found: FoundMedia, window: Where['window']): UsedRange | null {
    // A retimed clip does not tell directly which part of the file it shows.
    const conformed = child(element, 'conform-rate')
    if (child(element, 'timeMap') !== null) return null
    if (conformed !== null && attribute(conformed, 'scaleEnabled') !== '0') return null
    if (window === null) return null
    return timeRange(
      'first-frame',
      subtract(window.from, found.startTime ?? zero),
      subtract(window.to, window.from)
    )
  }

  #compound(element: XmlElement, where: Where): void {
    const media = this.#resources.media.get(attribute(element, 'ref') ?? '')
    const sequence = child(media ?? null, 'sequence')
    if (!media || sequence === null) {
      this.#collector.skip('no-media', attribute(element, 'name') ?? '')
      return
    }
    const track = narrowed(where.track, attribute(element, 'srcEnable'))
    this.#nested(media, `${track}`, where, () =>
      this.inside(sequence, { window: null, enabled: where.enabled, track, reel: null })
    )
  }

  #multicam(element: XmlElement, where: Where): void {
    const media = this.#resources.media.get(attribute(element, 'ref') ?? '')
    const multicam = child(media ?? null, 'multicam')
    if (!media || multicam === null) {
      this.#collector.skip('no-media', attribute(element, 'name') ?? '')
      return
    }
    const angles = childrenNamed(multicam, 'mc-angle')
    const chosen = childrenNamed(element, 'mc-source').filter((one) => attribute(one, 'srcEnable') !== 'none')
    // Without a choice all angles count: one too many is better than one that is missed.
    const every = this.#source.options.allAngles === true || chosen.length === 0
    for (const angle of angles) {
      const id = attribute(angle, 'angleID')
      const uses = chosen.filter((one) => attribute(one, 'angleID') === id)
      const tracks = every && uses.length === 0 ? [null] : uses.map((one) => attribute(one, 'srcEnable'))
      for (const enabled of tracks) {
        const track = narrowed(narrowed(where.track, attribute(element, 'srcEnable')), enabled)
        this.#nested(media, `${id} ${track}`, where, () =>
          this.inside(angle, { window: null, enabled: where.enabled, track, reel: null })
        )
      }
    }
  }

  /** Once for each part of a medium and each state: a medium in a medium in a medium must not multiply the work. */
  #nested(media: XmlElement, part: string, where: Where, walk: () => void): void {
    const id = attribute(media, 'id') ?? ''
    const state = `${id} ${part} ${where.enabled}`
    const name = attribute(media, 'name') ?? id
    this.#guard.enter(`${name} (${id})`, media.offset, () => {
      if (this.#walked.has(state)) return
      this.#walked.add(state)
      walk()
    })
  }
}

const trackOf = (elementName: string): string =>
  elementName === 'video' || elementName === 'audio' ? elementName : 'all'

/** What is left of a track when only `enabled` (`all`, `video`, `audio` or nothing) of it is used. */
function narrowed(track: MediaUse['track'], enabled: string | null): MediaUse['track'] {
  if (enabled !== 'video' && enabled !== 'audio') return track
  return track === 'both' ? enabled : track
}

function reelOf(element: XmlElement): string | null {
  const reel = childrenNamed(child(element, 'metadata'), 'md').find(
    (md) => attribute(md, 'key') === 'com.apple.proapps.studio.reel'
  )
  return attribute(reel ?? null, 'value') ?? textAt(reel ?? null, 'array', 'string')
}
