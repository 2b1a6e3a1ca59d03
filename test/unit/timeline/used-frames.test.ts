import { describe, expect, it } from 'vitest'
import {
  type MediaUse,
  partStart,
  type Rational,
  rational,
  type UsedRange,
  usedFrames
} from '../../../src/timeline/index.ts'
import { subtract } from '../../../src/timeline/rational.ts'
import { medium } from './media.ts'

const facts = { rate: rational(24_000, 1001), frameCount: 240, startTimecode: '01:00:00:00' }
const use = (range: UsedRange | null, enabled = true): MediaUse => ({ range, track: 'video', enabled })
const frames = (from: number, to: number): UsedRange => ({
  clock: 'first-frame',
  start: rational(from * 1001, 24_000),
  duration: rational((to - from) * 1001, 24_000)
})
const spans = (uses: MediaUse[], handleFrames = 0, disabled = false): number[][] =>
  usedFrames(medium({ uses }), facts, { handleFrames, disabled }).map(({ from, to }) => [from, to])

describe('the used part of a file', () => {
  it('is counted in whole frames of the file, exactly', () => {
    expect(spans([use(frames(33, 112))])).toEqual([[33, 112]])
  })

  it('is widened by handles within the file, and joined where parts meet', () => {
    expect(spans([use(frames(100, 110)), use(frames(5, 20)), use(frames(30, 40))], 8)).toEqual([
      [0, 48],
      [92, 118]
    ])
    expect(spans([use(frames(200, 240))], 24)).toEqual([[176, 240]])
  })

  it('is read from timecodes of an EDL with the rate and start of the file', () => {
    expect(spans([use({ clock: 'timecode', from: '01:00:01:00', to: '01:00:02:12' })])).toEqual([[24, 60]])
  })

  it.each([
    [';', '01:09:00;02'],
    [':, as EDLs write them that say FCM: DROP FRAME', '01:09:00:02']
  ])('is counted as the file counts, whose numbers are dropped, from a timecode with %s', (_, from) => {
    const dropped = { rate: rational(30_000, 1001), frameCount: 4_000, startTimecode: '01:08:59;00' }
    const uses = [use({ clock: 'timecode', from, to: '01:10:00:00' })]
    expect(usedFrames(medium({ uses }), dropped, { handleFrames: 0 })).toEqual([{ from: 30, to: 1_828 }])
  })

  it('takes no frame more where a program rounded its times between two rates', () => {
    // 1 and 11 frames of 23.976 in frames of 25, to a millionth, as OpenTimelineIO has them.
    const at = (frames: number): Rational => rational(Math.round((frames * 1001 * 25e6) / 24_000), 25e6)
    const uses = [use({ clock: 'first-frame', start: at(1), duration: subtract(at(12), at(1)) })]
    expect(spans(uses)).toEqual([[1, 12]])
  })

  it('is read from the clock of the file where it has a timecode', () => {
    const start = rational(86_400 * 1001 + 24 * 1001, 24_000)
    expect(spans([use({ clock: 'media', start, duration: rational(1001, 1000) })])).toEqual([[24, 48]])
  })

  it.each([
    ['no range is told', null],
    ['the range lies outside', { clock: 'timecode', from: '05:00:00:00', to: '05:00:01:00' } as const]
  ])('is the whole file when %s', (_, range) => {
    expect(spans([use(frames(0, 10)), use(range)])).toEqual([[0, 240]])
  })

  it('leaves out what is switched off unless asked for', () => {
    expect(spans([use(frames(0, 10)), use(frames(50, 60), false)])).toEqual([[0, 10]])
    expect(spans([use(frames(0, 10)), use(frames(50, 60), false)], 0, true)).toHaveLength(2)
  })

  it('begins at a timecode of its own', () => {
    expect(partStart(facts, { from: 24, to: 48 })).toEqual(rational((86_400 + 24) * 1001, 24_000))
    expect(partStart({ ...facts, startTimecode: null }, { from: 24, to: 48 })).toBeNull()
  })
})
