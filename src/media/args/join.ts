import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'
import type { Preset } from '../presets/index.ts'
import type { TimeBase } from '../time-base.ts'
import {
  containerOptions,
  type FrameClock,
  reelOptions,
  streamNames,
  timecodeOptions,
  trackClockOptions,
  vendorOptions
} from './container.ts'

export interface StreamTags {
  language: string | null
  title: string | null
  dispositions: readonly string[]
}

export interface JoinSpec {
  /** Time of the video's first frame after the container's start, in microseconds: keeps its offset to the audio. */
  videoOffsetUs: number
  /** Start of the source's container, in microseconds: its chapters count from there. */
  startUs: number
  timeBase: TimeBase
  timecode: string | null
  reel: string | null
  /** The source is of the MOV family, and names its handlers and vendors itself. */
  ofMov: boolean
  /** With the source's chapters. */
  chapters: boolean
  frameClock: FrameClock | null
  /** Frames a second that the source says it has (`30000/1001`), or null. */
  frameRate: string | null
  video: StreamTags
  audio: readonly (StreamTags & { sampleRate: number })[]
}

/** The encoded audio: its file, and the time of the first packet of each stream, in microseconds. */
export interface JoinedAudio {
  path: string
  startsUs: readonly number[]
}

/** Chunks and audio into one file, copied, with what the source says of itself. */
export function joinCommand(
  preset: Preset,
  spec: JoinSpec,
  files: { list: string; audio: JoinedAudio | null; source: string; target: string }
): FfmpegCommand {
  const sound = files.audio === null ? { inputs: [], maps: [] } : soundOf(files.audio)
  const sourceInput = String(1 + sound.inputs.length)
  const streams = streamNames(sound.maps.length / 2)
  return {
    inputs: [
      {
        // Converted, every keyframe of H.264 would carry the parameter sets that all chunks have in common.
        options: [
          ...['-copyts', '-f', 'concat', '-auto_convert', '0', '-itsoffset'],
          `${spec.videoOffsetUs}us`
        ],
        source: fileUrl(files.list)
      },
      ...sound.inputs,
      { options: ['-itsoffset', `${-spec.startUs}us`], source: fileUrl(files.source) }
    ],
    outputs: [
      {
        options: [
          ...['-map', '0:v:0', ...sound.maps],
          ...[
            '-map_metadata',
            sourceInput,
            '-map_chapters',
            spec.chapters ? sourceInput : '-1',
            '-c',
            'copy'
          ],
          ...(preset.tag === null ? [] : ['-tag:v', preset.tag]),
          ...rateOptions(preset, spec),
          ...trackClockOptions(preset, spec.timeBase),
          ...(spec.ofMov ? [] : withoutInvented(streams)),
          ...vendorOptions(preset, streams),
          ...tagOptions('v:0', spec.video),
          ...reelOptions(spec.reel),
          ...(files.audio === null ? [] : spec.audio.flatMap((tags, i) => tagOptions(`a:${i}`, tags))),
          ...timecodeOptions(preset, spec.timecode),
          ...containerOptions(preset, spec.timeBase, spec.audio)
        ],
        target: fileUrl(files.target)
      }
    ]
  }
}

/**
 * The audio file, once for every time at which streams begin. Its edit lists are not used: with one that begins late,
 * ffmpeg takes the last packet for shorter than it is (`mov_read_packet` holds its time against a length).
 */
function soundOf({ path, startsUs }: JoinedAudio): { inputs: FfmpegCommand['inputs']; maps: string[] } {
  const starts = [...new Set(startsUs)]
  return {
    inputs: starts.map((startUs) => ({
      options: ['-ignore_editlist', '1', '-itsoffset', `${startUs}us`],
      source: fileUrl(path)
    })),
    maps: startsUs.flatMap((startUs, i) => ['-map', `${1 + starts.indexOf(startUs)}:a:${i}`])
  }
}

/**
 * MXF counts in frames of a rate. In MOV and MP4 the last frame lasts as long as one of the rate that the source names:
 * a chunk, where frames come out of order, tells another length.
 */
function rateOptions({ container }: Preset, { frameClock, frameRate }: JoinSpec): string[] {
  if (frameClock !== null) return ['-r', frameClock.rate]
  if (frameRate === null || container === 'mkv') return []
  const [num, den = '1'] = frameRate.split('/')
  return ['-bsf:v', `setts=pts=PTS:dts=DTS:duration=round(${den}/${num}/TB)`]
}

/** What MOV says of every stream where nobody else did, and one run would not have. */
const withoutInvented = (streams: readonly string[]): string[] =>
  streams.flatMap((stream) => [
    ...[`-metadata:s:${stream}`, 'handler_name=', `-metadata:s:${stream}`, 'vendor_id=']
  ])

const tagOptions = (stream: string, { language, title, dispositions }: StreamTags): string[] => [
  ...(language === null ? [] : [`-metadata:s:${stream}`, `language=${language}`]),
  ...(title === null ? [] : [`-metadata:s:${stream}`, `title=${title}`]),
  // Without any, a copy would keep those that MOV invents.
  ...[`-disposition:${stream}`, dispositions.length === 0 ? '0' : dispositions.join('+')]
]
