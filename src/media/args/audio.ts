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

/** From when to when sound is taken, in microseconds after the container's start. */
export interface SoundPart {
  fromUs: number
  untilUs: number
}

/** All audio of the source (or of a part), once and in one piece: codecs with priming drift when they are cut. */
export function audioCommand(
  preset: Preset,
  {
    audio,
    frameClock,
    part = null
  }: { audio: readonly AudioTrack[]; frameClock: FrameClock | null; part?: SoundPart | null },
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
          ...audioOptions(preset, audio, frameClock, part),
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
  frameClock: FrameClock | null,
  part: SoundPart | null = null
): string[] {
  if (audio.length === 0) return []
  const { audioCodec, audioKbitPerChannel } = preset
  const common = [
    ...['-filter:a', audioFilters(preset, frameClock, part).join(','), '-c:a', audioCodec],
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
 * A part is as long as its frames to the sample: what is missing of it is silence.
 */
function audioFilters(
  { audioSampleRate }: Preset,
  frameClock: FrameClock | null,
  part: SoundPart | null
): string[] {
  const rate = audioSampleRate === 'source' ? '' : `${audioSampleRate}:`
  if (part !== null) {
    const cut = [
      `aresample=${rate}async=1:first_pts=0`,
      'apad',
      `atrim=start=${part.fromUs}us:end=${part.untilUs}us`,
      'asetpts=PTS-STARTPTS'
    ]
    return frameClock === null ? cut : [...cut, `apad=whole_len=${leastSamples(frameClock)}`]
  }
  if (frameClock === null) return [`aresample=${rate}async=1`]
  const samples = { num: 1, den: mxfSampleRate }
  const first = rescale(frameClock.startUs, microseconds, samples)
  return [`aresample=${rate}async=1:first_pts=${first}`, `apad=whole_len=${leastSamples(frameClock)}`]
}

function leastSamples({ rate, frames }: FrameClock): number {
  const [num, den = 1] = rate.split('/').map(Number)
  return rescale(frames + 1, { num: den, den: num! }, { num: 1, den: mxfSampleRate })
}
