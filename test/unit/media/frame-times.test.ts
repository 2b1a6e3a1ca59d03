import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packTimes, proofOf, unpackTimes, whyUnproved } from '../../../src/media/frame-times.ts'

const times = fc
  .tuple(fc.integer({ min: -1000, max: 1e9 }), fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 400 }))
  .map(([first, deltas]) => {
    let time = first
    return [first, ...deltas.map((delta) => (time += delta))]
  })

describe('packed times', () => {
  test('come out as they went in', () => {
    fc.assert(
      fc.property(times, (list) => {
        expect(unpackTimes(packTimes(list))).toEqual(list)
      })
    )
    expect(unpackTimes(packTimes([]))).toEqual([])
  })

  test('are one run at a constant rate, however long', () => {
    const list = Array.from({ length: 200_000 }, (_, i) => i * 512)
    expect(packTimes(list)).toEqual({ first: 0, count: 200_000, runs: [[512, 199_999]] })
  })

  test('stay small where a coarse clock makes deltas alternate', () => {
    const list = Array.from({ length: 100_000 }, (_, i) => Math.round((i * 1001) / 24))
    expect(JSON.stringify(packTimes(list)).length).toBeLessThan(10_000)
  })

  test('that do not add up are refused', () => {
    expect(() => unpackTimes({ first: 0, count: 3, runs: [[1, 3]] })).toThrow(RangeError)
    expect(() => unpackTimes({ first: 0, count: 3, runs: [[1, 1]] })).toThrow(RangeError)
    expect(() => unpackTimes({ first: 0, count: 1e12, runs: [[1, 1e12]] })).toThrow(RangeError)
  })
})

describe('a proof', () => {
  test('holds for the same frames, wherever their times are counted from', () => {
    expect(proofOf([0, 512, 1024], 5120)).toEqual(proofOf([5120, 5632, 6144]))
    expect(whyUnproved(proofOf([1, 2, 3]), proofOf([1, 2, 3]))).toBeNull()
  })

  test('fails for any other list', () => {
    fc.assert(
      fc.property(times, times, (a, b) => {
        const equal = JSON.stringify(a) === JSON.stringify(b)
        expect(whyUnproved(proofOf(a), proofOf(b)) === null).toBe(equal)
      })
    )
  })

  test('says what is different', () => {
    const planned = proofOf([0, 10, 20, 30])
    expect(whyUnproved(planned, proofOf([0, 10, 20]))).toBe('3 of 4 frames were decoded')
    expect(whyUnproved(planned, proofOf([1, 10, 20, 30]))).toBe('the first frame is at 1, planned was 0')
    expect(whyUnproved(planned, proofOf([0, 10, 20, 31]))).toBe('the last frame is at 31, planned was 30')
    expect(whyUnproved(planned, proofOf([0, 10, 21, 30]))).toBe(
      'a frame in the middle is not at its planned time'
    )
  })
})
