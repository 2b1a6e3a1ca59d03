import { describe, expect, test } from 'vitest'
import { whyWhole } from '../../../src/jobs/transcode/part.ts'
import { layOut, planOf } from '../../../src/jobs/transcode/plan.ts'
import type { Source } from '../../../src/media/source.ts'
import { preset, source } from '../media/samples.ts'

const settings = { worthDurationMs: 3000, minChunkMs: 1000 }
const request = { preset, noChunk: false, chunkMs: null, worthChunkingMs: null }
const irregular: Source = { ...source, frames: { ...source.frames, irregular: 'its times jump' } }

describe('a part of a clip', () => {
  const part = { start: 40, end: 75, timecode: '01:00:01:15' }

  test('is cut at the keyframes within it, counted from its first frame', () => {
    const { split, whole } = layOut(source, { ...request, part, chunkMs: 500 }, settings)
    expect(split?.work).toMatchObject({ totalUnits: 35, cuts: [20], fixedUnits: 13 })
    expect(whole).toBeNull()
  })

  test('is one chunk where more are not worth it, and its sound is the owner’s to cut', () => {
    for (const wish of [request, { ...request, noChunk: true, chunkMs: 500 }]) {
      const { split, whole } = layOut(source, { ...wish, part }, settings)
      expect(split?.work).toMatchObject({ totalUnits: 35, fixedUnits: 35 })
      expect(split?.tasks[0]).toMatchObject({ kind: 'encode-audio', ownerOnly: true })
      expect(whole).toBeNull()
    }
  })

  test('begins at its first frame, with its own timecode, and is decoded from the keyframe before', () => {
    const plan = planOf(source, { preset, part })
    expect(plan).toMatchObject({
      frames: 35,
      timecode: '01:00:01:15',
      part: { start: 40, end: 75, keyframe: 30 },
      startTicks: source.frames.pts[40]
    })
  })

  test('is refused where its frames cannot be told, or are not there', () => {
    expect(() => planOf(irregular, { preset, part })).toThrow('cannot be cut out: its times jump')
    expect(() => planOf(source, { preset: { ...preset, frameRate: '50' }, part })).toThrow(
      'constant rate of 50'
    )
    expect(() => planOf(source, { preset, part: { ...part, end: 101 } })).toThrow(
      'it has 100 frames, not 101'
    )
  })
})

describe('a clip', () => {
  test('that is worth it can be cut at its keyframes, or stay whole', () => {
    const { split, whole } = layOut(source, request, settings)
    expect(split?.work).toEqual({
      kind: 'encode-chunk',
      totalUnits: 100,
      cuts: [30, 60, 90],
      minUnits: 25,
      maxUnits: null,
      fixedUnits: null,
      step: 1
    })
    expect(split?.tasks).toEqual([
      { kind: 'encode-audio', stage: 0, ownerOnly: false, pool: 'slot', final: false },
      { kind: 'join', stage: 1, ownerOnly: true, pool: 'io', final: true }
    ])
    expect(whole).toMatchObject({ kind: 'encode-file', final: true })
  })

  test('of frames that all stand alone can be cut anywhere', () => {
    const intra = { ...source, frames: { ...source.frames, keyframes: source.frames.pts.map((_, i) => i) } }
    expect(layOut(intra, request, settings).split?.work.cuts).toBeNull()
  })

  test('without audio has no task for it', () => {
    expect(layOut({ ...source, audio: [] }, request, settings).split?.tasks).toHaveLength(1)
    const silent = { ...request, preset: { ...preset, audioCodec: 'none' as const } }
    expect(layOut(source, silent, settings).split?.tasks).toHaveLength(1)
  })

  test('that is too short stays whole, by the setting or by what the person said', () => {
    expect(layOut(source, request, { ...settings, worthDurationMs: 4001 }).split).toBeNull()
    expect(layOut(source, { ...request, worthChunkingMs: 4001 }, settings).split).toBeNull()
    expect(
      layOut(source, { ...request, worthChunkingMs: 0 }, { ...settings, worthDurationMs: 4001 }).split
    ).not.toBeNull()
  })

  test('is cut at the length that a person asked for, however short it is', () => {
    const { split, whole } = layOut(
      source,
      { ...request, chunkMs: 500 },
      { ...settings, worthDurationMs: 60_000 }
    )
    expect(split?.work.fixedUnits).toBe(13)
    expect(whole).toBeNull()
  })

  test('stays whole when a constant rate is made of it, and as many frames are expected as it is long', () => {
    const made = { ...preset, frameRate: '50' }
    expect(layOut(source, { ...request, preset: made }, settings)).toMatchObject({
      ...{ split: null, whole: { kind: 'encode-file' } }
    })
    expect(whyWhole(source, made)).toBe('a constant rate of 50 frames a second is made of it')
    expect(planOf(source, { preset: made })).toMatchObject({
      ...{ times: null, frames: 200, framesKnown: true, timeBase: { num: 1, den: 50 } }
    })
  })

  test('stays whole when a person asked for that, or when it cannot be cut exactly', () => {
    expect(layOut(source, { ...request, noChunk: true, chunkMs: 500 }, settings)).toMatchObject({
      split: null,
      whole: { kind: 'encode-file' }
    })
    expect(layOut(irregular, { ...request, chunkMs: 500 }, settings)).toMatchObject({
      split: null,
      whole: { kind: 'encode-file' }
    })
  })
})
