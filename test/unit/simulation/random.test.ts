import { describe, expect, it } from 'vitest'
import { Random } from '../../simulation/random.ts'

const draw = (seed: number, count = 1_000): number[] => {
  const random = new Random(seed)
  return Array.from({ length: count }, () => random.next())
}

describe('seeded randomness', () => {
  it('is the same for the same seed, and another for the next', () => {
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(new Set([draw(1, 1), draw(2, 1), draw(3, 1)].flat()).size).toBe(3)
  })

  it('is spread evenly between 0 and 1, without 1', () => {
    const numbers = draw(42, 20_000)
    const tenths = Array.from({ length: 10 }, () => 0)
    for (const number of numbers) {
      expect(number).toBeGreaterThanOrEqual(0)
      expect(number).toBeLessThan(1)
      tenths[Math.floor(number * 10)]! += 1
    }
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200)
  })

  it('draws whole numbers between both ends, ends included', () => {
    const random = new Random(1)
    const drawn = new Set(Array.from({ length: 500 }, () => random.int(-1, 2)))
    expect([...drawn].sort((a, b) => a - b)).toEqual([-1, 0, 1, 2])
  })

  it('picks every element of a list, and none of an empty one', () => {
    const random = new Random(1)
    expect(new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))).toEqual(
      new Set(['a', 'b', 'c'])
    )
    expect(() => random.pick([])).toThrow(RangeError)
  })

  it('takes chances as often as it is told', () => {
    const random = new Random(1)
    const hits = Array.from({ length: 10_000 }, () => random.chance(0.3)).filter(Boolean).length
    expect(Math.abs(hits - 3_000)).toBeLessThan(200)
    expect(random.chance(0)).toBe(false)
    expect(random.chance(1)).toBe(true)
  })

  it('draws skewed numbers mostly near the low end', () => {
    const random = new Random(1)
    const drawn = Array.from({ length: 10_000 }, () => random.skewed(10, 20))
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...drawn)).toBeLessThan(20)
    const low = drawn.filter((number) => number < 12.5).length
    expect(Math.abs(low - 5_000)).toBeLessThan(300)
  })
})
