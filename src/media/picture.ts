import type { Preset } from './presets/index.ts'
import { type FrameIndex, isInterlaced, type VideoStream } from './source.ts'
import { gcd, type TimeBase } from './time-base.ts'

/** What becomes of the picture, decided once when the job is planned: the same for every chunk and for one run. */
export interface Picture {
  /** Pixels of the output. */
  width: number
  height: number
  /** The size changes. */
  scaled: boolean
  interlaced: boolean
  /** Frames between keyframes at most, or null: the encoder's own choice. */
  gopFrames: number | null
  /** Ticks that the encoder counts in: the coarsest in which every time of the source is whole. */
  encoderTimeBase: TimeBase
}

/** DNxHR is not defined for smaller pictures (SMPTE ST 2019-1, as ffmpeg's encoder checks it). */
const smallestDnxhr = { width: 256, height: 120 } as const

/** Size of the picture as ffmpeg hands it to the encoder: upright, never enlarged, even where the format needs it. */
export function outputSize(
  preset: Pick<Preset, 'height' | 'pixelFormat'>,
  video: Pick<VideoStream, 'width' | 'height' | 'rotation'>
): { width: number; height: number } {
  const upright = uprightSize(video)
  let { width, height } = upright
  if (preset.height === 'half' || preset.height === 'quarter') {
    const parts = preset.height === 'half' ? 2 : 4
    width = Math.floor(upright.width / parts / 2) * 2
    height = Math.floor(upright.height / parts / 2) * 2
  } else if (preset.height !== 'source' && preset.height < upright.height) {
    height = preset.height
    width = Math.round((upright.width * height) / upright.height / 2) * 2
  }
  const evenWidth = /4(20|22|11)p/.test(preset.pixelFormat)
  const evenHeight = /420p/.test(preset.pixelFormat)
  return {
    width: Math.max(2, evenWidth ? width - (width % 2) : width),
    height: Math.max(2, evenHeight ? height - (height % 2) : height)
  }
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
  const upright = uprightSize(video)
  const interlaced = isInterlaced(video)
  return {
    ...size,
    scaled: size.width !== upright.width || size.height !== upright.height,
    interlaced,
    gopFrames: gopFramesOf(preset, video),
    encoderTimeBase: encoderTimeBase(video.timeBase, frames, startTicks)
  }
}

function gopFramesOf({ keyframeSeconds }: Preset, video: VideoStream): number | null {
  const [num, den] = (video.averageRate ?? video.frameRate ?? '').split('/').map(Number)
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
  preset: Pick<Preset, 'codec'>,
  size: { width: number; height: number }
): string | null {
  const { width, height } = smallestDnxhr
  if (preset.codec === 'dnxhd' && (size.width < width || size.height < height)) {
    return `DNxHR needs pictures of at least ${width}x${height}, this one would be ${size.width}x${size.height}`
  }
  return null
}
