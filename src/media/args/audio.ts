import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'
import type { Preset } from '../presets/index.ts'
import { microseconds, movieTimescale, rescale } from '../time-base.ts'
import type { FrameClock } from './container.ts'

/** An audio stream that is encoded: its index in the source, its channels and samples a second. */
export interface AudioTrack {
  index: number
  channels: number
  sampleRate: number
}

/** What holds the audio until it is joined: of those whose clock counts samples, the one that takes the codec. */
export const audioFormat = ({
  audioCodec,
  container
}: Pick<Preset, 'audioCodec' | 'container'>): 'mov' | 'mp4' =>
  container === 'mp4' || audioCodec === 'flac' ? 'mp4' : 'mov'

/** All audio of the source, once and in one piece: codecs with priming drift when they are cut. */
export function audioCommand(
  preset: Preset,
  { audio, frameClock }: { audio: readonly AudioTrack[]; frameClock: FrameClock | null },
  source: string,
  target: string
): FfmpegCommand {
  return {
    inputs: [{ options: [], source: fileUrl(source) }],
    outputs: [
      {
        options: [
          ...audio.flatMap(({ index }) => ['-map', `0:${index}`]),
          ...['-map_chapters', '-1'],
          ...audioOptions(preset, audio, frameClock),
          // FLAC in MP4 was an experiment to ffmpeg 5.
          ...(preset.audioCodec === 'flac' ? ['-strict', 'experimental'] : []),
          ...['-movie_timescale', String(movieTimescale(null, audio)), '-f', audioFormat(preset)]
        ],
        target: fileUrl(target)
      }
    ]
  }
}

export function audioOptions(
  preset: Preset,
  audio: readonly AudioTrack[],
  frameClock: FrameClock | null
): string[] {
  if (audio.length === 0) return []
  const { audioCodec, audioKbitPerChannel } = preset
  const common = [
    ...['-filter:a', audioFilters(preset, frameClock).join(','), '-c:a', audioCodec],
    // What is finer than 16 bits would become 32 with ffmpeg 7, which few can decode.
    ...(audioCodec === 'flac' ? ['-bits_per_raw_sample:a', '24'] : [])
  ]
  if (audioKbitPerChannel === null) return common
  return [
    ...common,
    ...audio.flatMap(({ channels }, i) => [`-b:a:${i}`, `${audioKbitPerChannel * Math.max(1, channels)}k`])
  ]
}

/** The only one that the MXF writer of ffmpeg takes. */
const mxfSampleRate = 48_000

/**
 * Samples follow each other without a break, from where the sound begins: times that a container rounded (MKV) are made
 * exact, and what is missing for more than a tenth of a second is silence, so that sound stays with its picture.
 *
 * Where all streams last as long as the picture, sound that is missing at either end is silence, and what is outside
 * is left out (at the end by the writer of the file, which needs no less than it takes: a frame more for its rounding).
 */
function audioFilters({ audioSampleRate }: Preset, frameClock: FrameClock | null): string[] {
  const rate = audioSampleRate === 'source' ? '' : `${audioSampleRate}:`
  if (frameClock === null) return [`aresample=${rate}async=1`]
  const samples = { num: 1, den: mxfSampleRate }
  const first = rescale(frameClock.startUs, microseconds, samples)
  const [num, den = 1] = frameClock.rate.split('/').map(Number)
  const least = rescale(frameClock.frames + 1, { num: den, den: num! }, samples)
  return [`aresample=${rate}async=1:first_pts=${first}`, `apad=whole_len=${least}`]
}
