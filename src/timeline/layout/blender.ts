import type { PictureSizes } from '../../model/index.ts'

/** Sizes of proxies that Blender knows, in percent of the source's picture. */
const percents = [25, 50, 75, 100] as const

/** Pixels by which a size may differ: Blender rounds up to even numbers, others down. */
const roundingPixels = 2

/**
 * The containers that may hide behind Blender's `.avi`. Since about 4.4 it writes MP4 under that name itself, "since [AVI]
 * does not support video rotation metadata" (`imbuf/movie/intern/movie_proxy_indexer.cc`), and it has always read what
 * libavformat finds in the file. Frames are sought by their times, so that MKV's milliseconds will not do.
 */
const containers: readonly string[] = ['mov', 'mp4']

export type BlenderName = { kind: 'name'; name: string } | { kind: 'wrong'; message: string; hint: string }

/**
 * What Blender calls a proxy of this size. It draws proxies as if they had exactly the size of their name
 * (`seq_need_scale_to_render_size` of its sequencer), so that any other size would be shown too large or too small. No
 * timecode index is needed: without one, frames have the same numbers in both (`MOV_calc_frame_index_with_timecode`,
 * gone in 5.x).
 */
export function blenderName(extension: string, picture: PictureSizes | null): BlenderName {
  if (!containers.includes(extension)) {
    return {
      kind: 'wrong',
      message: `Blender's proxies are made as mov or mp4 here, whatever their name, not as ${extension}`,
      hint: 'choose a preset whose container is mov or mp4, such as blender_proxy'
    }
  }
  if (picture === null) {
    return {
      kind: 'wrong',
      message: 'the size of its picture is not known',
      hint: 'check that it can be read'
    }
  }
  const { source, output } = picture
  const isNear = (length: number, whole: number, percent: number): boolean =>
    Math.abs(length - (whole * percent) / 100) <= roundingPixels
  const percent = percents.find(
    (one) => isNear(output.width, source.width, one) && isNear(output.height, source.height, one)
  )
  if (percent !== undefined) return { kind: 'name', name: `proxy_${percent}.avi` }
  return {
    kind: 'wrong',
    message: `Blender knows proxies of 25, 50, 75 and 100% of the picture, and ${output.width}x${output.height} is none of these of ${source.width}x${source.height}`,
    hint: 'choose a preset with `height: half`, `quarter` or `source`, such as blender_proxy'
  }
}
