import type { DivisibleWork, UnitRange } from '../model/index.ts'

/** What the size of the next piece depends on. */
export interface CutShare {
  /** This worker's share of the speed of all slots that could take part, 0…1. */
  share: number
  /** All slots that could take part. */
  slots: number
  /** The share rests on this worker's own measured speed at this job, not on a guess. */
  measured?: boolean
}

/** How much of its share a worker gets at a time: the less is known of its speed, the less is staked on it. */
const guessedPart = 0.5
const measuredPart = 0.75

/**
 * The next piece to hand out of what is left.
 *
 * Guided self-scheduling (Polychronopoulos and Kuck, 1987) with a part of a share: a worker gets half of what would be
 * its own if all that is left were shared out by speed, three quarters once its speed is known, so that pieces are
 * large first and small at the end, and all workers end together. The last worker left takes everything: nobody pays for cuts that nobody needs.
 * Ends are moved to a free cut (keyframe) where one is near.
 */
export function nextPiece(
  remaining: readonly UnitRange[],
  work: DivisibleWork,
  { share, slots, measured = false }: CutShare
): UnitRange | null {
  const range = remaining[0]
  if (!range) return null
  const leftUnits = remaining.reduce((sum, { start, end }) => sum + end - start, 0)
  const guided = slots <= 1 ? leftUnits : leftUnits * share * (measured ? measuredPart : guessedPart)
  const wanted = work.fixedUnits ?? clamp(Math.ceil(guided), work.minUnits, work.maxUnits ?? leftUnits)
  return { start: range.start, end: endOf(range, Math.max(1, wanted), work) }
}

/** About how many pieces the work is cut into when so many slots, equally fast, share it. */
export function expectedPieces(work: DivisibleWork, slots: number): number {
  let pieces = 0
  let start = 0
  while (start < work.totalUnits) {
    const share = { share: 1 / Math.max(1, slots), slots, measured: pieces >= slots }
    start = nextPiece([{ start, end: work.totalUnits }], work, share)!.end
    pieces += 1
  }
  return pieces
}

function endOf(range: UnitRange, wanted: number, work: DivisibleWork): number {
  const length = range.end - range.start
  const smallest = Math.min(work.fixedUnits ?? work.minUnits, work.minUnits)
  if (length - wanted < smallest / 2 || length <= wanted) return range.end
  const aim = range.start + wanted
  const free = work.cuts === null ? aim : nearestCut(work.cuts, aim, ...around(range.start, wanted, work))
  // Never before a free cut, which would then be none.
  const end = Math.ceil(free / (work.step ?? 1)) * (work.step ?? 1)
  // A tail too short to be a piece of its own goes along.
  return range.end - end < smallest / 2 ? range.end : end
}

/** How far a cut may be moved: half a piece either way, but not beyond the sizes that the job allows. */
function around(start: number, wanted: number, work: DivisibleWork): [low: number, high: number] {
  const half = wanted / 2
  if (work.fixedUnits !== null) return [start + half, start + wanted + half]
  const largest = Math.max(wanted, work.maxUnits ?? Number.POSITIVE_INFINITY)
  return [start + Math.max(half, work.minUnits), start + Math.min(wanted + half, largest)]
}

/** The free cut nearest to `aim` within the bounds, or `aim` where there is none: a cut in mid-GOP is dear, not wrong. */
function nearestCut(cuts: readonly number[], aim: number, low: number, high: number): number {
  const above = firstAtLeast(cuts, aim)
  let best = aim
  let distance = Number.POSITIVE_INFINITY
  for (const cut of [cuts[above - 1], cuts[above]]) {
    if (cut === undefined || cut < low || cut > high) continue
    if (Math.abs(cut - aim) < distance) {
      best = cut
      distance = Math.abs(cut - aim)
    }
  }
  return best
}

/** Index of the first element that is not below `value`, by bisection. */
function firstAtLeast(sorted: readonly number[], value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}

const clamp = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), Math.max(low, high))
