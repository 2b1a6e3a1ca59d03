import { equal } from '../rational.ts'
import { timecodeToTime } from '../timecode.ts'
import type { FileFacts } from '../used-frames.ts'

export type LinkMismatch = 'rate' | 'frame-count' | 'start-timecode'

/** Why a proxy cannot be linked to its source, in one line for a person. */
export interface WhyNot {
  mismatches: LinkMismatch[]
  reason: string
  hint: string
}

/**
 * What Resolve would refuse a proxy for: rate, frame count and start timecode must be those of the source. A file without
 * timecode starts at 00:00:00:00 for Resolve.
 * @param proxy as it was probed
 * @param source likewise: what Resolve itself tells of a rate is rounded
 * @returns null when all of them agree
 */
export function whyNotLinkable(proxy: FileFacts, source: FileFacts): WhyNot | null {
  const rateDiffers = !equal(proxy.rate, source.rate)
  const countDiffers = proxy.frameCount !== source.frameCount
  const startDiffers = !sameStart(proxy, source)
  const found: [LinkMismatch, boolean, string][] = [
    ['rate', rateDiffers, `${fps(proxy)} instead of ${fps(source)} frames a second`],
    ['frame-count', countDiffers, `${proxy.frameCount} instead of ${source.frameCount} frames`],
    ['start-timecode', startDiffers, `starts at ${start(proxy)} instead of ${start(source)}`]
  ]
  const wrong = found.filter(([, differs]) => differs)
  if (wrong.length === 0) return null
  const isPart = countDiffers && proxy.frameCount < source.frameCount
  return {
    mismatches: wrong.map(([mismatch]) => mismatch),
    reason: `the proxy is not like its source: ${wrong.map(([, , words]) => words).join(', ')}`,
    hint: isPart
      ? 'A proxy of a part cannot be linked to the whole clip; encode the whole clip.'
      : 'Encode it again with --force; the source may have been replaced since.'
  }
}

type Start = Pick<FileFacts, 'startTimecode'>

/** Two ways to write one timecode are the same; one that cannot be read is compared as it is written. */
export function sameStart(proxy: Start, source: FileFacts): boolean {
  const left = timecodeToTime(start(proxy), source.rate)
  const right = timecodeToTime(start(source), source.rate)
  return left === null || right === null ? start(proxy) === start(source) : equal(left, right)
}

const start = ({ startTimecode }: Start): string => startTimecode ?? '00:00:00:00'

const fps = ({ rate: { num, den } }: FileFacts): string => (den === 1 ? String(num) : `${num}/${den}`)
