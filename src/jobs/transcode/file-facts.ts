import { findTools, gcd, probeSource, probeStreams, type Source } from '../../media/index.ts'
import type { TranscodeSettings } from './settings.ts'

/** What an editing program holds a proxy and its source against each other by. */
export interface VideoFacts {
  /** Frames a second, reduced. */
  rate: { num: number; den: number }
  frameCount: number
  /** `01:00:00:00`; null for a file that has none. */
  startTimecode: string | null
}

export interface FrameFacts extends VideoFacts {
  /** Why its frames cannot be told by their numbers at this rate, in words for a person, or null. */
  uneven: string | null
}

/**
 * Reads a file's rate, number of frames and start timecode. Reads its packet list: seconds for a long one on a network.
 * @throws MediaError with one line for a person, as `probeSource`
 */
export async function videoFacts(
  settings: Pick<TranscodeSettings, 'ffmpegPath' | 'ffprobePath'>,
  path: string,
  signal?: AbortSignal
): Promise<FrameFacts> {
  const { ffprobe } = await findTools(settings)
  const { video, frames, timecode } = await probeSource(ffprobe, path, signal)
  const rate = rateOf(video)
  return {
    rate,
    frameCount: frames.pts.length,
    startTimecode: timecode,
    uneven: frames.irregular ?? whyUneven(frames.pts, video.timeBase, rate)
  }
}

/** Each frame must be nearer to where its number puts it than to its neighbours. */
function whyUneven(
  pts: readonly number[],
  timeBase: Source['video']['timeBase'],
  rate: VideoFacts['rate']
): string | null {
  const framesPerTick = (timeBase.num * rate.num) / (timeBase.den * rate.den)
  const first = pts[0] ?? 0
  const even = pts.every((time, number) => Math.abs((time - first) * framesPerTick - number) < 0.5)
  return even ? null : 'its frame rate varies'
}

/** Containers round the average by the length of the last frame: as near as this, the nominal rate is meant. */
const nearness = 0.002

/**
 * The rate that programs show: the nominal one, unless the average is far from it (fields counted as frames, a rate
 * that varies).
 */
export function rateOf({
  frameRate,
  averageRate
}: Pick<Source['video'], 'frameRate' | 'averageRate'>): VideoFacts['rate'] {
  const nominal = fraction(frameRate)
  const average = fraction(averageRate)
  if (nominal === null || average === null) return nominal ?? average ?? { num: 0, den: 1 }
  const ratio = (nominal.num / nominal.den) * (average.den / average.num)
  return Math.abs(ratio - 1) <= nearness ? nominal : average
}

function fraction(written: string | null): VideoFacts['rate'] | null {
  const [num, den = 1] = (written ?? '').split('/').map(Number)
  if (!num || !den || !Number.isSafeInteger(num) || !Number.isSafeInteger(den)) return null
  const shared = gcd(num, den)
  return { num: num / shared, den: den / shared }
}

/** What a file says of itself, without being read through. */
export interface StreamFacts {
  rate: VideoFacts['rate']
  /** Of its video, in seconds, as it is stated; null where it is not. */
  duration: { num: number; den: number } | null
  startTimecode: string | null
  reel: string | null
  /** As the picture is stored. */
  width: number
  height: number
  /** Of its first sound. */
  audio: { channels: number; sampleRate: number } | null
}

/**
 * Looks at a file's streams: quick, however long it is.
 * @throws MediaError with one line for a person, as `probeStreams`
 */
export async function streamFacts(
  settings: Pick<TranscodeSettings, 'ffmpegPath' | 'ffprobePath'>,
  path: string,
  signal?: AbortSignal
): Promise<StreamFacts> {
  const { ffprobe } = await findTools(settings)
  const { video, audio, durationUs, timecode } = await probeStreams(ffprobe, path, signal)
  const rate = rateOf(video)
  const [sound] = audio
  return {
    rate,
    duration: statedDuration(video, rate, durationUs),
    startTimecode: timecode,
    reel: video.reel,
    width: video.width,
    height: video.height,
    audio: sound === undefined ? null : { channels: sound.channels, sampleRate: sound.sampleRate }
  }
}

/** A container is as long as its longest stream: its frames tell more. */
function statedDuration(
  { statedFrames }: Source['video'],
  rate: VideoFacts['rate'],
  durationUs: number | null
): StreamFacts['duration'] {
  if (statedFrames !== null && rate.num > 0) return { num: statedFrames * rate.den, den: rate.num }
  return durationUs === null ? null : { num: durationUs, den: 1_000_000 }
}
