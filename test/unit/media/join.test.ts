import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chunkDurations, concatList } from '../../../src/media/join.ts'
import { toMicros } from '../../../src/media/time-base.ts'

describe('lengths of chunks', () => {
  test('add up to the exact position of every chunk, however many there are', () => {
    const timeBase = { num: 1001, den: 30000 }
    const times = Array.from({ length: 5000 }, (_, i) => 90 + i)
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 4999 }), { maxLength: 300 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), 5000]
        const ranges = edges.slice(1).map((end, i) => ({ start: edges[i]!, end }))
        const durations = chunkDurations(ranges, times, timeBase)
        let position = 0
        for (const [i, { start }] of ranges.entries()) {
          expect(position).toBe(toMicros(times[start]! - times[0]!, timeBase))
          position += durations[i] ?? 0
        }
        expect(durations.at(-1)).toBeNull()
      })
    )
  })

  test.each([
    [
      'a gap',
      [
        { start: 0, end: 4 },
        { start: 5, end: 10 }
      ]
    ],
    [
      'an overlap',
      [
        { start: 0, end: 6 },
        { start: 5, end: 10 }
      ]
    ],
    ['a missing end', [{ start: 0, end: 9 }]],
    [
      'an empty chunk',
      [
        { start: 0, end: 0 },
        { start: 0, end: 10 }
      ]
    ],
    ['too long a chunk', [{ start: 0, end: 11 }]],
    ['no chunk at all', []]
  ])('are refused for %s', (_, ranges) => {
    const times = Array.from({ length: 10 }, (__, i) => i)
    expect(() => chunkDurations(ranges, times, { num: 1, den: 25 })).toThrow(RangeError)
  })
})

test('the list names each chunk with its length', () => {
  expect(
    concatList([
      { file: '2.1.mov', durationUs: 1_001_000 },
      { file: '1.3.mov', durationUs: null }
    ])
  ).toBe("ffconcat version 1.0\nfile '2.1.mov'\nduration 1001000us\nfile '1.3.mov'\n")
})

test('nothing but chunks gets into the list', () => {
  for (const file of ['../1.1.mov', '/etc/passwd', "1.1.mov'\nfile 'x", 'http://x/1.1.mov', '1.mov']) {
    expect(() => concatList([{ file, durationUs: null }])).toThrow(RangeError)
  }
})
