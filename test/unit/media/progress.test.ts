import { expect, test } from 'vitest'
import {
  createProgressParser,
  isShowInfo,
  isUndecoded,
  parseShownFrame
} from '../../../src/media/progress.ts'

const block = [
  ...['frame=48', 'fps=23.98', 'stream_0_0_q=1.0', 'bitrate=88.1kbits/s', 'total_size=1179648'],
  ...['out_time_us=2000000', 'dup_frames=0', 'speed= 1.2x', 'progress=continue']
]

test('a block is told at its last line', () => {
  const parse = createProgressParser()
  const told = block.map(parse)
  expect(told.slice(0, -1).every((progress) => progress === null)).toBe(true)
  expect(told.at(-1)).toMatchObject({ frames: 48, fps: 23.98, sizeBytes: 1179648, ended: false })
})

test('what ffmpeg does not know yet counts as nothing', () => {
  const parse = createProgressParser()
  const lines = [
    'fps=N/A',
    'total_size=N/A',
    'out_time_us=-9223372036854775807',
    'not a line',
    'progress=end'
  ]
  expect(lines.map(parse).at(-1)).toMatchObject({ frames: 0, fps: 0, sizeBytes: 0, ended: true })
})

test('times of frames are read from showinfo of 5.1 and 7.0', () => {
  const old = '[Parsed_showinfo_2 @ 0x55d8a] n:   0 pts:      0 pts_time:0       pos:   48 fmt:yuv420p'
  const recent = '[Parsed_showinfo_2 @ 0x7f1c80003dc0] n: 311 pts: -15600 pts_time:-1.04    duration: 512'
  expect(parseShownFrame(old)).toBe(0)
  expect(parseShownFrame(recent)).toBe(-15600)
  expect(parseShownFrame('[Parsed_showinfo_2 @ 0x1] n:   3 pts:NOPTS pts_time:NOPTS')).toBeNaN()
  expect(parseShownFrame('[Parsed_showinfo_2 @ 0x1] config in time_base: 1/12800')).toBeNull()
  expect(isShowInfo('[Parsed_showinfo_2 @ 0x1] color_range:tv')).toBe(true)
  expect(isShowInfo('[libx264 @ 0x1] profile High')).toBe(false)
})

test('what could not be decoded is known in the words of 5.1 and of 7.0, of its own stream', () => {
  const old = 'Error while decoding stream #0:0: Invalid data found when processing input'
  const now =
    '[vist#0:0/h264 @ 0x558b6cf6c3c0] [dec:h264 @ 0x558b6cf9f680] Error submitting packet to decoder: Invalid data found when processing input'
  expect([old, now].map((line) => isUndecoded(line, 0))).toEqual([true, true])
  expect([old, now].map((line) => isUndecoded(line, 1))).toEqual([false, false])
  expect(isUndecoded('[h264 @ 0x55de987e8c40] Error splitting the input into NAL units.', 0)).toBe(false)
  expect(isUndecoded('Error while decoding stream #0:01: Invalid data', 0)).toBe(false)
})
