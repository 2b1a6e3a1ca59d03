import { brief, TimelineError } from './errors.ts'

/** An exact number: whole numbers, reduced, `den` above 0. Times are seconds, rates are frames per second. */
export interface Rational {
  num: number
  den: number
}

export const zero: Rational = { num: 0, den: 1 }

/** @throws TimelineError `malformed` when the reduced number has more digits than can be kept exactly */
export function rational(num: number | bigint, den: number | bigint = 1): Rational {
  let top = BigInt(num)
  let bottom = BigInt(den)
  if (bottom === 0n) throw new TimelineError('malformed', 'a time or rate is divided by 0')
  if (bottom < 0n) {
    top = -top
    bottom = -bottom
  }
  let [a, b] = [top < 0n ? -top : top, bottom]
  while (b !== 0n) [a, b] = [b, a % b]
  if (a > 1n) {
    top /= a
    bottom /= a
  }
  const result = { num: Number(top), den: Number(bottom) }
  if (!Number.isSafeInteger(result.num) || !Number.isSafeInteger(result.den)) {
    throw new TimelineError(
      'malformed',
      `the time or rate ${brief(`${top}/${bottom}`)} is beyond all measure`
    )
  }
  return result
}

const big = (value: Rational): [bigint, bigint] => [BigInt(value.num), BigInt(value.den)]

export function add(left: Rational, right: Rational): Rational {
  const [a, b] = big(left)
  const [c, d] = big(right)
  return rational(a * d + c * b, b * d)
}

export const negate = (value: Rational): Rational => ({
  num: value.num === 0 ? 0 : -value.num,
  den: value.den
})

export const subtract = (left: Rational, right: Rational): Rational => add(left, negate(right))

export const multiply = (left: Rational, right: Rational): Rational =>
  rational(BigInt(left.num) * BigInt(right.num), BigInt(left.den) * BigInt(right.den))

export const divide = (left: Rational, right: Rational): Rational =>
  rational(BigInt(left.num) * BigInt(right.den), BigInt(left.den) * BigInt(right.num))

/** Below 0 when `left` is the smaller one, 0 when both are the same. */
export function compare(left: Rational, right: Rational): number {
  const difference = BigInt(left.num) * BigInt(right.den) - BigInt(right.num) * BigInt(left.den)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export const equal = (left: Rational, right: Rational): boolean => compare(left, right) === 0

export const larger = (left: Rational, right: Rational): Rational => (compare(left, right) < 0 ? right : left)

export const smaller = (left: Rational, right: Rational): Rational =>
  compare(left, right) < 0 ? left : right

/** The largest whole number that is not above `value`. */
export const floor = (value: Rational): number => {
  const [a, b] = big(value)
  return Number(a < 0n ? -((-a + b - 1n) / b) : a / b)
}

/** The nearest whole number, halves upwards. */
export const round = (value: Rational): number => floor(add(value, { num: 1, den: 2 }))

export const ceil = (value: Rational): number => -floor(negate(value))

/** `1055`, `1055.0`, `-3.25`, `1e3`: what is written in decimal, exactly. Null when it is no number. */
export function parseDecimal(text: string): Rational | null {
  const match = /^\s*([+-]?)(\d{1,30})(?:\.(\d{0,30}))?(?:[eE]([+-]?\d{1,2}))?\s*$/.exec(text)
  if (match === null) return null
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n)
  const power = Number(exponent) - fraction.length
  return power >= 0 ? rational(digits * 10n ** BigInt(power)) : rational(digits, 10n ** BigInt(-power))
}

/**
 * A number of JSON: OpenTimelineIO writes times as floating point, and conversions between rates leave
 * 1023.9999999999999 there. Whole to a millionth, which is far below a sample of audio at any frame rate.
 */
export function fromNumber(value: number): Rational | null {
  const millionths = Math.round(value * 1_000_000)
  return Number.isSafeInteger(millionths) ? rational(millionths, 1_000_000) : null
}

/** The rates that are told in rounded decimals everywhere: 23.976, 29.97, 59.94… are multiples of 1000/1001. */
const ntscBases = [24, 30, 48, 60, 96, 120, 240]

/**
 * A rate told in decimal: 23.976, 23.98 and 23.976023976023978 are 24000/1001, 29.97 is 30000/1001; all others are
 * kept as they are written.
 * @returns null when it is no rate
 */
export function rateFromDecimal(written: number): Rational | null {
  if (!(written > 0)) return null
  const base = ntscBases.find((one) => Math.abs(written - (one * 1000) / 1001) < 0.006)
  return base === undefined || Number.isInteger(written) ? fromNumber(written) : rational(base * 1000, 1001)
}
