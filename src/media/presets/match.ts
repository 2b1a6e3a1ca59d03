import { basename, matchesGlob } from 'node:path'
import { z } from 'zod'
import { hasAlpha, isInterlaced, type SourceStreams } from '../source.ts'

/** A number, or bounds that both hold. */
const measure = (most: number, unit: string) => {
  const error = `must be a number of ${unit}, or { min: …, max: … } with one or both`
  const number = z.number().min(0, { error }).max(most, { error })
  const bounds = z
    .strictObject({ min: number, max: number })
    .partial()
    .refine(({ min, max }) => min !== undefined || max !== undefined, { error })
    .refine(({ min = 0, max = most }) => min <= max, {
      error: 'must have a `min` that is not above its `max`'
    })
  return z.union([number, bounds], { error })
}
type Measure = number | { min?: number | undefined; max?: number | undefined }

/** One or several, any of which may hold. */
const someOf = (what: string, example: string) => {
  const error = `must be ${what} like ${example}, or a list of them`
  const one = z.string().min(1, { error }).max(200, { error })
  return z.union([one, z.array(one).min(1, { error }).max(32, { error })], { error })
}

const yesOrNo = z.boolean({ error: 'must be true or false' })

const conditions = {
  /** Of the picture as it is shown: after it was turned upright. */
  width: measure(32_768, 'pixels'),
  height: measure(32_768, 'pixels'),
  /** Width × height. */
  pixels: measure(1_073_741_824, 'pixels'),
  fps: measure(1_000, 'frames a second'),
  seconds: measure(10_000_000, 'seconds'),
  bitDepth: measure(32, 'bits'),
  audioStreams: measure(256, 'audio streams'),
  codec: someOf('a codec as ffprobe names it,', 'h264'),
  container: someOf('a container', 'mov'),
  file: someOf('a pattern', '"A0*.mov"'),
  interlaced: yesOrNo,
  hasAlpha: yesOrNo,
  hdr: yesOrNo
} as const

/** The keys of a preset's `match`. */
export const matchKeys: readonly string[] = Object.keys(conditions)

/** What a source must be for `--preset auto` to choose a preset. Every condition that is there must hold. */
export const matchSchema = z
  .strictObject(conditions)
  .partial()
  .refine((match) => Object.keys(match).length > 0, `needs a condition: ${matchKeys.join(', ')}`)
export type Match = z.infer<typeof matchSchema>

/** What rules are held against. */
export interface MatchFacts {
  width: number
  height: number
  pixels: number
  /** Null where the container tells no rate; a condition on it then does not hold. */
  fps: number | null
  seconds: number | null
  bitDepth: number
  audioStreams: number
  codec: string
  /** ffmpeg's names, and the usual ones. */
  containers: readonly string[]
  path: string
  interlaced: boolean
  hasAlpha: boolean
  hdr: boolean
}

/** Usual names of containers for those that ffprobe gives. */
const usualNames: Readonly<Record<string, readonly string[]>> = {
  matroska: ['mkv'],
  mpegts: ['ts', 'mts', 'm2ts'],
  mpeg: ['mpg', 'vob']
}

const codecNames: Readonly<Record<string, string>> = { h265: 'hevc', avc: 'h264', mpeg2: 'mpeg2video' }

/** PQ and HLG. */
const hdrTransfers: readonly (string | null)[] = ['smpte2084', 'arib-std-b67']

export function matchFacts({ path, formats, durationUs, video, audio }: SourceStreams): MatchFacts {
  const turned = video.rotation % 180 === 90
  const [num, den] = (video.averageRate ?? video.frameRate ?? '').split('/').map(Number)
  return {
    width: turned ? video.height : video.width,
    height: turned ? video.width : video.height,
    pixels: video.width * video.height,
    fps: num && den ? num / den : null,
    seconds: durationUs === null ? null : durationUs / 1e6,
    bitDepth: bitDepthOf(video.pixelFormat ?? ''),
    audioStreams: audio.length,
    codec: video.codec,
    containers: formats.flatMap((name) => [name, ...(usualNames[name] ?? [])]),
    path,
    interlaced: isInterlaced(video),
    hasAlpha: hasAlpha(video.pixelFormat),
    hdr: hdrTransfers.includes(video.colour.transfer)
  }
}

/** 29.97 is meant for 30000/1001. */
const slack = 0.005

/** @returns null when every condition holds, else the first that does not, in words for a person */
export function whyNoMatch(match: Match, facts: MatchFacts): string | null {
  for (const [key, wanted] of Object.entries(match)) {
    if (!holds(key as keyof Match, wanted, facts)) return `${key} is not ${shown(wanted)}`
  }
  return null
}

function holds(key: keyof Match, wanted: Match[keyof Match], facts: MatchFacts): boolean {
  switch (key) {
    case 'codec':
      return anyOf(wanted, (name) => (codecNames[name.toLowerCase()] ?? name.toLowerCase()) === facts.codec)
    case 'container':
      return anyOf(wanted, (name) => facts.containers.includes(name.toLowerCase()))
    case 'file':
      return anyOf(wanted, (pattern) => fileMatches(pattern, facts.path))
    case 'interlaced':
    case 'hasAlpha':
    case 'hdr':
      return facts[key] === wanted
    default:
      return within(wanted as Measure, facts[key])
  }
}

const anyOf = (wanted: unknown, test: (text: string) => boolean): boolean =>
  [wanted].flat().some((text) => typeof text === 'string' && test(text))

/** Patterns with a slash are held against the whole path, others against the file's name; case does not count. */
function fileMatches(pattern: string, path: string): boolean {
  const text = path.replaceAll('\\', '/')
  const whole = pattern.includes('/')
  return matchesGlob((whole ? text : basename(text)).toLowerCase(), pattern.toLowerCase())
}

function within(wanted: Measure, value: number | null): boolean {
  if (value === null) return false
  const { min = 0, max = Number.POSITIVE_INFINITY } =
    typeof wanted === 'number' ? { min: wanted, max: wanted } : wanted
  return min - slack < value && value < max + slack
}

/** A condition's value as a person would say it. */
export function shown(wanted: unknown): string {
  if (Array.isArray(wanted)) return wanted.join(' or ')
  if (typeof wanted !== 'object' || wanted === null) return String(wanted)
  const { min, max } = wanted as { min?: number; max?: number }
  if (min === undefined) return `at most ${max}`
  return max === undefined ? `at least ${min}` : `${min} to ${max}`
}

/** Bits of one sample, as the name of a pixel format tells them: 8 unless it says more (`yuv422p10le`, `p010le`). */
export function bitDepthOf(pixelFormat: string): number {
  const deep =
    /^(?:p[024]|y2|x2(?:rgb|bgr)|xv)(\d\d)/.exec(pixelFormat) ??
    /[a-z](9|1[0246])(?:le|be)$/.exec(pixelFormat)
  if (deep) return Number(deep[1])
  return /^(?:rgb|bgr)a?(?:48|64)/.test(pixelFormat) ? 16 : 8
}
