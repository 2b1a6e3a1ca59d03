import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** `[delta, repeat]`: that many frames, each `delta` ticks after the one before. */
export type DeltaRun = readonly [delta: number, repeat: number]

/**
 * Presentation times in few bytes, because they are kept in the ledger: a constant rate is one run. Where a container's
 * coarse clock makes deltas alternate (41, 42, 42 ms…) there are many runs, and they are kept deflated as base64.
 */
export type PackedTimes =
  | { first: number; count: number; runs: readonly DeltaRun[] }
  | { first: number; count: number; deflated: string }

/** More runs than this are deflated. */
const plainRuns = 64

/** Frames of one source, at most: a day at 120 frames a second. Bounds what a packed list can grow to. */
export const maxFrames = 24 * 3600 * 120

/** Packs ascending integer times. */
export function packTimes(times: readonly number[]): PackedTimes {
  const first = times[0] ?? 0
  const runs: [number, number][] = []
  for (let i = 1; i < times.length; i++) {
    const delta = times[i]! - times[i - 1]!
    const last = runs.at(-1)
    if (last && last[0] === delta) last[1]++
    else runs.push([delta, 1])
  }
  if (runs.length <= plainRuns) return { first, count: times.length, runs }
  const deflated = deflateRawSync(JSON.stringify(runs)).toString('base64')
  return { first, count: times.length, deflated }
}

/**
 * The times that were packed.
 * @throws RangeError when the runs do not add up to `count`
 */
export function unpackTimes(packed: PackedTimes): number[] {
  if (packed.count === 0) return []
  if (packed.count > maxFrames) throw new RangeError(`${packed.count} frames are more than ${maxFrames}`)
  const runs: readonly DeltaRun[] =
    'runs' in packed
      ? packed.runs
      : JSON.parse(
          inflateRawSync(Buffer.from(packed.deflated, 'base64'), { maxOutputLength: 1 << 28 }).toString(
            'utf8'
          )
        )
  const times = [packed.first]
  let time = packed.first
  for (const [delta, repeat] of runs) {
    if (times.length + repeat > packed.count) throw new RangeError('the packed times hold too many frames')
    for (let i = 0; i < repeat; i++) {
      time += delta
      times.push(time)
    }
  }
  if (times.length !== packed.count) throw new RangeError('the packed times hold too few frames')
  return times
}

/** What shows that exactly the planned frames were encoded. Of constant size, however long the chunk. */
export interface FrameProof {
  count: number
  firstPts: number
  lastPts: number
  /** SHA-256 (hexadecimal) of every time as decimal text, each followed by a newline. */
  ptsDigest: string
}

/** The proof of a list of times; `offset` is added to each. */
export function proofOf(times: readonly number[], offset = 0): FrameProof {
  const hash = createHash('sha256')
  for (const time of times) hash.update(`${time + offset}\n`)
  return {
    count: times.length,
    firstPts: (times[0] ?? 0) + offset,
    lastPts: (times.at(-1) ?? 0) + offset,
    ptsDigest: hash.digest('hex')
  }
}

/** Why a proof is not the planned one, in words for a log, or null when they agree. */
export function whyUnproved(planned: FrameProof, actual: FrameProof): string | null {
  if (actual.count !== planned.count) return `${actual.count} of ${planned.count} frames were decoded`
  if (actual.firstPts !== planned.firstPts) {
    return `the first frame is at ${actual.firstPts}, planned was ${planned.firstPts}`
  }
  if (actual.lastPts !== planned.lastPts) {
    return `the last frame is at ${actual.lastPts}, planned was ${planned.lastPts}`
  }
  return actual.ptsDigest === planned.ptsDigest ? null : 'a frame in the middle is not at its planned time'
}
