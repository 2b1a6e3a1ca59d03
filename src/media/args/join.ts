import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'
import type { Preset } from '../presets/index.ts'
import { type TimeBase, trackTimescale } from '../time-base.ts'
import { containerOptions, reelOptions, timecodeOptions } from './container.ts'

export interface StreamTags {
  language: string | null
  title: string | null
  dispositions: readonly string[]
}

export interface JoinSpec {
  /** Time of the video's first frame after the container's start, in microseconds: keeps its offset to the audio. */
  videoOffsetUs: number
  timeBase: TimeBase
  timecode: string | null
  reel: string | null
  video: StreamTags
  audio: readonly (StreamTags & { sampleRate: number })[]
}

/** Chunks and audio into one file, copied, with what the source says of itself. */
export function joinCommand(
  preset: Preset,
  spec: JoinSpec,
  files: { list: string; audio: string | null; source: string; target: string }
): FfmpegCommand {
  const sourceInput = files.audio === null ? '1' : '2'
  return {
    inputs: [
      {
        options: ['-copyts', '-f', 'concat', '-itsoffset', `${spec.videoOffsetUs}us`],
        source: fileUrl(files.list)
      },
      ...(files.audio === null ? [] : [{ options: [], source: fileUrl(files.audio) }]),
      { options: [], source: fileUrl(files.source) }
    ],
    outputs: [
      {
        options: [
          ...['-map', '0:v:0'],
          ...(files.audio === null ? [] : ['-map', '1:a']),
          ...['-map_metadata', sourceInput, '-map_chapters', sourceInput, '-c', 'copy'],
          ...(preset.tag === null ? [] : ['-tag:v', preset.tag]),
          ...['-video_track_timescale', String(trackTimescale(spec.timeBase))],
          ...tagOptions('v:0', spec.video),
          ...reelOptions(spec.reel),
          ...(files.audio === null ? [] : spec.audio.flatMap((tags, i) => tagOptions(`a:${i}`, tags))),
          ...timecodeOptions(spec.timecode),
          ...containerOptions(preset, spec.timeBase, spec.audio)
        ],
        target: fileUrl(files.target)
      }
    ]
  }
}

const tagOptions = (stream: string, { language, title, dispositions }: StreamTags): string[] => [
  ...(language === null ? [] : [`-metadata:s:${stream}`, `language=${language}`]),
  ...(title === null ? [] : [`-metadata:s:${stream}`, `title=${title}`]),
  ...(dispositions.length === 0 ? [] : [`-disposition:${stream}`, dispositions.join('+')])
]
