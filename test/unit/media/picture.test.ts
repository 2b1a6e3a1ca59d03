import { describe, expect, test } from 'vitest'
import { outputSize, picturePlan, whyNotEncodable } from '../../../src/media/picture.ts'
import { preset, source } from './samples.ts'

const video = (width: number, height: number, rotation = 0, fieldOrder = 'progressive') => ({
  width,
  height,
  rotation,
  fieldOrder
})

describe('the size of the output', () => {
  test('is that of the source, made even where the format needs it', () => {
    expect(outputSize(preset, video(1921, 1081))).toEqual({ width: 1920, height: 1081 })
    expect(outputSize({ ...preset, pixelFormat: 'yuv420p' }, video(1921, 1081))).toEqual({
      width: 1920,
      height: 1080
    })
  })

  test('is never larger than the source', () => {
    expect(outputSize({ ...preset, height: 1080 }, video(1280, 720))).toEqual({ width: 1280, height: 720 })
    expect(outputSize({ ...preset, height: 720 }, video(1920, 1080))).toEqual({ width: 1280, height: 720 })
    expect(outputSize({ ...preset, height: 'half' }, video(1920, 1080))).toEqual({ width: 960, height: 540 })
  })

  test('is upright for pictures that were filmed on end', () => {
    expect(outputSize({ ...preset, height: 960 }, video(1920, 1080, 90))).toEqual({ width: 540, height: 960 })
  })
})

describe('the clock of the encoder', () => {
  const base = (pts: number[], start = 0) =>
    picturePlan(preset, source.video, { pts, irregular: null }, start).encoderTimeBase

  test('counts frames where all times are multiples of one', () => {
    expect(base([0, 512, 1024])).toEqual({ num: 1, den: 25 })
    expect(base([512, 1024, 2048])).toEqual({ num: 1, den: 25 })
  })

  test('counts the source’s ticks where they are not', () => {
    expect(base([0, 512, 1025])).toEqual({ num: 1, den: 12800 })
    expect(base([100, 612], 99)).toEqual({ num: 1, den: 12800 })
  })
})

test('fields need whole groups of lines', () => {
  const h264 = { ...preset, codec: 'libx264' as const, pixelFormat: 'yuv420p' }
  expect(outputSize(h264, video(720, 486, 0, 'bt')).height).toBe(484)
  expect(outputSize({ ...h264, fields: 'deinterlace' }, video(720, 486, 0, 'bt')).height).toBe(486)
})

test('a picture that is not turned keeps the size it is stored in', () => {
  const kept = { ...preset, rotation: 'keep' as const, height: 540 }
  expect(outputSize(kept, video(1920, 1080, 90))).toEqual({ width: 960, height: 540 })
})

test('transparency is encoded only where there is some', () => {
  const alpha = { ...preset, pixelFormat: 'yuva444p10le' }
  const plan = (pixelFormat: string) =>
    picturePlan(alpha, { ...source.video, pixelFormat }, source.frames, 0).pixelFormat
  expect(plan('yuva444p12le')).toBe('yuva444p10le')
  expect(plan('argb')).toBe('yuva444p10le')
  expect(plan('yuv422p10le')).toBe('yuv444p10le')
})

describe('fields', () => {
  const plan = (of: Partial<typeof preset>, video: Partial<typeof source.video>) =>
    picturePlan({ ...preset, ...of }, { ...source.video, ...video }, source.frames, 0)

  test('are kept or made whole as the preset says, where there are any', () => {
    expect(plan({}, { fieldOrder: 'bb' })).toMatchObject({ interlaced: true, deinterlaced: false })
    expect(plan({ fields: 'deinterlace' }, { fieldOrder: 'bb' })).toMatchObject({
      ...{ interlaced: false, deinterlaced: true }
    })
    expect(plan({ fields: 'deinterlace' }, {})).toMatchObject({ interlaced: false, deinterlaced: false })
  })

  test('are set by the container’s word where decoded pictures do not tell', () => {
    expect(plan({}, { codec: 'hevc', fieldOrder: 'bt' }).setField).toBe('bff')
    expect(plan({}, { codec: 'mpeg2video', fieldOrder: 'bb' }).setField).toBeNull()
  })

  test('are not for codecs that have none', () => {
    const picture = { width: 1920, height: 1080, interlaced: true }
    expect(whyNotEncodable(preset, picture)).toContain('`fields: deinterlace` takes it')
    expect(whyNotEncodable({ ...preset, codec: 'libsvtav1', profile: null }, picture)).toContain('AV1')
    expect(whyNotEncodable({ ...preset, profile: 'dnxhd' }, picture)).toBeNull()
    expect(whyNotEncodable({ ...preset, codec: 'prores_ks', profile: null }, picture)).toBeNull()
  })
})

test('a constant rate has the encoder count its frames', () => {
  const made = { ...preset, frameRate: '30000/1001', keyframeSeconds: 2 }
  const plan = picturePlan(made, source.video, { pts: [0, 100, 7], irregular: null }, 0)
  expect(plan).toMatchObject({
    ...{ constantRate: '30000/1001', encoderTimeBase: { num: 1001, den: 30000 }, gopFrames: 60 }
  })
})

test('takes keyframe distances from the rate', () => {
  const plan = picturePlan(
    { ...preset, keyframeSeconds: 2 },
    { ...source.video, averageRate: '30000/1001' },
    source.frames,
    0
  )
  expect(plan.gopFrames).toBe(60)
})

test('knows what DNxHR is too large for', () => {
  expect(whyNotEncodable(preset, { width: 240, height: 136, interlaced: false })).toContain('256x120')
  expect(
    whyNotEncodable({ ...preset, codec: 'libx264' }, { width: 16, height: 16, interlaced: false })
  ).toBeNull()
})
