import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'
import { frameLasting, type Picture } from '../picture.ts'
import type { Preset } from '../presets/index.ts'
import type { TimeBase } from '../time-base.ts'
import { type AudioTrack, audioOptions } from './audio.ts'
import {
  containerOptions,
  type FrameClock,
  reelOptions,
  streamNames,
  timecodeOptions,
  trackClockOptions,
  vendorOptions
} from './container.ts'
import { sourceOptions, videoFilters } from './filters.ts'
import { timeOptions, videoOptions } from './video.ts'

export interface WholeSpec {
  videoIndex: number
  timeBase: TimeBase
  picture: Picture
  audio: readonly AudioTrack[]
  timecode: string | null
  reel: string | null
  /** Null: the container holds times. */
  frameClock: FrameClock | null
}

/** Everything in one run: what a chunked job must equal, and what a job that is not worth chunks does. */
export function wholeCommand(preset: Preset, spec: WholeSpec, source: string, target: string): FfmpegCommand {
  const { frameClock } = spec
  const filters = [
    ...videoFilters(spec.picture),
    // Frames that are where they should be, but for a container's rounding: none is doubled, none left out.
    ...(frameClock === null ? [] : [`fps=${frameClock.rate}`])
  ]
  const encoderTimeBase = frameClock === null ? spec.picture.encoderTimeBase : frameLasting(frameClock.rate)
  return {
    inputs: [{ options: sourceOptions(spec.picture), source: fileUrl(source) }],
    outputs: [
      {
        options: [
          ...['-map', `0:${spec.videoIndex}`],
          ...spec.audio.flatMap(({ index }) => ['-map', `0:${index}`]),
          ...['-map_metadata', '0', '-map_chapters', '0'],
          ...(filters.length === 0 ? [] : ['-filter:v', filters.join(',')]),
          ...videoOptions(preset, spec.picture),
          ...timeOptions({ encoderTimeBase }),
          ...trackClockOptions(preset, spec.timeBase),
          ...audioOptions(preset, spec.audio, frameClock),
          ...vendorOptions(preset, streamNames(spec.audio.length)),
          ...reelOptions(spec.reel),
          ...timecodeOptions(preset, spec.timecode),
          ...containerOptions(preset, spec.timeBase, spec.audio)
        ],
        target: fileUrl(target)
      }
    ]
  }
}
