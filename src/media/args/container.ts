import type { Preset } from '../presets/index.ts'
import { movieTimescale, type TimeBase } from '../time-base.ts'

/** The same for a join and for one run. */
export const reelOptions = (reel: string | null): string[] =>
  reel === null ? [] : ['-metadata:s:v:0', `reel_name=${reel}`]

export const timecodeOptions = (timecode: string | null): string[] =>
  timecode === null ? [] : ['-timecode', timecode]

export const containerOptions = (
  { container, fastStart }: Preset,
  timeBase: TimeBase,
  audio: readonly { sampleRate: number }[]
): string[] => [
  ...['-movie_timescale', String(movieTimescale(timeBase, audio))],
  ...(fastStart ? ['-movflags', '+faststart'] : []),
  ...['-f', container]
]
