import { describe, expect, it } from 'vitest'
import type { ToldUse } from '../../../../src/timeline/resolve/messages.ts'
import { toSequence } from '../../../../src/timeline/resolve/sequence.ts'
import { properties } from '../../../fixtures/resolve/scenario.ts'

const use = (own: Partial<ToldUse>): ToldUse => ({
  track: 'video',
  enabled: true,
  sourceStart: null,
  sourceEnd: null,
  duration: null,
  leftOffset: null,
  rightOffset: null,
  ...own
})

const sequenceOf = (uses: ToldUse[], own: Record<string, string | number> = {}, path = '/card/A001.mov') =>
  toSequence({
    project: { id: 'p1', name: 'Film' },
    timeline: {
      index: null,
      id: 't1',
      name: 'Cut',
      current: true,
      rate: '29.97 DF',
      dropFrame: '1',
      startTimecode: null,
      videoItems: 1,
      audioItems: 0
    },
    media: [{ id: 'm1', name: 'A', properties: properties(path, own), uses }],
    skipped: [
      { kind: 'generated', name: 'Text+' },
      { kind: 'generated', name: 'Text+' },
      { kind: 'nested', name: 'Compound' }
    ],
    problems: []
  })

const rangeOf = (own: Partial<ToldUse>, told: Record<string, string | number> = {}) =>
  sequenceOf([use(own)], told).media[0]?.uses[0]?.range

const frames = (from: number, to: number) => ({
  clock: 'first-frame',
  start: { num: from, den: 1 },
  duration: { num: to - from, den: 1 }
})
/** A frame a second: frames are seconds. */
const slow = { FPS: 1 }

describe('toSequence', () => {
  it('tells media as the readers of timeline files do', () => {
    const { media, ...sequence } = sequenceOf([use({}), use({ track: 'audio', enabled: false })], {
      'Reel Name': 'A001',
      'Clip Name': 'best take'
    })
    expect(sequence).toEqual({
      id: 't1',
      name: 'Cut',
      rate: { num: 30000, den: 1001 },
      skipped: [
        { kind: 'generator', name: 'Text+', path: null, count: 2 },
        { kind: 'nested', name: 'Compound', path: null, count: 1 }
      ]
    })
    expect(media).toMatchObject([
      {
        path: '/card/A001.mov',
        name: 'A001.mov',
        aliases: ['best take'],
        reel: 'A001',
        startTime: { num: 3600, den: 1 },
        startTimecode: '01:00:00:00',
        rate: { num: 25, den: 1 },
        duration: { num: 4, den: 1 },
        video: true,
        audio: true,
        imageSequence: false,
        enabled: true,
        uses: [
          { range: null, track: 'video', enabled: true },
          { range: null, track: 'audio', enabled: false }
        ]
      }
    ])
  })

  it('takes a used part wider by what Resolve may be wrong about', () => {
    expect(rangeOf({ sourceStart: 10, sourceEnd: 20 }, slow)).toEqual(frames(9, 22))
  })

  it('keeps a used part inside the file', () => {
    expect(rangeOf({ sourceStart: 0, sourceEnd: 99 }, slow)).toEqual(frames(0, 100))
    expect(rangeOf({ sourceStart: 0, sourceEnd: 100 }, slow)).toEqual(frames(0, 100))
  })

  it('takes the whole file when a used part does not lie in it', () => {
    expect(rangeOf({ sourceStart: 1001, sourceEnd: 1010 }, slow)).toBeNull()
    expect(rangeOf({ sourceStart: -5, sourceEnd: 10 }, slow)).toBeNull()
  })

  it('reads a clip that plays backwards', () => {
    expect(rangeOf({ sourceStart: 20, sourceEnd: 10 }, slow)).toEqual(frames(9, 22))
  })

  it('believes offsets only when they add up to the file', () => {
    expect(rangeOf({ leftOffset: 10, duration: 30, rightOffset: 60 }, slow)).toEqual(frames(10, 40))
    expect(rangeOf({ leftOffset: 10, duration: 60, rightOffset: 60 }, slow)).toBeNull()
  })

  it('takes the whole file when its rate is not known', () => {
    expect(rangeOf({ sourceStart: 10, sourceEnd: 20 }, { FPS: '' })).toBeNull()
  })

  it('tells the same use once', () => {
    const same = { sourceStart: 10, sourceEnd: 20 }
    expect(sequenceOf([use(same), use(same)]).media[0]?.uses).toHaveLength(1)
  })

  it('skips stills and keeps numbered series', () => {
    const still = sequenceOf([use({}), use({})], {}, '/gfx/logo.png')
    expect(still.media).toEqual([])
    expect(still.skipped).toContainEqual({
      kind: 'still',
      name: 'logo.png',
      path: '/gfx/logo.png',
      count: 2
    })
    expect(sequenceOf([use({})], {}, '/gfx/shot_[0001-0100].png').media).toMatchObject([
      { imageSequence: true }
    ])
  })
})
