import type { FfmpegCommand } from './command.ts'
import { fileUrl } from './ffprobe.ts'
import type { Picture } from './picture.ts'
import type { Preset } from './presets/index.ts'
import { formatTimeBase, movieTimescale, type TimeBase, trackTimescale } from './time-base.ts'

/** How the first frame of a chunk is found. Each is tried in turn until the frames prove to be the planned ones. */
export const seekStrategies = ['keyframe-seek', 'early-seek', 'from-start'] as const
export type SeekStrategy = (typeof seekStrategies)[number]

/** An audio stream that is encoded: its index in the source, its channels and samples a second. */
export interface AudioTrack {
  index: number
  channels: number
  sampleRate: number
}

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
  const seekUs = seekTarget(spec.seekUs, strategy)
  const end = spec.endTicks === null ? '' : `:end_pts=${spec.endTicks}`
  const filters = [
    `settb=${formatTimeBase(spec.timeBase)}`,
    `trim=start_pts=0${end}`,
    'showinfo=checksum=0',
    ...videoFilters(preset, spec.picture)
  ]
  return {
    inputs: [
      {
        options: [
          '-copyts',
          '-noaccurate_seek',
          ...(seekUs === null ? [] : ['-ss', `${seekUs}us`]),
          ...['-itsoffset', `${-spec.originUs}us`]
        ],
        source: fileUrl(source)
      }
    ],
    outputs: [
      {
        options: [
          ...['-map', `0:${spec.videoIndex}`, '-filter:v', filters.join(',')],
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

/** `early-seek` aims a second earlier: for containers whose index is off, and codecs that recover gradually. */
function seekTarget(seekUs: number | null, strategy: SeekStrategy): number | null {
  if (seekUs === null || strategy === 'from-start') return null
  const target = strategy === 'early-seek' ? seekUs - 1_000_000 : seekUs
  return target > 0 ? target : null
}

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

/** All audio of the source, once and in one piece: codecs with priming drift when they are cut. */
export function audioCommand(
  preset: Preset,
  audio: readonly AudioTrack[],
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
          ...audioOptions(preset, audio),
          ...['-movie_timescale', String(movieTimescale(null, audio)), '-f', preset.container]
        ],
        target: fileUrl(target)
      }
    ]
  }
}

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

function videoFilters(preset: Preset, { width, height, scaled, interlaced }: Picture): string[] {
  if (!scaled && !interlaced) return []
  const fields = interlaced ? ':interl=1' : ''
  return [`scale=${width}:${height}:flags=bicubic${fields}`, `format=${preset.pixelFormat}`]
}

function videoOptions(preset: Preset, picture: Picture): string[] {
  const { codec } = preset
  return [
    ...['-c:v', codec],
    ...(preset.profile === null ? [] : ['-profile:v', preset.profile]),
    ...['-pix_fmt', preset.pixelFormat],
    ...(preset.speed === null ? [] : ['-preset', preset.speed]),
    ...(preset.crf === null ? [] : ['-crf', String(preset.crf)]),
    ...(picture.gopFrames === null ? [] : ['-g', String(picture.gopFrames)]),
    // The encoder's own description differs with a machine's cores, and would differ from chunk to chunk.
    ...(codec === 'libx265' ? ['-x265-params', 'info=0'] : []),
    ...(picture.interlaced && codec.startsWith('prores') ? ['-flags:v', '+ildct'] : []),
    ...preset.args,
    ...(preset.tag === null ? [] : ['-tag:v', preset.tag])
  ]
}

/** Times pass through untouched, in ticks that hold them exactly. */
const timeOptions = (timeBase: TimeBase, { encoderTimeBase }: Picture): string[] => [
  ...['-fps_mode', 'passthrough', '-enc_time_base:v', formatTimeBase(encoderTimeBase, ':')],
  ...['-video_track_timescale', String(trackTimescale(timeBase))]
]

function audioOptions(preset: Preset, audio: readonly AudioTrack[]): string[] {
  if (audio.length === 0) return []
  const { audioCodec, audioKbitPerChannel } = preset
  if (audioKbitPerChannel === null) return ['-c:a', audioCodec]
  return [
    ...['-c:a', audioCodec],
    ...audio.flatMap(({ channels }, i) => [`-b:a:${i}`, `${audioKbitPerChannel * Math.max(1, channels)}k`])
  ]
}

/** The same for a join and for one run. */
const reelOptions = (reel: string | null): string[] =>
  reel === null ? [] : ['-metadata:s:v:0', `reel_name=${reel}`]

const timecodeOptions = (timecode: string | null): string[] =>
  timecode === null ? [] : ['-timecode', timecode]

const containerOptions = (
  { container, fastStart }: Preset,
  timeBase: TimeBase,
  audio: readonly { sampleRate: number }[]
): string[] => [
  ...['-movie_timescale', String(movieTimescale(timeBase, audio))],
  ...(fastStart ? ['-movflags', '+faststart'] : []),
  ...['-f', container]
]

const tagOptions = (stream: string, { language, title, dispositions }: StreamTags): string[] => [
  ...(language === null ? [] : [`-metadata:s:${stream}`, `language=${language}`]),
  ...(title === null ? [] : [`-metadata:s:${stream}`, `title=${title}`]),
  ...(dispositions.length === 0 ? [] : [`-disposition:${stream}`, dispositions.join('+')])
]
