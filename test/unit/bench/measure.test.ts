import { expect, test } from 'vitest'
import { interleaved, median, table } from '../../bench/measure.ts'

test('the median is the middle value, or the mean of the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(() => median([])).toThrow(RangeError)
})

test('ways are run in turn, forwards and backwards', async () => {
  const order: string[] = []
  const way = (name: string, ms: number) => ({
    name,
    run: async () => {
      order.push(name)
      return ms
    }
  })
  const results = await interleaved([way('a', 1), way('b', 2)], 3, () => {})
  expect(order.join('')).toBe('abbaab')
  expect(results).toEqual([
    { name: 'a', runsMs: [1, 1, 1] },
    { name: 'b', runsMs: [2, 2, 2] }
  ])
})

test('the table holds medians, ranges and ratios both ways', () => {
  const results = [
    { name: 'plain', runsMs: [10_000, 12_000, 11_000] },
    { name: 'node', runsMs: [11_550, 11_550, 11_550] },
    { name: 'four', runsMs: [2750] }
  ]
  const text = table(results, [
    { name: 'node', against: 'plain', aim: 'at most 1.05', invert: false },
    { name: 'four', against: 'plain', aim: '', invert: true }
  ])
  expect(text.split('\n').slice(2)).toEqual([
    '| plain | 11.00 | 10.00–12.00 |  |  |',
    '| node | 11.55 | 11.55–11.55 | 1.050 × the time of plain | at most 1.05 |',
    '| four | 2.75 | 2.75–2.75 | 4.00 × as fast as plain |  |'
  ])
})
