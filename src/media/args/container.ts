import type { Preset } from '../presets/index.ts'
import { movieTimescale, type TimeBase, trackTimescale } from '../time-base.ts'

/** ffmpeg's names of the containers. */
const formats: Readonly<Record<Preset['container'], string>> = {
  mov: 'mov',
  mp4: 'mp4',
  mkv: 'matroska',
  mxf: 'mxf'
}

/** Containers whose clock can be chosen; the others' is fixed: milliseconds (MKV), frames (MXF). */
const hasClocks = ({ container }: Pick<Preset, 'container'>): boolean =>
  container === 'mov' || container === 'mp4'

/**
 * What a container that counts in frames (MXF) has instead of times: all streams begin with the first frame and end
 * with the last.
 */
export interface FrameClock {
  /** Frames a second: `25`, `30000/1001`. */
  rate: string
  /** Time of the first frame after the container's start, in microseconds. */
  startUs: number
  frames: number
}

/** The same for a join and for one run. */
export const reelOptions = (reel: string | null): string[] =>
  reel === null ? [] : ['-metadata:s:v:0', `reel_name=${reel}`]

/** A stream of its own in MOV and MP4, a part of the header in MXF, tags of the file and of its video in MKV. */
export function timecodeOptions({ container }: Pick<Preset, 'container'>, timecode: string | null): string[] {
  if (timecode === null) return []
  return [
    ...['-timecode', timecode],
    ...(container === 'mkv' ? ['-metadata:s:v:0', `timecode=${timecode}`] : [])
  ]
}

/** An output's streams as options name them. */
export const streamNames = (audioStreams: number): string[] => [
  'v:0',
  ...Array.from({ length: audioStreams }, (_, i) => `a:${i}`)
]

/** Of MOV alone: in others the source's would be an idle tag. */
export const vendorOptions = (preset: Pick<Preset, 'container'>, streams: readonly string[]): string[] =>
  hasClocks(preset) ? [] : streams.flatMap((stream) => [`-metadata:s:${stream}`, 'vendor_id='])

export const trackClockOptions = (preset: Pick<Preset, 'container'>, timeBase: TimeBase): string[] =>
  hasClocks(preset) ? ['-video_track_timescale', String(trackTimescale(timeBase))] : []

export const containerOptions = (
  preset: Pick<Preset, 'container' | 'fastStart'>,
  timeBase: TimeBase,
  audio: readonly { sampleRate: number }[]
): string[] => [
  ...(hasClocks(preset) ? ['-movie_timescale', String(movieTimescale(timeBase, audio))] : []),
  ...(preset.fastStart ? ['-movflags', '+faststart'] : []),
  ...['-f', formats[preset.container]]
]
