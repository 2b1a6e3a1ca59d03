import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'
import type { Picture } from '../picture.ts'
import type { Preset } from '../presets/index.ts'
import { formatTimeBase, type TimeBase } from '../time-base.ts'
import { trackClockOptions } from './container.ts'
import { fieldFilters, pictureFilters, sourceOptions } from './filters.ts'
import { chunkFormat, timeOptions, videoOptions } from './video.ts'

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
  /** What is decoded besides, because filters look at it. Null: nothing. */
  context: ChunkContext | null
}

/** Times of the first frame that is decoded and of the first after those that are, in ticks after the chunk's first. */
export interface ChunkContext {
  /** Not above 0. */
  fromTicks: number
  /** Null when the source ends there. */
  untilTicks: number | null
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
  const format = chunkFormat(preset)
  return {
    inputs: [chunkInput(spec, strategy, source)],
    outputs: [
      {
        options: [
          ...['-map', `0:${spec.videoIndex}`, '-filter:v', chunkFilters(spec).join(',')],
          ...videoOptions(preset, spec.picture),
          ...['-frames:v', String(spec.frames)],
          ...timeOptions(spec.picture),
          ...trackClockOptions({ container: format }, spec.timeBase),
          // The join writes the timecode; in each chunk it would be a stream that nobody can read.
          ...['-write_tmcd', '0', '-f', format]
        ],
        target: fileUrl(target)
      }
    ]
  }
}

/** The source, entered at or before the chunk's first frame, which is then at time 0. */
export function chunkInput(
  spec: Pick<ChunkSpec, 'seekUs' | 'originUs' | 'picture'>,
  strategy: SeekStrategy,
  source: string
): FfmpegCommand['inputs'][number] {
  const seekUs = seekTarget(spec.seekUs, strategy)
  return {
    options: [
      ...sourceOptions(spec.picture),
      '-copyts',
      '-noaccurate_seek',
      ...(seekUs === null ? [] : ['-ss', `${seekUs}us`]),
      ...['-itsoffset', `${-spec.originUs}us`]
    ],
    source: fileUrl(source)
  }
}

/**
 * Exactly the chunk's frames, as they enter the encoder. `showinfo` stands where all that is decoded for them can be
 * seen: a neighbour that is missing changes a frame without changing its time.
 */
export function chunkFilters({
  timeBase,
  endTicks,
  picture,
  context
}: Pick<ChunkSpec, 'timeBase' | 'endTicks' | 'picture' | 'context'>): string[] {
  const clock = `settb=${formatTimeBase(timeBase)}`
  const own = trim(0, endTicks)
  return [
    clock,
    context === null ? own : trim(context.fromTicks, context.untilTicks),
    'showinfo=checksum=0',
    ...fieldFilters(picture),
    ...(context === null ? [] : [clock, own]),
    ...pictureFilters(picture)
  ]
}

const trim = (fromTicks: number, untilTicks: number | null): string =>
  `trim=start_pts=${fromTicks}${untilTicks === null ? '' : `:end_pts=${untilTicks}`}`

/** `early-seek` aims a second earlier: for containers whose index is off, and codecs that recover gradually. */
function seekTarget(seekUs: number | null, strategy: SeekStrategy): number | null {
  if (seekUs === null || strategy === 'from-start') return null
  const target = strategy === 'early-seek' ? seekUs - 1_000_000 : seekUs
  return target > 0 ? target : null
}
