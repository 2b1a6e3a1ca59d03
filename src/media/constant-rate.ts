import type { FileReport } from './inspect.ts'
import { frameLasting } from './picture.ts'
import type { FrameIndex } from './source.ts'
import { rescale, type TimeBase } from './time-base.ts'

/** ffmpeg's `fps` filter rounds the beginning and the end each to a frame. */
const slackFrames = 1

/** How many frames of a constant rate there are from a source's first frame to the end of its last. */
export function framesAt(
  rate: string,
  { pts, lastDuration }: Pick<FrameIndex, 'pts' | 'lastDuration'>,
  timeBase: TimeBase
): number {
  const [first = 0] = pts
  const end = (pts.at(-1) ?? 0) + lastDuration
  return Math.max(1, rescale(end - first, timeBase, frameLasting(rate)))
}

/**
 * Why a finished file does not hold frames of a constant rate, or not as many as its source is long, in words for a log;
 * or null.
 * @param expected null where the source does not tell
 */
export function whyNotConstant(
  { video }: Pick<FileReport, 'video'>,
  rate: string,
  expected: number | null
): string | null {
  if (video === null) return 'it has no video'
  const { pts, timeBase } = video
  if (expected !== null && Math.abs(pts.length - expected) > slackFrames) {
    return `it has ${pts.length} frames at ${rate} a second, its source is ${expected} long`
  }
  const lasting = frameLasting(rate)
  // Clocks that do not hold the rate round every time, the first too.
  const isExact = (timeBase.den * lasting.num) % (timeBase.num * lasting.den) === 0
  for (const [i, time] of pts.entries()) {
    const off = Math.abs(time - pts[0]! - rescale(i, lasting, timeBase))
    if (off > (isExact ? 0 : 1)) return `frame ${i} is not where it should be at ${rate} frames a second`
  }
  return null
}
