import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimelineError } from '../../../src/timeline/errors.ts'
import {
  add,
  ceil,
  compare,
  divide,
  floor,
  fromNumber,
  multiply,
  parseDecimal,
  rateFromDecimal,
  rational,
  round,
  subtract
} from '../../../src/timeline/rational.ts'

const any = fc
  .tuple(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.integer({ min: 1, max: 100_000 }))
  .map(([num, den]) => rational(num, den))

describe('an exact number', () => {
  it('is reduced and has its sign above', () => {
    expect(rational(6, -4)).toEqual({ num: -3, den: 2 })
    expect(rational(0, 5)).toEqual({ num: 0, den: 1 })
  })

  it('comes back from every calculation that is undone', () => {
    fc.assert(
      fc.property(any, any, (left, right) => {
        expect(subtract(add(left, right), right)).toEqual(left)
        if (right.num !== 0) expect(multiply(divide(left, right), right)).toEqual(left)
      })
    )
  })

  it('is rounded down, up and to the nearest', () => {
    fc.assert(
      fc.property(any, (value) => {
        expect(compare(rational(floor(value)), value)).toBeLessThanOrEqual(0)
        expect(compare(rational(floor(value) + 1), value)).toBe(1)
        expect(compare(rational(ceil(value)), value)).toBeGreaterThanOrEqual(0)
        expect(Math.abs(round(value) - value.num / value.den)).toBeLessThanOrEqual(0.5)
      })
    )
  })

  it('keeps what floats would lose: an hour and a third of a sample', () => {
    const hour = rational(3600)
    expect(add(hour, rational(1, 144_000))).toEqual({ num: 518_400_001, den: 144_000 })
  })

  it('is refused when it cannot be kept exactly or is divided by zero', () => {
    expect(() => rational(10n ** 30n, 7)).toThrow(TimelineError)
    expect(() => rational(1, 0)).toThrow(/divided by 0/)
  })
})

describe('a number that is written in decimal', () => {
  it.each([
    ['1055.0', { num: 1055, den: 1 }],
    ['-3.25', { num: -13, den: 4 }],
    ['1e3', { num: 1000, den: 1 }],
    ['86501.', { num: 86_501, den: 1 }]
  ])('is read exactly: %s', (text, value) => {
    expect(parseDecimal(text)).toEqual(value)
  })

  it.each(['', 'x', '1,5', '0x10', 'NaN', '1e400', `1${'0'.repeat(40)}`])('is none: %s', (text) => {
    expect(parseDecimal(text)).toBeNull()
  })
})

describe('a number of JSON', () => {
  it('is exact to a millionth, and whole where rounding left it beside a whole number', () => {
    expect(fromNumber(0.1)).toEqual({ num: 1, den: 10 })
    expect(fromNumber(1023.9999999999999)).toEqual({ num: 1024, den: 1 })
    expect(fromNumber(86_501)).toEqual({ num: 86_501, den: 1 })
    expect(fromNumber(Number.POSITIVE_INFINITY)).toBeNull()
    expect(fromNumber(1e300)).toBeNull()
  })
})

describe('a rate that is written in decimal', () => {
  it.each([
    [23.976, 24_000, 1001],
    [23.98, 24_000, 1001],
    [23.976023976023978, 24_000, 1001],
    [29.97, 30_000, 1001],
    [59.94005994005994, 60_000, 1001],
    [47.952, 48_000, 1001],
    [24, 24, 1],
    [25, 25, 1],
    [12.5, 25, 2],
    [24.5, 49, 2]
  ])('%d', (written, num, den) => {
    expect(rateFromDecimal(written)).toEqual({ num, den })
  })

  it('is none when it is not above zero', () => {
    expect(rateFromDecimal(0)).toBeNull()
    expect(rateFromDecimal(-24)).toBeNull()
  })
})
