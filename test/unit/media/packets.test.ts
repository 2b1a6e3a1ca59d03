import { describe, expect, test } from 'vitest'
import { indexFrames, type Packet, parsePacket } from '../../../src/media/packets.ts'

const hints = { codec: 'h264', timeBase: { num: 1, den: 1000 }, framePerPacket: true, mayJump: false }
const packet = (pts: number | null, key = false, discarded = false): Packet => ({
  pts,
  duration: 40,
  key,
  discarded
})

describe('a line of ffprobe', () => {
  test('is a packet with its time and flags', () => {
    expect(parsePacket('2048|512|K_')).toEqual({ pts: 2048, duration: 512, key: true, discarded: false })
    expect(parsePacket('-512|512|_D_')).toEqual({ pts: -512, duration: 512, key: false, discarded: true })
    expect(parsePacket('N/A|N/A|__')).toEqual({ pts: null, duration: 0, key: false, discarded: false })
    expect(parsePacket('133200|3600|K__|')).toMatchObject({ pts: 133200, key: true })
  })

  test('may be something else', () => {
    for (const line of ['', '|', 'side_data|x', 'abc|1|K_']) expect(parsePacket(line)).toBeNull()
  })
})

describe('the index of frames', () => {
  test('is in the order in which they are shown', () => {
    const index = indexFrames(
      'a',
      [packet(0, true), packet(120), packet(40), packet(80), packet(160, true)],
      hints
    )
    expect(index).toMatchObject({
      pts: [0, 40, 80, 120, 160],
      keyframes: [0, 4],
      packets: 5,
      irregular: null
    })
  })

  test('leaves out what an edit list hides', () => {
    const index = indexFrames('a', [packet(-40, true, true), packet(0), packet(40, true)], hints)
    expect(index).toMatchObject({ pts: [0, 40], keyframes: [1], irregular: null })
  })

  test.each([
    ['a frame without a time', [packet(0, true), packet(null)], {}, 'no presentation time'],
    ['two frames at one time', [packet(0, true), packet(0)], {}, 'same presentation time'],
    ['a start between keyframes', [packet(0), packet(40, true)], {}, 'does not begin with a keyframe'],
    ['frames before the first keyframe', [packet(80, true), packet(0)], {}, 'before its first keyframe'],
    ['a jump in a stream', [packet(0, true), packet(20_000)], { mayJump: true }, 'jump'],
    ['fields in packets of their own', [packet(0, true)], { framePerPacket: false }, 'not one frame each'],
    ['a codec with hidden frames', [packet(0, true)], { codec: 'vp8' }, 'cannot be counted'],
    [
      'a clock in nanoseconds',
      [packet(0, true)],
      { timeBase: { num: 1, den: 1e9 } },
      'finer than a microsecond'
    ]
  ])('tells of %s', (_, packets, more, words) => {
    expect(indexFrames('a', packets, { ...hints, ...more }).irregular).toContain(words)
  })

  test('of no frames is an error', () => {
    expect(() => indexFrames('a.mov', [packet(0, true, true)], hints)).toThrow('a.mov')
  })
})
