import { describeAll, ffmpegBytes, videoOf } from './read.ts'

export interface SeamQuality {
  /** PSNR in dB of the worst frame beside a seam, in the joined file. */
  joinedDb: number
  /** Of the same frame in the single run. */
  singleDb: number
}

/**
 * Measures the frames on both sides of each seam against the source's, in the joined file and in the single run.
 * @returns the frame that lost most
 */
export function worstSeam(
  files: { joined: string; single: string; source: string },
  starts: readonly number[],
  size: { width: number; height: number; pixelFormat: string }
): SeamQuality | null {
  const [joined, single] = [psnr(files.joined, files.source, size), psnr(files.single, files.source, size)]
  const beside = starts.filter((start) => start > 0).flatMap((start) => [start - 1, start])
  const seams = beside.map((frame) => ({
    joinedDb: joined[frame] ?? Number.NaN,
    singleDb: single[frame] ?? Number.NaN
  }))
  return seams.sort((a, b) => a.joinedDb - a.singleDb - (b.joinedDb - b.singleDb))[0] ?? null
}

/** PSNR of each frame against the source's frame of the same number. */
function psnr(
  file: string,
  source: string,
  { width, height, pixelFormat }: { width: number; height: number; pixelFormat: string }
): number[] {
  const numbered = 'settb=1/25,setpts=N'
  const { index } = videoOf(describeAll(source))
  const graph = [
    `[0:v:0]${numbered}[made]`,
    `[1:${index}]${numbered},scale=${width}:${height}:flags=bicubic,format=${pixelFormat}[source]`,
    '[made][source]psnr=stats_file=-[out]'
  ]
  const text = ffmpegBytes([
    ...['-i', file, '-i', source, '-lavfi', graph.join(';'), '-map', '[out]'],
    ...['-fps_mode', 'passthrough', '-f', 'null', '-']
  ]).toString('utf8')
  return [...text.matchAll(/psnr_avg:(\S+)/g)].map(([, value]) => (value === 'inf' ? 100 : Number(value)))
}
