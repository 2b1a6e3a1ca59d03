import { z } from 'zod'
import { type FoundMedia, SequenceCollector, timeRange } from '../collect.ts'
import { brief, TimelineError } from '../errors.ts'
import { timelineLimits } from '../limits.ts'
import type { MediaUse, TimelineSequence, UsedRange } from '../model.ts'
import { isAudioPath, stemOf } from '../names.ts'
import { divide, fromNumber, type Rational, rateFromDecimal, subtract } from '../rational.ts'
import {
  anything,
  clip,
  composition,
  type rationalTime,
  type reference,
  timeline,
  type timeRangeSchema
} from './otio-schema.ts'
import type { ReadText, TimelineText } from './reader.ts'

/**
 * OpenTimelineIO as JSON: timelines, collections of them, or a lone stack, track or clip.
 * @throws TimelineError `malformed`, `truncated`, `too-deep`, `too-large`
 */
export function readOtio(source: TimelineText): ReadText {
  const root = check(anything, parseJson(source.text), 'the file')
  const sequences: TimelineSequence[] = []
  gather(root, 0, (one) => sequences.push(readTimeline(one, sequences.length, source.fileName)))
  return { version: root.OTIO_SCHEMA, sequences }
}

/** Every object costs far more memory than its text. */
function checkObjects(text: string): void {
  for (const opening of ['{', '[']) {
    let count = 0
    for (let at = text.indexOf(opening); at !== -1; at = text.indexOf(opening, at + 1)) count++
    if (count <= timelineLimits.jsonObjects) continue
    throw new TimelineError('too-large', `it has more than ${timelineLimits.jsonObjects} objects`, {
      hint: 'export one timeline at a time'
    })
  }
}

function parseJson(text: string): unknown {
  checkObjects(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const at = /line (\d+) column (\d+)/.exec(reason)
    const place = at === null ? null : { line: Number(at[1]), column: Number(at[2]) }
    if (/end of JSON|Unterminated/i.test(reason)) {
      throw new TimelineError('truncated', 'it ends before it is complete', {
        hint: 'copy or export it again',
        place,
        cause
      })
    }
    const words = reason.replace(/ in JSON at position.*$/s, '').replace(/, (\.\.\.)?".*$/s, '')
    throw new TimelineError('malformed', `it is no JSON that can be read: ${brief(words, 120)}`, {
      hint: 'export it again from the editing program',
      place,
      cause
    })
  }
}

/** @throws TimelineError `malformed` with the path of the field that is wrong */
function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.map(String).join('.') ?? ''
  throw new TimelineError(
    'malformed',
    `${what} is not as OpenTimelineIO writes it: ${field === '' ? '' : `${field}: `}${brief(issue?.message ?? 'unknown', 120)}`,
    { hint: 'export it again from the editing program' }
  )
}

const kindOf = (value: { OTIO_SCHEMA: string }): string => value.OTIO_SCHEMA.replace(/\.\d+$/, '')

type Anything = z.infer<typeof anything>

function gather(value: Anything, depth: number, found: (timeline: Anything) => void): void {
  checkDepth(depth)
  if (kindOf(value) !== 'SerializableCollection') {
    found(value)
    return
  }
  for (const member of check(composition, value, 'a collection').children ?? []) {
    gather(check(anything, member, 'a member of a collection'), depth + 1, found)
  }
}

function checkDepth(depth: number): void {
  if (depth <= timelineLimits.depth) return
  throw new TimelineError(
    'too-deep',
    `more than ${timelineLimits.depth} stacks and tracks lie in each other`,
    {
      hint: 'unnest them in the editing program and export again'
    }
  )
}

function readTimeline(value: Anything, index: number, fileName: string): TimelineSequence {
  const collector = new SequenceCollector()
  const isTimeline = kindOf(value) === 'Timeline'
  const whole = isTimeline ? check(timeline, value, 'the timeline') : null
  const top = whole === null ? value : whole.tracks
  const walker = new Walker(collector)
  if (top) walker.item(top, { depth: 0, enabled: true, track: 'both' })
  const name = whole?.name || (typeof value.name === 'string' ? value.name : '')
  const start = whole?.global_start_time
  return collector.build({
    id: String(index),
    name: name || stemOf(fileName),
    rate: walker.rate ?? (start ? rateFromDecimal(start.rate) : null)
  })
}

interface Where {
  depth: number
  enabled: boolean
  track: MediaUse['track']
}

class Walker {
  readonly #collector: SequenceCollector
  /** Of the first clip on a video track: OpenTimelineIO has none for a whole timeline. */
  rate: Rational | null = null

  constructor(collector: SequenceCollector) {
    this.#collector = collector
  }

  item(value: unknown, where: Where): void {
    checkDepth(where.depth)
    const known = check(anything, value, 'an item')
    switch (kindOf(known)) {
      case 'Clip':
        this.#clip(check(clip, known, 'a clip'), where)
        return
      case 'Gap':
      case 'Filler':
        this.#collector.skip('gap')
        return
      case 'Timeline':
        this.item(check(timeline, known, 'a nested timeline').tracks ?? empty, deeper(where))
        return
      case 'Stack':
      case 'Track':
      case 'Sequence': {
        const parent = check(composition, known, 'a track')
        const inside = deeper(where)
        inside.enabled &&= parent.enabled ?? true
        if (parent.kind === 'Video') inside.track = 'video'
        if (parent.kind === 'Audio') inside.track = 'audio'
        for (const member of parent.children ?? []) this.item(member, inside)
        return
      }
      default:
      // Transitions, and schemas of plug-ins: nothing in them is media.
    }
  }

  #clip(value: z.infer<typeof clip>, where: Where): void {
    const media = activeReference(value)
    const kind = media === null ? 'MissingReference' : kindOf(media)
    const name = value.name ?? ''
    if (kind === 'GeneratorReference') {
      this.#collector.skip('generator', name || (media?.name ?? ''))
      return
    }
    const used = value.source_range ?? media?.available_range ?? null
    const rate = media?.available_range ? rateOf(media.available_range) : used === null ? null : rateOf(used)
    if (where.track !== 'audio') this.rate ??= used === null ? null : rateOf(used)
    const isAudio = where.track === 'audio' || isAudioPath(media?.target_url ?? '')
    const found: FoundMedia = {
      path: pathOf(media),
      name: name || (media?.name ?? ''),
      aliases: [media?.name ?? '', ...sourceFiles(value.metadata)],
      reel: reelOf(value.metadata) ?? reelOf(media?.metadata),
      rate: where.track === 'audio' ? null : rate,
      startTime: media?.available_range ? time(media.available_range.start_time) : null,
      duration: media?.available_range ? time(media.available_range.duration) : null,
      video: !isAudio,
      audio: isAudio || where.track === 'both',
      ...(kind === 'ImageSequenceReference' ? { imageSequence: true } : {})
    }
    this.#collector.use(found, {
      range: rangeOf(value, used, media?.available_range ?? null),
      track: where.track,
      enabled: where.enabled && (value.enabled ?? true)
    })
  }
}

const empty = { OTIO_SCHEMA: 'Stack.1' }
const deeper = (where: Where): Where => ({ ...where, depth: where.depth + 1 })

type Reference = z.infer<typeof reference>

/** Clip.1 has one reference, Clip.2 several with the key of the active one. */
function activeReference(value: z.infer<typeof clip>): Reference | null {
  const several = value.media_references
  if (!several) return value.media_reference ?? null
  const active = several[value.active_media_reference_key ?? 'DEFAULT_MEDIA']
  return active ?? Object.values(several).find((one) => one !== null) ?? null
}

function pathOf(media: Reference | null): string | null {
  if (media === null) return null
  if (kindOf(media) !== 'ImageSequenceReference') return media.target_url || null
  const number = media.frame_zero_padding ? `%0${media.frame_zero_padding}d` : '%d'
  const base = media.target_url_base ?? ''
  const separator = base === '' || base.endsWith('/') ? '' : '/'
  return `${base}${separator}${media.name_prefix ?? ''}${number}${media.name_suffix ?? ''}`
}

type Range = z.infer<typeof timeRangeSchema>

/** @throws TimelineError when a number is none (a rate of 0, a value without end) */
function time(value: z.infer<typeof rationalTime>): Rational {
  const count = fromNumber(value.value)
  const rate = rateFromDecimal(value.rate)
  if (count === null || rate === null) {
    throw new TimelineError('malformed', `${value.value} at a rate of ${value.rate} is no time`, {
      hint: 'export it again from the editing program'
    })
  }
  return divide(count, rate)
}

const rateOf = (range: Range): Rational | null => rateFromDecimal(range.duration.rate)

function rangeOf(value: z.infer<typeof clip>, used: Range | null, available: Range | null): UsedRange | null {
  const speedChanged = value.effects?.some((effect) =>
    /Time(Warp|Effect)$|^FreezeFrame$/.test(kindOf(effect))
  )
  if (used === null || speedChanged) return null
  const start = time(used.start_time)
  return available === null
    ? timeRange('media', start, time(used.duration))
    : timeRange('first-frame', subtract(start, time(available.start_time)), time(used.duration))
}

const cmx = z.looseObject({
  reel: z.string().optional().catch(undefined),
  comments: z.array(z.string()).optional().catch(undefined)
})
const withReel = z.looseObject({ cmx_3600: cmx.optional().catch(undefined) }).nullish()

/** Where the EDL adapter of OpenTimelineIO keeps what had no other place. */
const cmxOf = (value: unknown): z.infer<typeof cmx> | null => {
  const parsed = withReel.safeParse(value)
  return parsed.success ? (parsed.data?.cmx_3600 ?? null) : null
}

const reelOf = (value: unknown): string | null => cmxOf(value)?.reel ?? null

const sourceFiles = (value: unknown): string[] =>
  (cmxOf(value)?.comments ?? []).flatMap((comment) => /^SOURCE FILE:\s*(.+)$/.exec(comment.trim())?.[1] ?? [])
