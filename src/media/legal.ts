import type { Picture } from './picture.ts'
import type { Preset } from './presets/index.ts'
import type { Source, SourceStreams, VideoStream } from './source.ts'
import { type TimeBase, toMicros } from './time-base.ts'

/** Frames a second that standards name, as ffmpeg writes them. */
export const namedRates = [
  '24000/1001',
  '24',
  '25',
  '30000/1001',
  '30',
  '48',
  '50',
  '60000/1001',
  '60'
] as const
export type NamedRate = (typeof namedRates)[number]

/** How people say a rate: `29.97`. */
export const rateInWords = (rate: string): string => String(Math.round(framesASecond(rate) * 1000) / 1000)

const framesASecond = (rate: string): number => {
  const [num, den = 1] = rate.split('/').map(Number)
  return num! / den
}

/** The named rate that a measured one (`2997/100`, `25/1`) means, or null: within 2 of 10,000, as containers round. */
export function namedRate(rate: string | null): NamedRate | null {
  if (rate === null) return null
  const value = framesASecond(rate)
  return namedRates.find((named) => Math.abs(value / framesASecond(named) - 1) < 0.0002) ?? null
}

/**
 * The rate that a source says of itself, where it is one with a name. Whether its frames keep to it is known only from
 * their times.
 */
export const statedRate = (video: Pick<VideoStream, 'averageRate' | 'frameRate'>): NamedRate | null =>
  namedRate(video.averageRate) ?? namedRate(video.frameRate)

/**
 * The named rate at which frames stand at these times: each within a tick (and a microsecond) of its place.
 * @param times ascending, in ticks
 * @returns null when there is none; a single frame keeps to any rate
 */
export function constantRate(
  times: readonly number[],
  timeBase: TimeBase,
  stated: NamedRate | null
): NamedRate | null {
  const candidates = stated === null ? namedRates : [stated, ...namedRates]
  const first = times[0] ?? 0
  const slackUs = toMicros(1, timeBase) + 1
  const keepsTo = (rate: NamedRate): boolean => {
    const frameUs = 1e6 / framesASecond(rate)
    return times.every((time, i) => Math.abs(toMicros(time - first, timeBase) - i * frameUs) <= slackUs)
  }
  return candidates.find(keepsTo) ?? null
}

/**
 * Frames a second of an output, where there is one rate for all of them.
 * @param source its frames' times count where they are known, else its word
 */
export function outputRate(
  { frameRate }: Pick<Preset, 'frameRate'>,
  { video, frames }: Pick<SourceStreams, 'video'> & Partial<Pick<Source, 'frames'>>
): NamedRate | null {
  if (frameRate !== 'source') return namedRate(frameRate)
  const stated = statedRate(video)
  return frames?.irregular === null ? constantRate(frames.pts, video.timeBase, stated) : stated
}

/** One kind of picture of classic DNxHD. */
interface DnxhdKind {
  profile: string
  width: number
  height: number
  interlaced: boolean
  /** Bytes of every frame. */
  frameBytes: number
  /** Rates in Mbit/s by which ffmpeg finds it; which of them is said changes nothing in the file. */
  mbits: readonly number[]
  rates: readonly NamedRate[]
}

const film1080: readonly NamedRate[] = ['24000/1001', '24', '25', '30000/1001', '50', '60000/1001', '60']
const film720: readonly NamedRate[] = ['24000/1001', '25', '30000/1001', '50', '60000/1001']
const fields: readonly NamedRate[] = ['25', '30000/1001']

const full = { width: 1920, height: 1080, interlaced: false, rates: film1080 } as const
const fullFields = { width: 1920, height: 1080, interlaced: true, rates: fields } as const
const small = { width: 1280, height: 720, interlaced: false, rates: film720 } as const

/** SMPTE ST 2019-1 as Avid names it, and ffmpeg's `dnxhddata.c` (the sizes that thin the lines are left out). */
const dnxhdKinds: readonly DnxhdKind[] = [
  { profile: 'dnxhd_lb', ...full, frameBytes: 188_416, mbits: [36, 45, 75, 90] },
  { profile: 'dnxhd_sq', ...full, frameBytes: 606_208, mbits: [115, 120, 145, 240, 290] },
  { profile: 'dnxhd_hq', ...full, frameBytes: 917_504, mbits: [175, 185, 220, 365, 440] },
  { profile: 'dnxhd_hqx', ...full, frameBytes: 917_504, mbits: [175, 185, 365, 440] },
  { profile: 'dnxhd_444', ...full, frameBytes: 1_835_008, mbits: [350, 390, 440, 730, 880] },
  { profile: 'dnxhd_sq', ...fullFields, frameBytes: 606_208, mbits: [120, 145] },
  { profile: 'dnxhd_hq', ...fullFields, frameBytes: 917_504, mbits: [185, 220] },
  { profile: 'dnxhd_hqx', ...fullFields, frameBytes: 917_504, mbits: [185, 220] },
  { profile: 'dnxhd_sq', ...small, frameBytes: 303_104, mbits: [60, 75, 120, 145] },
  { profile: 'dnxhd_hq', ...small, frameBytes: 458_752, mbits: [90, 110, 180, 220] },
  { profile: 'dnxhd_hqx', ...small, frameBytes: 458_752, mbits: [90, 180, 220] }
]

type Shape = Pick<Picture, 'width' | 'height' | 'interlaced'>

/** DNxHD of fixed sizes and rates, in contrast to DNxHR. */
export const isClassicDnxhd = ({ codec, profile }: Pick<Preset, 'codec' | 'profile'>): boolean =>
  codec === 'dnxhd' && (profile?.startsWith('dnxhd') ?? false)

const dnxhdKind = ({ profile }: Pick<Preset, 'profile'>, shape: Shape): DnxhdKind | undefined =>
  dnxhdKinds.find(
    (kind) =>
      kind.profile === profile &&
      kind.width === shape.width &&
      kind.height === shape.height &&
      kind.interlaced === shape.interlaced
  )

/** Bytes of each frame where the format fixes them, or null. */
export const dnxhdFrameBytes = (preset: Pick<Preset, 'codec' | 'profile'>, shape: Shape): number | null =>
  isClassicDnxhd(preset) ? (dnxhdKind(preset, shape)?.frameBytes ?? null) : null

/**
 * Mbit/s that ffmpeg must be told for a picture of classic DNxHD: of those that mean this kind, the one nearest to what
 * it takes at the rate. Null where there is no such kind.
 * @param rate frames a second
 */
export function dnxhdMbits(preset: Pick<Preset, 'profile'>, shape: Shape, rate: number): number | null {
  const kind = dnxhdKind(preset, shape)
  if (!kind) return null
  const needed = (kind.frameBytes * 8 * rate) / 1e6
  return kind.mbits.reduce((best, mbit) => (Math.abs(mbit - needed) < Math.abs(best - needed) ? mbit : best))
}

/** What counts in frames, or exists at some rates alone, has no place for frames of any length. */
export const needsConstantRate = (preset: Pick<Preset, 'codec' | 'profile' | 'container'>): boolean =>
  preset.container === 'mxf' || isClassicDnxhd(preset)

/** Rates that the MXF writer of ffmpeg has (`mxf_content_package_rates`), of those that cameras make. */
const mxfRates: readonly NamedRate[] = namedRates.filter((rate) => rate !== '48')

/**
 * Why there is no file of this kind, in words that say what would work, or null.
 * @param rate frames a second of the output, or null: none that has a name, or frames of many lengths
 */
export function whyIllegal(
  preset: Pick<Preset, 'codec' | 'profile' | 'container'>,
  shape: Shape & Partial<Pick<Picture, 'squarePixels'>>,
  rate: NamedRate | null
): string | null {
  const { codec, container } = preset
  const why = (isClassicDnxhd(preset) ? whyNotDnxhd(preset, shape, rate) : null) ?? whyNotMxf(preset, rate)
  if (why !== null) return why
  // `mxf_parse_dnxhd_frame` of ffmpeg writes 16:9 for whatever it is.
  return container === 'mxf' && codec === 'dnxhd' && shape.squarePixels === false
    ? 'its pixels are not square, which DNxHD in MXF cannot say; `container: mov` can'
    : null
}

const way = 'DNxHR SQ (preset dnxhr_sq) takes any size and rate'
const steady = 'a preset with `frameRate: 25` makes a constant rate'

function whyNotDnxhd(
  { profile }: Pick<Preset, 'profile'>,
  shape: Shape,
  rate: NamedRate | null
): string | null {
  const kinds = dnxhdKinds.filter((kind) => kind.profile === profile)
  const name = `DNxHD ${profile?.slice('dnxhd_'.length).toUpperCase()}`
  const kind = dnxhdKind({ profile }, shape)
  if (!kind) {
    const sizes = [
      ...new Set(kinds.map(({ width, height, interlaced }) => sizeOf({ width, height, interlaced })))
    ]
    return `${name} exists at ${listed(sizes)}; this picture would be ${sizeOf(shape)}. ${way}`
  }
  if (rate !== null && kind.rates.includes(rate)) return null
  const rates = listed(kind.rates.map(rateInWords))
  const what = rate === null ? 'has no constant rate of these' : `has ${rateInWords(rate)} fps`
  return `${name} ${kind.height}${shape.interlaced ? 'i' : 'p'} exists at ${rates} fps; this source ${what}. ${way}`
}

function whyNotMxf({ container }: Pick<Preset, 'container'>, rate: NamedRate | null): string | null {
  if (container !== 'mxf' || (rate !== null && mxfRates.includes(rate))) return null
  const rates = listed(mxfRates.map(rateInWords))
  const what = rate === null ? 'has no constant rate of these' : `has ${rateInWords(rate)} fps`
  return `MXF holds pictures at a constant ${rates} fps; this source ${what}. \`container: mov\` takes any, and ${steady}`
}

const sizeOf = ({ width, height, interlaced }: Shape): string =>
  `${width}x${height}${interlaced ? ' interlaced' : ''}`

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
