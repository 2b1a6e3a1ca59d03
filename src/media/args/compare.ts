import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'

/** How two pictures are compared: as people see them where ffmpeg has libvmaf, else by their structure. */
export type QualityMeasure = 'vmaf' | 'ssim'

/** Frames of the source as they went into the encoder. */
export interface Reference {
  input: FfmpegCommand['inputs'][number]
  videoIndex: number
  filters: readonly string[]
}

/** Frame by frame in the order in which they are shown; what is printed is read by `parseScore`. */
export function compareCommand(reference: Reference, path: string, measure: QualityMeasure): FfmpegCommand {
  // Rates and clocks of the two may differ: the first is held against the first, and so on.
  const inOrder = ['format=yuv420p10le', 'settb=1/1000', 'setpts=N']
  const compare = measure === 'vmaf' ? 'libvmaf=pool=min' : 'ssim,metadata=mode=print:key=lavfi.ssim.All'
  const graph = [
    `[0:${reference.videoIndex}]${[...reference.filters, ...inOrder].join(',')}[source]`,
    `[1:v:0]${inOrder.join(',')}[file]`,
    `[file][source]${compare}[compared]`
  ]
  return {
    inputs: [reference.input, { options: ['-threads', '0', '-noautorotate'], source: fileUrl(path) }],
    outputs: [
      {
        options: [
          ...['-filter_complex', graph.join(';'), '-map', '[compared]'],
          ...['-fps_mode', 'passthrough', '-f', 'null']
        ],
        target: '-'
      }
    ]
  }
}

/** A score of 0 to 100 that a line of the log tells, or null. Of VMAF it is that of the worst frame. */
export function parseScore(line: string): number | null {
  const ssim = /lavfi\.ssim\.All=(\S+)/.exec(line)
  if (ssim) return (Number(ssim[1]) || 0) * 100
  const vmaf = /VMAF score: (\S+)/.exec(line)
  return vmaf ? Number(vmaf[1]) || 0 : null
}

/** Decodes every frame and ends at the first that is not as it should be. */
export const decodeCommand = (path: string): FfmpegCommand => ({
  inputs: [{ options: ['-xerror', '-err_detect', 'explode'], source: fileUrl(path) }],
  outputs: [{ options: ['-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'null'], target: '-' }]
})
