import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rational } from '../../../src/timeline/rational.ts'
import {
  formatTimecode,
  parseTimecode,
  timecodeToFrame,
  timecodeToTime
} from '../../../src/timeline/timecode.ts'

const ntsc30 = rational(30_000, 1001)
const frameOf = (text: string, rate = ntsc30): number | null => {
  const timecode = parseTimecode(text)
  return timecode === null ? null : timecodeToFrame(timecode, rate)
}

describe('a timecode', () => {
  it('counts in whole frames of the nominal rate', () => {
    expect(frameOf('01:00:00:00', rational(24))).toBe(86_400)
    expect(frameOf('12:44:37:23', rational(24))).toBe(1_101_071)
    expect(frameOf('01:00:00:00', rational(24_000, 1001))).toBe(86_400)
  })

  it('leaves out two numbers a minute, but not every tenth, when frames are dropped', () => {
    expect(frameOf('00:00:59;29')).toBe(1_799)
    expect(frameOf('00:01:00;02')).toBe(1_800)
    expect(frameOf('00:10:00;00')).toBe(17_982)
    expect(frameOf('01:00:00;00')).toBe(107_892)
    expect(frameOf('00:01:00;04', rational(60_000, 1001))).toBe(3_600)
  })

  it('does not exist where numbers were left out, or beyond the rate', () => {
    expect(frameOf('00:01:00;00')).toBeNull()
    expect(frameOf('00:00:00:24', rational(24))).toBeNull()
    expect(parseTimecode('00:61:00:00')).toBeNull()
    expect(parseTimecode('01:00:00')).toBeNull()
  })

  it('drops numbers also where the rate was typed as 29.97 or 59.94', () => {
    expect(frameOf('01:00:00;00', rational(2_997, 100))).toBe(107_892)
    expect(frameOf('00:01:00;04', rational(5_994, 100))).toBe(3_600)
    expect(formatTimecode(107_892, rational(2_997, 100), true)).toBe('01:00:00;00')
  })

  it('drops nothing at rates that have no drop-frame', () => {
    expect(frameOf('01;00;00;00', rational(25))).toBe(90_000)
  })

  it('reads back as it was written, dropped or not', () => {
    const rates = fc.constantFrom(
      { rate: ntsc30, drop: true },
      { rate: ntsc30, drop: false },
      { rate: rational(60_000, 1001), drop: true },
      { rate: rational(24_000, 1001), drop: false },
      { rate: rational(25), drop: false }
    )
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_500_000 }), rates, (frame, { rate, drop }) => {
        expect(frameOf(formatTimecode(frame, rate, drop), rate)).toBe(frame)
      })
    )
  })

  it('is a time at the real rate', () => {
    expect(timecodeToTime('01:00:00;00', ntsc30)).toEqual(rational(107_892 * 1001, 30_000))
    expect(timecodeToTime('reel', ntsc30)).toBeNull()
  })
})
