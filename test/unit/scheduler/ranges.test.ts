import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countUnits, without } from '../../../src/scheduler/ranges.ts'

const range = (start: number, end: number) => ({ start, end })

describe('taking a piece out of ranges', () => {
  it('leaves what is before and behind it', () => {
    expect(without([range(0, 10)], range(3, 5))).toEqual([range(0, 3), range(5, 10)])
    expect(without([range(0, 10)], range(0, 5))).toEqual([range(5, 10)])
    expect(without([range(0, 10)], range(5, 10))).toEqual([range(0, 5)])
    expect(without([range(0, 10)], range(0, 10))).toEqual([])
  })

  it('leaves the other ranges alone', () => {
    expect(without([range(0, 4), range(6, 9), range(20, 30)], range(6, 7))).toEqual([
      range(0, 4),
      range(7, 9),
      range(20, 30)
    ])
  })

  it('refuses what is empty, turned round, across a gap, or outside', () => {
    const ranges = [range(0, 4), range(6, 9)]
    for (const cut of [range(2, 2), range(3, 2), range(3, 7), range(4, 6), range(8, 10), range(-1, 2)]) {
      expect(without(ranges, cut), JSON.stringify(cut)).toBeNull()
    }
  })

  it('refuses what is no number', () => {
    expect(without([range(0, 4)], range(0, Number.NaN))).toBeNull()
  })

  it('takes exactly as many units as the piece has', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.nat(1_000), (a, b, c) => {
        const [low, middle, high] = [a, b, c].sort((x, y) => x - y) as [number, number, number]
        const ranges = [range(0, 2_000), range(3_000, 3_500)]
        const left = without(ranges, range(low, high))
        if (low === high) return left === null
        expect(countUnits(left!)).toBe(countUnits(ranges) - (high - low))
        const hit = left!.some(({ start, end }) => start <= middle && middle < end)
        return hit === (middle === high)
      })
    )
  })
})
