import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  microseconds,
  microsOf,
  movieTimescale,
  parseTimeBase,
  rescale,
  toMicros,
  trackTimescale
} from '../../../src/media/time-base.ts'

describe('rescale', () => {
  test('rounds to the nearest, halves away from zero', () => {
    expect(rescale(1, { num: 1, den: 2 }, { num: 1, den: 1 })).toBe(1)
    expect(rescale(-1, { num: 1, den: 2 }, { num: 1, den: 1 })).toBe(-1)
    expect(rescale(1, { num: 1, den: 3 }, { num: 1, den: 1 })).toBe(0)
    expect(rescale(132006, { num: 1, den: 90000 }, microseconds)).toBe(1466733)
  })

  test('loses nothing on the way to microseconds and back, in any clock not finer than they', () => {
    const base = fc.record({
      num: fc.integer({ min: 1, max: 1001 }),
      den: fc.integer({ min: 1, max: 999_999 })
    })
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), base, (ticks, timeBase) => {
        expect(rescale(toMicros(ticks, timeBase), microseconds, timeBase)).toBe(ticks)
      })
    )
  })

  test('stays exact where a product leaves the safe integers', () => {
    expect(toMicros(2 ** 33, { num: 1001, den: 30000 })).toBe(286_617_484_219_733)
  })
})

test('reads time bases, and nothing else as one', () => {
  expect(parseTimeBase('1001/30000')).toEqual({ num: 1001, den: 30000 })
  for (const text of ['0/1', '1/0', '1', '', undefined, '1/-2']) expect(parseTimeBase(text)).toBeNull()
})

test('reads decimal seconds without rounding', () => {
  expect(microsOf('1.469978')).toBe(1469978)
  expect(microsOf('-0.021')).toBe(-21000)
  expect(microsOf('30')).toBe(30_000_000)
  expect(microsOf('N/A')).toBeNull()
})

test('gives a track a clock that holds the source’s times', () => {
  expect(trackTimescale({ num: 1, den: 12800 })).toBe(12800)
  expect(trackTimescale({ num: 1, den: 25 })).toBe(12800)
  expect(trackTimescale({ num: 1001, den: 30000 })).toBe(30000)
  expect(trackTimescale({ num: 1, den: 1000 })).toBe(16000)
})

test('gives a file a clock that holds video and audio alike, as long as it fits', () => {
  expect(movieTimescale({ num: 1, den: 12800 }, [{ sampleRate: 48000 }])).toBe(192_000)
  expect(movieTimescale(null, [{ sampleRate: 44100 }])).toBe(441_000)
  expect(movieTimescale({ num: 1, den: 999_983 }, [{ sampleRate: 48000 }])).toBe(999_983)
})
