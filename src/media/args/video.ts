import { dnxhdMbits, isClassicDnxhd } from '../legal.ts'
import type { Picture } from '../picture.ts'
import type { Preset } from '../presets/index.ts'
import { formatTimeBase } from '../time-base.ts'
import { fieldOptions, hdrParameters } from './colour.ts'

export function videoOptions(preset: Preset, picture: Picture): string[] {
  const { codec } = preset
  return [
    ...['-c:v', codec],
    ...profileOptions(preset, picture),
    ...['-pix_fmt', picture.pixelFormat],
    ...(preset.speed === null ? [] : ['-preset', preset.speed]),
    ...(preset.crf === null ? [] : ['-crf', String(preset.crf)]),
    ...(preset.qp === null ? [] : ['-qp', String(preset.qp)]),
    ...gopOptions(preset, picture),
    ...libraryOptions(preset, picture),
    ...fieldOptions(codec, picture),
    ...preset.args,
    ...(preset.tag === null ? [] : ['-tag:v', preset.tag])
  ]
}

function profileOptions(preset: Preset, picture: Picture): string[] {
  const { profile } = preset
  if (profile === null) return []
  if (!isClassicDnxhd(preset)) return ['-profile:v', profile]
  const { num, den } = picture.encoderTimeBase
  const mbits = dnxhdMbits(preset, picture, den / num)
  return ['-profile:v', 'dnxhd', ...(mbits === null ? [] : ['-b:v', `${mbits}M`])]
}

function gopOptions({ codec, intra }: Preset, { gopFrames }: Picture): string[] {
  // x264 describes itself and its threads in a message (SEI) to the first frame it gets.
  if (intra) return ['-g', '1', ...(codec === 'libx264' ? ['-bsf:v', 'filter_units=remove_types=6'] : [])]
  return gopFrames === null ? [] : ['-g', String(gopFrames)]
}

/**
 * Frames a chunk must begin at a multiple of, so that the encoder of one run would be in the same state there. x264 turns
 * the number of an IDR picture over from frame to frame, and hides the frame's number, modulo 32, in the last bits of
 * CABAC (`x264_cabac_encode_flush`); x265 sets `slice_loop_filter_across_slices_enabled_flag` by a pattern of 31 frames
 * (`SLFASE_CONSTANT`). Neither changes the picture.
 */
export function chunkStep({ codec, intra }: Pick<Preset, 'codec' | 'intra'>): number {
  if (!intra) return 1
  return codec === 'libx265' ? 31 : 32
}

/** What a chunk is kept in until it is joined. MOV can hold any clock, but ffmpeg puts no AV1 into it. */
export const chunkFormat = ({ codec }: Pick<Preset, 'codec'>): Preset['container'] =>
  codec === 'libsvtav1' ? 'mp4' : 'mov'

/** What goes to an encoder's library in its own words. */
function libraryOptions({ codec }: Preset, picture: Picture): string[] {
  // The encoder's own description differs with a machine's cores, and would differ from chunk to chunk.
  if (codec === 'libx265') {
    return ['-x265-params', ['info=0', ...hdrParameters(codec, picture)].join(':')]
  }
  const hdr = hdrParameters(codec, picture)
  return codec === 'libsvtav1' && hdr.length > 0 ? ['-svtav1-params', hdr.join(':')] : []
}

/** Times pass through untouched, in ticks that hold them exactly. */
export const timeOptions = ({ encoderTimeBase }: Pick<Picture, 'encoderTimeBase'>): string[] => [
  ...['-fps_mode', 'passthrough', '-enc_time_base:v', formatTimeBase(encoderTimeBase, ':')]
]
