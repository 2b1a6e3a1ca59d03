import { describe, expect, it } from 'vitest'
import { doubtAbout, partsUsed } from '../../../../src/node/edit/parts.ts'
import { type MediaUse, rational } from '../../../../src/timeline/index.ts'
import { medium } from '../../timeline/media.ts'

const use = (start: number, duration: number, enabled = true): MediaUse => ({
  range: { clock: 'first-frame', start: rational(start, 25), duration: rational(duration, 25) },
  track: 'video',
  enabled
})
const facts = { rate: { num: 25, den: 1 }, frameCount: 250, startTimecode: '01:00:00:00' }

describe('the parts of a file that are used', () => {
  it('are those of all timelines together, with handles, each with its timecode', () => {
    const one = medium({ uses: [use(100, 10)] })
    const other = medium({ uses: [use(40, 5), use(104, 20)] })
    expect(partsUsed([one, other], facts, 400)).toEqual([
      { start: 30, end: 55, timecode: '01:00:01:05' },
      { start: 90, end: 134, timecode: '01:00:03:15' }
    ])
  })

  it('are nothing to cut when they are all of it', () => {
    expect(partsUsed([medium({ uses: [use(20, 200)] })], facts, 2_000)).toBeNull()
    expect(
      partsUsed([medium({ uses: [{ range: null, track: 'both', enabled: true }] })], facts, 0)
    ).toBeNull()
  })

  it('have no timecode where the file has none', () => {
    expect(partsUsed([medium({ uses: [use(100, 10)] })], { ...facts, startTimecode: null }, 0)).toEqual([
      { start: 100, end: 110, timecode: null }
    ])
  })

  it('drop frame numbers where the file does, and begin again after a day', () => {
    const ntsc = { rate: { num: 30000, den: 1001 }, frameCount: 4000, startTimecode: '00:00:00;00' }
    const minute: MediaUse = {
      range: { clock: 'first-frame', start: rational(1800 * 1001, 30000), duration: rational(1001, 30000) },
      track: 'video',
      enabled: true
    }
    expect(partsUsed([medium({ uses: [minute] })], ntsc, 0)).toEqual([
      { start: 1800, end: 1801, timecode: '00:01:00;02' }
    ])
    expect(
      partsUsed([medium({ uses: [use(50, 5)] })], { ...facts, startTimecode: '23:59:59:00' }, 0)
    ).toEqual([{ start: 50, end: 55, timecode: '00:00:01:00' }])
  })
})

describe('what a timeline says of a file that it does not bear out', () => {
  const retimed: MediaUse = { range: null, track: 'video', enabled: true }

  it.each([
    ['is retimed', [use(0, 5), retimed], /queued whole: .* not tell which part/],
    ['lies elsewhere', [use(0, 5), use(400, 5)], /queued whole: .* not lie in it; is it the right file/],
    ['begins before it', [use(-5, 20)], /shorter than what the timeline uses/],
    ['ends after it', [use(240, 20)], /shorter than what the timeline uses/]
  ])('is told when a use %s', (_, uses, words) => {
    expect(doubtAbout([medium({ uses: [use(10, 5)] }), medium({ uses })], facts)).toMatch(words)
  })

  it('is nothing where all uses lie in it, but for a frame that is counted differently, and for sound', () => {
    const sound: MediaUse = { ...use(0, 300), track: 'audio' }
    expect(doubtAbout([medium({ uses: [use(0, 251), sound, use(900, 5, false)] })], facts)).toBeNull()
  })
})
