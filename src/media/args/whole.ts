import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'
import type { Picture } from '../picture.ts'
import type { Preset } from '../presets/index.ts'
import type { TimeBase } from '../time-base.ts'
import { type AudioTrack, audioOptions } from './audio.ts'
import { containerOptions, reelOptions, timecodeOptions } from './container.ts'
import { videoFilters } from './filters.ts'
import { timeOptions, videoOptions } from './video.ts'

export interface WholeSpec {
  videoIndex: number
  timeBase: TimeBase
  picture: Picture
  audio: readonly AudioTrack[]
  timecode: string | null
  reel: string | null
}

/** Everything in one run: what a chunked job must equal, and what a job that is not worth chunks does. */
export function wholeCommand(preset: Preset, spec: WholeSpec, source: string, target: string): FfmpegCommand {
  const filters = videoFilters(preset, spec.picture)
  return {
    inputs: [{ options: [], source: fileUrl(source) }],
    outputs: [
      {
        options: [
          ...['-map', `0:${spec.videoIndex}`],
          ...spec.audio.flatMap(({ index }) => ['-map', `0:${index}`]),
          ...['-map_metadata', '0', '-map_chapters', '0'],
          ...(filters.length === 0 ? [] : ['-filter:v', filters.join(',')]),
          ...videoOptions(preset, spec.picture),
          ...timeOptions(spec.timeBase, spec.picture),
          ...audioOptions(preset, spec.audio),
          ...reelOptions(spec.reel),
          ...timecodeOptions(spec.timecode),
          ...containerOptions(preset, spec.timeBase, spec.audio)
        ],
        target: fileUrl(target)
      }
    ]
  }
}
