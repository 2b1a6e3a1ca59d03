import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DivisibleWork, UnitRange } from '../../../src/model/index.ts'
import { nextPiece } from '../../../src/scheduler/cut.ts'
import { workOf } from './kit.ts'

const all = (work: DivisibleWork): UnitRange[] => [{ start: 0, end: work.totalUnits }]
const alone = { share: 1, slots: 1 }

/** Cuts a job to its end, each piece by the next of these shares (slots with unlike speeds taking turns). */
function cutUp(work: DivisibleWork, shares: readonly number[]): UnitRange[] {
  const pieces: UnitRange[] = []
  let start = 0
  while (start < work.totalUnits) {
    const share = shares[pieces.length % shares.length]!
    const piece = nextPiece([{ start, end: work.totalUnits }], work, { share, slots: shares.length })!
    pieces.push(piece)
    start = piece.end
    if (pieces.length > work.totalUnits) throw new Error('more pieces than frames')
  }
  return pieces
}

const lengths = (pieces: readonly UnitRange[]): number[] => pieces.map(({ start, end }) => end - start)

describe('the next piece', () => {
  it('is nothing when nothing is left', () => {
    expect(nextPiece([], workOf(), alone)).toBeNull()
  })

  it('is everything when one slot is all there is: nobody pays for cuts that nobody needs', () => {
    expect(nextPiece(all(workOf()), workOf(), alone)).toEqual({ start: 0, end: 100 })
    const far = { start: 700, end: 1_000 }
    expect(nextPiece([far], workOf({ totalUnits: 1_000, cuts: [720] }), alone)).toEqual(far)
  })

  it('is half of what would be the slot’s part of the rest', () => {
    const work = workOf({ totalUnits: 1_000 })
    expect(nextPiece(all(work), work, { share: 0.25, slots: 4 })).toEqual({ start: 0, end: 125 })
    expect(nextPiece([{ start: 125, end: 1_000 }], work, { share: 0.25, slots: 4 })).toEqual({
      start: 125,
      end: 235
    })
  })

  it('is a larger part of its share for a worker whose speed is known', () => {
    const work = workOf({ totalUnits: 1_000, fixedUnits: null })
    const guessed = nextPiece(all(work), work, { share: 0.25, slots: 4 })!
    const known = nextPiece(all(work), work, { share: 0.25, slots: 4, measured: true })!
    expect([guessed.end, known.end]).toEqual([125, 188])
  })

  it('is larger for a faster slot', () => {
    const work = workOf({ totalUnits: 1_000 })
    const [fast] = lengths([nextPiece(all(work), work, { share: 0.6, slots: 3 })!])
    const [slow] = lengths([nextPiece(all(work), work, { share: 0.1, slots: 3 })!])
    expect([fast, slow]).toEqual([300, 50])
  })

  it('is never smaller than the job allows, and never larger', () => {
    const work = workOf({ totalUnits: 1_000, minUnits: 40, maxUnits: 100 })
    expect(lengths([nextPiece(all(work), work, { share: 0.01, slots: 100 })!])).toEqual([40])
    expect(lengths([nextPiece(all(work), work, { share: 1, slots: 2 })!])).toEqual([100])
  })

  it('has the length that a person asked for', () => {
    const work = workOf({ totalUnits: 100, minUnits: 40, fixedUnits: 30 })
    expect(lengths(cutUp(work, [0.5, 0.5]))).toEqual([30, 30, 40])
  })

  it('takes a tail along that is too short for a piece of its own', () => {
    const work = workOf({ totalUnits: 104, minUnits: 10, fixedUnits: 50 })
    expect(lengths(cutUp(work, [1]))).toEqual([50, 54])
  })

  it('starts where a cut is free, when there is a keyframe near', () => {
    const work = workOf({ totalUnits: 1_000, cuts: [120, 240, 360], minUnits: 10, fixedUnits: 100 })
    expect(nextPiece(all(work), work, alone)).toEqual({ start: 0, end: 120 })
  })

  it('takes the nearer of two keyframes', () => {
    const work = workOf({ totalUnits: 1_000, cuts: [90, 104], fixedUnits: 100 })
    expect(nextPiece(all(work), work, alone)!.end).toBe(104)
    expect(nextPiece(all(work), { ...work, cuts: [97, 104] }, alone)!.end).toBe(97)
  })

  it('cuts in mid-GOP when no keyframe is near', () => {
    const work = workOf({ totalUnits: 1_000, cuts: [10, 400], fixedUnits: 100 })
    expect(nextPiece(all(work), work, alone)!.end).toBe(100)
  })

  it('is not made smaller than the job allows for the sake of a keyframe', () => {
    const work = workOf({ totalUnits: 1_000, cuts: [30], minUnits: 50 })
    expect(nextPiece(all(work), work, { share: 0.01, slots: 100 })!.end).toBe(50)
  })

  it('is not made larger than the job allows for the sake of a keyframe', () => {
    const work = workOf({ totalUnits: 1_000, cuts: [120], maxUnits: 100 })
    expect(nextPiece(all(work), work, { share: 1, slots: 2 })!.end).toBe(100)
  })
})

describe('pieces of any job among any slots', () => {
  const works = fc
    .record({
      totalUnits: fc.integer({ min: 1, max: 3_000 }),
      gop: fc.option(fc.integer({ min: 1, max: 300 }), { nil: null }),
      minUnits: fc.integer({ min: 1, max: 200 }),
      maxUnits: fc.option(fc.integer({ min: 1, max: 500 }), { nil: null }),
      fixedUnits: fc.option(fc.integer({ min: 1, max: 300 }), { nil: null })
    })
    .map(({ gop, maxUnits, ...work }): DivisibleWork => {
      const cuts = gop
        ? Array.from({ length: Math.floor(work.totalUnits / gop) }, (_, i) => (i + 1) * gop)
        : null
      return { kind: 'encode-chunk', ...work, cuts, maxUnits: maxUnits && Math.max(maxUnits, work.minUnits) }
    })
  const shares = fc
    .array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 12 })
    .map((speeds) => speeds.map((speed) => speed / speeds.reduce((sum, next) => sum + next, 0)))

  it('cover every frame once, in order, and none is empty', () => {
    fc.assert(
      fc.property(works, shares, (work, among) => {
        let at = 0
        for (const { start, end } of cutUp(work, among)) {
          expect(start).toBe(at)
          expect(end).toBeGreaterThan(start)
          at = end
        }
        expect(at).toBe(work.totalUnits)
      })
    )
  })

  it('are whole frames, at least the smallest size but for the last', () => {
    fc.assert(
      fc.property(works, shares, (work, among) => {
        const sizes = lengths(cutUp(work, among))
        expect(sizes.every(Number.isInteger)).toBe(true)
        if (work.fixedUnits !== null) return
        for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(work.minUnits)
      })
    )
  })

  it('are at most the largest size, but for a short tail that goes along', () => {
    fc.assert(
      fc.property(works, shares, (work, among) => {
        fc.pre(work.maxUnits !== null && work.fixedUnits === null && among.length > 1)
        const sizes = lengths(cutUp(work, among))
        for (const size of sizes.slice(0, -1)) expect(size).toBeLessThanOrEqual(work.maxUnits!)
        expect(sizes.at(-1)!).toBeLessThan(work.maxUnits! + work.minUnits / 2)
      })
    )
  })

  it('have the asked length, give or take half for a keyframe', () => {
    fc.assert(
      fc.property(works, shares, (work, among) => {
        fc.pre(work.fixedUnits !== null)
        const asked = work.fixedUnits!
        for (const size of lengths(cutUp(work, among)).slice(0, -1)) {
          if (work.cuts === null) expect(size).toBe(asked)
          else expect(Math.abs(size - asked)).toBeLessThanOrEqual(asked / 2)
        }
      })
    )
  })

  it('begin where the encoder may begin, and never just before a free cut', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 6 }),
        fc.option(fc.integer({ min: 20, max: 250 }), { nil: null }),
        (totalUnits, step, slots, gop) => {
          const cuts =
            gop === null
              ? null
              : Array.from({ length: Math.ceil(totalUnits / gop) }, (_, i) => i * gop).slice(1)
          const work = workOf({ totalUnits, minUnits: 50, cuts, step })
          const pieces = cutUp(
            work,
            Array.from({ length: slots }, () => 1 / slots)
          )
          expect(lengths(pieces).reduce((sum, length) => sum + length, 0)).toBe(totalUnits)
          for (const { start } of pieces) expect(start % step).toBe(0)
        }
      )
    )
    const work = workOf({ totalUnits: 1000, minUnits: 50, cuts: [250, 500, 750], step: 32 })
    expect(nextPiece(all(work), work, { share: 0.5, slots: 2 })).toEqual({ start: 0, end: 256 })
  })

  it('get smaller towards the end, so that all end together', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 2, max: 12 }),
        (totalUnits, slots) => {
          const work = workOf({ totalUnits, minUnits: 1 })
          const sizes = lengths(
            cutUp(
              work,
              Array.from({ length: slots }, () => 1 / slots)
            )
          )
          for (const [i, size] of sizes.entries()) if (i > 0) expect(size).toBeLessThanOrEqual(sizes[i - 1]!)
        }
      )
    )
  })
})
