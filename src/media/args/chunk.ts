import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'
import type { Picture } from '../picture.ts'
import type { Preset } from '../presets/index.ts'
import { formatTimeBase, type TimeBase } from '../time-base.ts'
import { videoFilters } from './filters.ts'
import { timeOptions, videoOptions } from './video.ts'

/** How the first frame of a chunk is found. Each is tried in turn until the frames prove to be the planned ones. */
export const seekStrategies = ['keyframe-seek', 'early-seek', 'from-start'] as const
export type SeekStrategy = (typeof seekStrategies)[number]

export interface ChunkSpec {
  videoIndex: number
  timeBase: TimeBase
  picture: Picture
  /** Seek target relative to the container's start: the keyframe at or before the first frame. Null: from the start. */
  seekUs: number | null
  /** Time of the first frame as the container has it, in microseconds: it becomes 0. */
  originUs: number
  /** Time of the first frame that is not in the chunk, in ticks after its first; null when the source ends there. */
  endTicks: number | null
  frames: number
}

/**
 * One chunk. The input's times are shifted so that the first frame stands at exactly 0 (`-itsoffset` is rounded to the
 * stream's ticks like the origin was), then `trim` cuts on integer ticks: exact wherever the seek landed, as long as it
 * landed early enough. `showinfo` prints the times that enter the encoder.
 */
export function chunkCommand(
  preset: Preset,
  spec: ChunkSpec,
  strategy: SeekStrategy,
  source: string,
  target: string
): FfmpegCommand {
  return {
    inputs: [chunkInput(spec, strategy, source)],
    outputs: [
      {
        options: [
          ...['-map', `0:${spec.videoIndex}`, '-filter:v', chunkFilters(preset, spec).join(',')],
          ...videoOptions(preset, spec.picture),
          ...['-frames:v', String(spec.frames)],
          ...timeOptions(spec.timeBase, spec.picture),
          ...['-f', 'mov']
        ],
        target: fileUrl(target)
      }
    ]
  }
}

/** The source, entered at or before the chunk's first frame, which is then at time 0. */
export function chunkInput(
  spec: Pick<ChunkSpec, 'seekUs' | 'originUs'>,
  strategy: SeekStrategy,
  source: string
): FfmpegCommand['inputs'][number] {
  const seekUs = seekTarget(spec.seekUs, strategy)
  return {
    options: [
      '-copyts',
      '-noaccurate_seek',
      ...(seekUs === null ? [] : ['-ss', `${seekUs}us`]),
      ...['-itsoffset', `${-spec.originUs}us`]
    ],
    source: fileUrl(source)
  }
}

/** Exactly the chunk's frames, as they enter the encoder. */
export function chunkFilters(
  preset: Preset,
  { timeBase, endTicks, picture }: Pick<ChunkSpec, 'timeBase' | 'endTicks' | 'picture'>
): string[] {
  const end = endTicks === null ? '' : `:end_pts=${endTicks}`
  return [
    `settb=${formatTimeBase(timeBase)}`,
    `trim=start_pts=0${end}`,
    'showinfo=checksum=0',
    ...videoFilters(preset, picture)
  ]
}

/** `early-seek` aims a second earlier: for containers whose index is off, and codecs that recover gradually. */
function seekTarget(seekUs: number | null, strategy: SeekStrategy): number | null {
  if (seekUs === null || strategy === 'from-start') return null
  const target = strategy === 'early-seek' ? seekUs - 1_000_000 : seekUs
  return target > 0 ? target : null
}
