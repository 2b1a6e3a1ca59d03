import type { PictureSizes } from '../model/index.ts'
import { type ColourPlan, colourPlan, whyNotLevels } from './colour.ts'
import type { Preset } from './presets/index.ts'
import {
  type FrameIndex,
  firstField,
  type HdrMetadata,
  hasAlpha,
  isInterlaced,
  type VideoStream
} from './source.ts'
import { gcd, parseTimeBase, type TimeBase } from './time-base.ts'

/** What becomes of the picture, decided once when the job is planned: the same for every chunk and for one run. */
export interface Picture {
  /** Pixels of the output. */
  width: number
  height: number
  /** The size changes. */
  scaled: boolean
  /** The pixels of a source with square ones stay square when the size is rounded. */
  squarePixels: boolean
  /** What is encoded: the preset's, but without its alpha where the source has none. */
  pixelFormat: string
  /** Turned upright, or as it is stored, with the word of how to turn it. */
  rotation: 'apply' | 'keep'
  /** Fields are kept apart: scaled by themselves, and encoded so where the codec can. */
  interlaced: boolean
  /** One whole picture is made of both fields of each frame. */
  deinterlaced: boolean
  /** The field that is shown first, where decoded pictures do not say it themselves. */
  setField: 'tff' | 'bff' | null
  /** Lines below the picture that the encoder reads although it does not show them. */
  linesBelow: number
  /** Null in the plan of an older version: nothing is converted and nothing said. */
  colour: ColourPlan | null
  /** For encoders that can hold it. */
  hdr: HdrMetadata | null
  /** Frames a second (`25`, `30000/1001`) where a constant rate is made; null: every frame at its own time. */
  constantRate: string | null
  /** Frames between keyframes at most, or null: the encoder's own choice. */
  gopFrames: number | null
  /** Ticks that the encoder counts in: the coarsest in which every time of the source is whole. */
  encoderTimeBase: TimeBase
}

/** DNxHR is not defined for smaller pictures (SMPTE ST 2019-1, as ffmpeg's encoder checks it). */
const smallestDnxhr = { width: 256, height: 120 } as const

/** Size of the picture as ffmpeg hands it to the encoder: never enlarged, even where the format needs it. */
export function outputSize(
  preset: Pick<Preset, 'height' | 'pixelFormat' | 'rotation' | 'fields'>,
  video: Pick<VideoStream, 'width' | 'height' | 'rotation' | 'fieldOrder'>
): { width: number; height: number } {
  const shown = preset.rotation === 'keep' ? video : uprightSize(video)
  let { width, height } = shown
  if (preset.height === 'half' || preset.height === 'quarter') {
    const parts = preset.height === 'half' ? 2 : 4
    width = Math.floor(shown.width / parts / 2) * 2
    height = Math.floor(shown.height / parts / 2) * 2
  } else if (preset.height !== 'source' && preset.height < shown.height) {
    height = preset.height
    width = Math.round((shown.width * height) / shown.height / 2) * 2
  }
  const inPairs = /420p/.test(preset.pixelFormat)
  const ofFields = isInterlaced(video) && preset.fields === 'keep'
  // Each field has half of the lines, and where colour has half as many again, there are four to a group.
  const linesAtOnce = (inPairs ? 2 : 1) * (ofFields ? 2 : 1)
  const evenWidth = /4(20|22|11)p/.test(preset.pixelFormat)
  return {
    width: Math.max(2, evenWidth ? width - (width % 2) : width),
    height: Math.max(2, height - (height % linesAtOnce))
  }
}

/** Of the source as it is shown, turned as the preset turns it, and of the output. */
export const pictureSizes = (
  preset: Parameters<typeof outputSize>[0],
  video: Parameters<typeof outputSize>[1]
): PictureSizes => {
  const { width, height } = preset.rotation === 'keep' ? video : uprightSize(video)
  return { source: { width, height }, output: outputSize(preset, video) }
}

const uprightSize = ({ width, height, rotation }: Pick<VideoStream, 'width' | 'height' | 'rotation'>) =>
  rotation % 180 === 90 ? { width: height, height: width } : { width, height }

export function picturePlan(
  preset: Preset,
  video: VideoStream,
  frames: Pick<FrameIndex, 'pts' | 'irregular'>,
  startTicks: number
): Picture {
  const size = outputSize(preset, video)
  const shown = preset.rotation === 'keep' ? video : uprightSize(video)
  const interlaced = isInterlaced(video)
  const pixelFormat = hasAlpha(video.pixelFormat) ? preset.pixelFormat : opaque(preset.pixelFormat)
  const constantRate = preset.frameRate === 'source' ? null : preset.frameRate
  const ofFields = interlaced && preset.fields === 'keep'
  return {
    ...size,
    scaled: size.width !== shown.width || size.height !== shown.height,
    squarePixels: video.sampleAspect === null,
    pixelFormat,
    rotation: preset.rotation,
    interlaced: ofFields,
    deinterlaced: interlaced && preset.fields === 'deinterlace',
    setField: saysFields.includes(video.codec) ? null : firstField(video),
    linesBelow: preset.codec === 'prores_aw' && ofFields ? linesUpTo(32, size.height) : 0,
    colour: colourPlan(preset, video, { ...size, pixelFormat }),
    hdr: video.hdr,
    constantRate,
    gopFrames: gopFramesOf(preset, video),
    encoderTimeBase:
      constantRate === null ? encoderTimeBase(video.timeBase, frames, startTicks) : frameLasting(constantRate)
  }
}

const linesUpTo = (multiple: number, lines: number): number => (multiple - (lines % multiple)) % multiple

/** Codecs whose decoded pictures say whether they are interlaced; of others only the container knows. */
const saysFields: readonly string[] = [
  ...['h264', 'mpeg1video', 'mpeg2video', 'mpeg4', 'dvvideo', 'prores', 'dnxhd', 'vc1', 'wmv3'],
  ...['rawvideo', 'v210']
]

/** The same format without transparency. */
const opaque = (pixelFormat: string): string =>
  pixelFormat
    .replace(/^yuva/, 'yuv')
    .replace(/^gbrap/, 'gbrp')
    .replace(/^ya/, 'gray')

/** What one frame lasts at a rate such as `25` or `30000/1001`. */
export function frameLasting(rate: string): TimeBase {
  const base = parseTimeBase(rate.includes('/') ? rate : `${rate}/1`)
  if (base === null) throw new RangeError(`${rate} is no rate`)
  return { num: base.den, den: base.num }
}

function gopFramesOf({ keyframeSeconds, frameRate }: Preset, video: VideoStream): number | null {
  const rate = frameRate === 'source' ? (video.averageRate ?? video.frameRate ?? '') : frameRate
  const [num, den = 1] = rate.split('/').map(Number)
  if (keyframeSeconds === null || !num || !den) return null
  return Math.min(9999, Math.max(1, Math.round((keyframeSeconds * num) / den)))
}

/** Where all times are multiples of something, encoders that note the rate in the stream note a sensible one. */
function encoderTimeBase(
  base: TimeBase,
  { pts, irregular }: Pick<FrameIndex, 'pts' | 'irregular'>,
  startTicks: number
): TimeBase {
  let ticks = 0
  for (const time of pts) {
    ticks = gcd(ticks, time - startTicks)
    if (ticks === 1) break
  }
  if (irregular !== null || ticks <= 1) return base
  const shared = gcd(ticks * base.num, base.den)
  return { num: (ticks * base.num) / shared, den: base.den / shared }
}

/** Why a picture cannot be encoded so, in words for a person, or null. */
export function whyNotEncodable(
  preset: Pick<Preset, 'codec' | 'profile' | 'levels'>,
  picture: Pick<Picture, 'width' | 'height' | 'interlaced'>
): string | null {
  const { width, height } = smallestDnxhr
  if (preset.codec === 'dnxhd' && (picture.width < width || picture.height < height)) {
    return `DNxHR needs pictures of at least ${width}x${height}, this one would be ${picture.width}x${picture.height}`
  }
  const codec = nameOfFieldless(preset)
  if (picture.interlaced && codec !== null) {
    return `it is interlaced, and ${codec} holds no fields; a preset with \`fields: deinterlace\` takes it`
  }
  return whyNotLevels(preset)
}

/** The name of a codec that only has whole pictures, or null. DNxHR: SMPTE ST 2019-1; AV1: its specification. */
function nameOfFieldless({ codec, profile }: Pick<Preset, 'codec' | 'profile'>): string | null {
  if (codec === 'libsvtav1') return 'AV1'
  return codec === 'dnxhd' && profile?.startsWith('dnxhr') ? 'DNxHR' : null
}
