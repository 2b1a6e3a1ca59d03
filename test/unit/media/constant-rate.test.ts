import { describe, expect, test } from 'vitest'
import { framesAt, whyNotConstant } from '../../../src/media/constant-rate.ts'

const timeBase = { num: 1, den: 12800 }
const at25 = { pts: Array.from({ length: 100 }, (_, i) => 640 + i * 512), lastDuration: 512 }

test('as many frames are expected as a source is long', () => {
  expect(framesAt('25', at25, timeBase)).toBe(100)
  expect(framesAt('30000/1001', at25, timeBase)).toBe(120)
  expect(framesAt('1', { pts: [0], lastDuration: 0 }, timeBase)).toBe(1)
})

const file = (pts: number[], den = 30_000) => ({
  video: {
    ...{ codec: 'prores', profile: null, width: 2, height: 2, pixelFormat: null, firstIsKey: true },
    ...{ extradata: null, timeBase: { num: 1, den }, pts }
  }
})
const even = (frames: number) => Array.from({ length: frames }, (_, i) => 7 + i * 1001)

describe('a file of constant rate', () => {
  test('has every frame at its place, and one more or less at most', () => {
    expect(whyNotConstant(file(even(120)), '30000/1001', 120)).toBeNull()
    expect(whyNotConstant(file(even(119)), '30000/1001', 120)).toBeNull()
    expect(whyNotConstant(file(even(118)), '30000/1001', 120)).toContain('118 frames')
    expect(whyNotConstant(file(even(118)), '30000/1001', null)).toBeNull()
  })

  test('has no frame a tick off, unless its clock cannot hold the rate', () => {
    const late = even(9).map((time, i) => (i === 5 ? time + 1 : time))
    expect(whyNotConstant(file(late), '30000/1001', 9)).toContain('frame 5')
    const inMs = Array.from({ length: 9 }, (_, i) => Math.round((i * 1001) / 30))
    expect(whyNotConstant(file(inMs, 1000), '30000/1001', 9)).toBeNull()
    expect(whyNotConstant(file([0, 33, 69], 1000), '30000/1001', 3)).toContain('frame 2')
  })

  test('needs a video', () => {
    expect(whyNotConstant({ video: null }, '25', 1)).toBe('it has no video')
  })
})
