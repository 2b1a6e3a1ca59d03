import { capture, wasKilled } from './capture.ts'
import { whyNotConstant } from './constant-rate.ts'
import { MediaError } from './errors.ts'
import { silenceIn } from './failure.ts'
import { fileUrl } from './ffprobe.ts'
import type { AudioReport, FileReport } from './inspect.ts'
import type { Picture } from './picture.ts'
import type { Preset } from './presets/index.ts'
import { microseconds, rescale, type TimeBase } from './time-base.ts'

/** ffprobe's name of what an encoder makes. */
const codecNames: Readonly<Record<Preset['codec'], string>> = {
  dnxhd: 'dnxhd',
  prores_aw: 'prores',
  prores_ks: 'prores',
  libx264: 'h264',
  libx265: 'hevc',
  libsvtav1: 'av1',
  mjpeg: 'mjpeg'
}

/** These keep parameter sets outside the packets; of DNxHD it is a copy of the first frame's header. */
export const hasParameterSets = ({ codec }: Pick<Preset, 'codec'>): boolean =>
  codec === 'libx264' || codec === 'libx265' || codec === 'libsvtav1'

/** What all chunks of a job must have in common, so that their packets may follow each other in one stream. */
export function videoSignature(preset: Pick<Preset, 'codec'>, { video }: FileReport): string {
  if (video === null) return 'no video'
  const { codec, profile, width, height, pixelFormat } = video
  const sets = hasParameterSets(preset) ? video.extradata : null
  return [codec, profile, `${width}x${height}`, pixelFormat, sets].join(' ')
}

export interface ExpectedVideo {
  preset: Preset
  picture: Pick<Picture, 'width' | 'height' | 'pixelFormat' | 'constantRate'>
  /** Times of the frames, in ticks of `timeBase`, as the file should have them after `offset` is taken off. */
  times: readonly number[]
  offset: number
  timeBase: TimeBase
}

/**
 * Holds the video of a finished file against the plan: codec, size, and every single time.
 * @returns the first difference in words for a log, or null
 */
export function whyWrongVideo({ video }: FileReport, expected: ExpectedVideo): string | null {
  if (video === null) return 'it has no video'
  const { preset, picture, times, offset, timeBase } = expected
  if (video.codec !== codecNames[preset.codec])
    return `its codec is ${video.codec}, not ${codecNames[preset.codec]}`
  if (video.width !== picture.width || video.height !== picture.height) {
    return `it is ${video.width}x${video.height}, not ${picture.width}x${picture.height}`
  }
  if (asRead(preset, video.pixelFormat) !== asRead(preset, picture.pixelFormat)) {
    return `its pixel format is ${video.pixelFormat}, not ${picture.pixelFormat}`
  }
  if (!video.firstIsKey) return 'it does not begin with a keyframe'
  if (video.pts.length !== times.length) return `it has ${video.pts.length} of ${times.length} frames`
  for (let i = 0; i < times.length; i++) {
    const planned = rescale(times[i]! - offset, timeBase, video.timeBase)
    if (video.pts[i] !== planned) {
      return `frame ${i} is at ${video.pts[i]} instead of ${planned} (ticks of 1/${video.timeBase.den} s)`
    }
  }
  return null
}

/**
 * What decoders make of a format: 8 bits with full levels are called `yuvj`, wherever the levels are told, and ProRes 4444
 * is decoded into 12 bits.
 */
function asRead({ codec }: Pick<Preset, 'codec'>, pixelFormat: string | null): string | undefined {
  const format = pixelFormat?.replace(/^yuvj/, 'yuv')
  return codec.startsWith('prores') ? format?.replace('444p10', '444p12') : format
}

/** Like `whyWrongVideo` where the plan has no exact times: size and codec, and as many frames as ffmpeg wrote. */
export function whyWrongLoosely(
  report: FileReport,
  expected: Omit<ExpectedVideo, 'times' | 'offset'> & {
    frames: number
    /** As many as the source is long at the rate that is made of it; null where it does not tell. */
    framesOfSource: number | null
  }
): string | null {
  const { video } = report
  if (video === null) return 'it has no video'
  if (video.pts.length === 0) return 'it has no frames'
  if (video.pts.length !== expected.frames) return `it has ${video.pts.length} of ${expected.frames} frames`
  const times = { times: video.pts, offset: 0, timeBase: video.timeBase }
  const { constantRate } = expected.picture
  return (
    whyWrongVideo(report, { ...expected, ...times }) ??
    (constantRate === null ? null : whyNotConstant(report, constantRate, expected.framesOfSource))
  )
}

/** A packet of any codec here is shorter: MKV tells in milliseconds when a stream ends, and by whole packets. */
const endSlackUs = 120_000

/**
 * The first difference between audio streams, or null. Durations may differ by `slackTicks`; where a container has none,
 * the streams' ends are held against each other.
 */
export function whyWrongAudio(
  actual: readonly AudioReport[],
  expected: readonly Partial<AudioReport>[],
  slackTicks: number
): string | null {
  if (actual.length !== expected.length) return `it has ${actual.length} of ${expected.length} audio streams`
  for (const [i, wanted] of expected.entries()) {
    const found = actual[i]!
    for (const key of ['codec', 'channels', 'layout', 'sampleRate'] as const) {
      if (wanted[key] != null && wanted[key] !== found[key]) {
        return `${key} of audio stream ${i} is ${found[key]}, not ${wanted[key]}`
      }
    }
    if (wanted.durationTicks != null && found.durationTicks !== null) {
      const difference = found.durationTicks - wanted.durationTicks
      if (Math.abs(difference) > slackTicks) {
        return `audio stream ${i} lasts ${found.durationTicks} instead of ${wanted.durationTicks} samples`
      }
    } else if (wanted.endUs != null && found.endUs !== null) {
      if (Math.abs(found.endUs - wanted.endUs) > endSlackUs) {
        return `audio stream ${i} ends at ${seconds(found.endUs)} instead of ${seconds(wanted.endUs)} s`
      }
    }
  }
  return null
}

const seconds = (us: number): string => (us / 1e6).toFixed(3)

/** Some frames at a few places take seconds; longer than this waits for a dead server. */
const decodingLimitMs = 600_000

/** Places that are decoded, at most: the beginning, the end, and seams between. */
const maxPlaces = 8

/** Frame numbers at which a file is tried: its beginning, its end, and seams spread evenly. */
export function placesToTry(frames: number, seams: readonly number[]): number[] {
  const between = seams.filter((seam) => seam > 0 && seam < frames - 1)
  const step = Math.max(1, between.length / (maxPlaces - 2))
  const chosen = new Set([0, Math.max(0, frames - 2)])
  for (let i = 0; i < between.length && chosen.size < maxPlaces; i += step)
    chosen.add(between[Math.floor(i)]!)
  return [...chosen].sort((a, b) => a - b)
}

/**
 * Decodes two frames at each place, in one ffmpeg.
 * @returns what ffmpeg complained about, or null
 * @throws MediaError `io-error`, `tool-failed`, `aborted`: nothing was found out
 */
export async function whyUndecodable(
  ffmpegPath: string,
  path: string,
  { video }: FileReport,
  seams: readonly number[],
  signal?: AbortSignal
): Promise<string | null> {
  if (video === null) return 'it has no video'
  const places = placesToTry(video.pts.length, seams)
  const inputs = places.flatMap((place) => {
    const us = rescale(video.pts[place]!, video.timeBase, microseconds)
    // Two frames are not worth the start of a thread a core.
    return ['-threads', '1', ...(us > 0 ? ['-ss', `${us}us`] : []), '-i', fileUrl(path)]
  })
  const outputs = places.flatMap((_, i) => ['-map', `${i}:v:0`, '-frames:v', '2', '-f', 'null', '-'])
  const args = [
    '-hide_banner',
    '-nostdin',
    '-v',
    'error',
    '-err_detect',
    'explode',
    '-xerror',
    ...inputs,
    ...outputs
  ]
  const ended = await capture(ffmpegPath, args, { signal, timeoutMs: decodingLimitMs })
  const { exitCode, stderr } = ended
  if (exitCode === 0) return null
  if (wasKilled(ended)) {
    throw new MediaError('tool-failed', `${ffmpegPath} was killed (${ended.killedBy}) while it read ${path}`)
  }
  const silent = silenceIn(stderr)
  if (silent !== null) throw new MediaError('io-error', `${path} cannot be read: ${silent.toLowerCase()}`)
  return `it cannot be decoded: ${stderr.trim().split('\n')[0] || `ffmpeg ended with status ${exitCode}`}`
}
