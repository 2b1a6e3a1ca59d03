import type { Picture } from '../picture.ts'
import type { Preset } from '../presets/index.ts'
import { formatTimeBase, type TimeBase, trackTimescale } from '../time-base.ts'

export function videoOptions(preset: Preset, picture: Picture): string[] {
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
export const timeOptions = (timeBase: TimeBase, { encoderTimeBase }: Picture): string[] => [
  ...['-fps_mode', 'passthrough', '-enc_time_base:v', formatTimeBase(encoderTimeBase, ':')],
  ...['-video_track_timescale', String(trackTimescale(timeBase))]
]
