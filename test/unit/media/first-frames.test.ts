import { describe, expect, test } from 'vitest'
import { firstFramesIn, hdrIn } from '../../../src/media/first-frames.ts'

const packet = (pts: number, flags = '__') => ({ type: 'packet', pts, flags })
const frame = (pts: number, more = {}) => ({
  ...{ type: 'frame', pts, interlaced_frame: 0, top_field_first: 0 },
  ...more
})
const look = (...items: object[]) => firstFramesIn({ packets_and_frames: items })

describe('the first frames', () => {
  test('tell which field is first, where one of them is interlaced', () => {
    expect(look(packet(0), frame(0)).firstField).toBeNull()
    expect(look(frame(0), frame(1, { interlaced_frame: 1, top_field_first: 1 })).firstField).toBe('tff')
    expect(look(frame(0, { interlaced_frame: 1 })).firstField).toBe('bff')
  })

  test('are one for each packet, in any order, but for packets that are hidden', () => {
    expect(look(packet(0), packet(2), frame(0), packet(1), frame(1), frame(2)).framePerPacket).toBe(true)
    expect(look(packet(-1, 'KD'), packet(0), frame(0)).framePerPacket).toBe(true)
  })

  test('are fewer than packets where fields have packets of their own', () => {
    expect(look(packet(0), packet(1), frame(0), packet(2), packet(3), frame(2)).framePerPacket).toBe(false)
    expect(look(packet(0), frame(5)).framePerPacket).toBe(false)
  })

  test('that cannot be decoded tell nothing', () => {
    const nothing = { frames: 0, firstField: null, hdr: null, framePerPacket: true }
    expect(look(packet(0), packet(1))).toEqual(nothing)
    expect(firstFramesIn({})).toEqual(nothing)
    expect(firstFramesIn({ packets_and_frames: 'x' })).toEqual(nothing)
  })
})

const display = {
  ...{ red_x: '34000/50000', red_y: '16000/50000', green_x: '13250/50000', green_y: '34500/50000' },
  ...{ blue_x: '7500/50000', blue_y: '3000/50000', white_point_x: '15635/50000' },
  ...{ white_point_y: '16450/50000', min_luminance: '50/10000', max_luminance: '10000000/10000' }
}

describe('HDR10 metadata', () => {
  test('is in the units of its standard', () => {
    const light = { side_data_type: 'Content light level metadata', max_content: 1000, max_average: 400 }
    expect(hdrIn([{ side_data_type: 'Mastering display metadata', ...display }, light])).toEqual({
      mastering: [13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450, 10_000_000, 50],
      contentLight: [1000, 400]
    })
  })

  test('of other fractions is rounded', () => {
    expect(hdrIn([{ ...display, red_x: '44564/65536' }])?.mastering?.[4]).toBe(34000)
  })

  test('that is not there, or broken, is none', () => {
    expect(hdrIn([{ side_data_type: 'Display Matrix', rotation: 90 }])).toBeNull()
    expect(hdrIn([{ ...display, red_x: '1/0' }])).toBeNull()
  })
})
