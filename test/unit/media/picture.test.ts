import { describe, expect, test } from 'vitest'
import { outputSize, picturePlan, whyNotEncodable } from '../../../src/media/picture.ts'
import { preset, source } from './samples.ts'

const video = (width: number, height: number, rotation = 0) => ({ width, height, rotation })

describe('the size of the output', () => {
  test('is that of the source, made even where the format needs it', () => {
    expect(outputSize(preset, video(1921, 1081))).toEqual({ width: 1920, height: 1081 })
    expect(outputSize({ height: 'source', pixelFormat: 'yuv420p' }, video(1921, 1081))).toEqual({
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
  expect(whyNotEncodable(preset, { width: 240, height: 136 })).toContain('256x120')
  expect(whyNotEncodable({ codec: 'libx264' }, { width: 16, height: 16 })).toBeNull()
})
