import { describe, expect, test } from 'vitest'
import type { FileReport } from '../../../src/media/inspect.ts'
import {
  placesToTry,
  videoSignature,
  whyWrongAudio,
  whyWrongLoosely,
  whyWrongVideo
} from '../../../src/media/verify.ts'
import { preset } from './samples.ts'

const report: FileReport = {
  sizeBytes: 1,
  audio: [],
  video: {
    codec: 'dnxhd',
    profile: 'DNXHR SQ',
    width: 640,
    height: 360,
    pixelFormat: 'yuv422p',
    timeBase: { num: 1, den: 12800 },
    pts: [0, 512, 1024],
    firstIsKey: true,
    extradata: 'x'
  }
}
const expected = {
  preset,
  picture: { width: 640, height: 360, pixelFormat: 'yuv422p', constantRate: null },
  times: [40, 80, 120],
  offset: 40,
  timeBase: { num: 1, den: 1000 }
}
const video = (change: Partial<NonNullable<FileReport['video']>>): FileReport => ({
  ...report,
  video: { ...report.video!, ...change }
})

describe('a finished video', () => {
  test('is right when every frame is at its time', () => {
    expect(whyWrongVideo(report, expected)).toBeNull()
  })

  test.each([
    ['another codec', { codec: 'prores' }, 'codec'],
    ['another size', { width: 320 }, '320x360'],
    ['another pixel format', { pixelFormat: 'yuv420p' }, 'pixel format'],
    ['a frame too few', { pts: [0, 512] }, '2 of 3 frames'],
    ['a frame a tick late', { pts: [0, 513, 1024] }, 'frame 1 is at 513 instead of 512'],
    ['a frame without a time', { pts: [0, 512, Number.NaN] }, 'frame 2'],
    ['a start in mid-GOP', { firstIsKey: false }, 'keyframe']
  ])('is wrong with %s', (_, change, words) => {
    expect(whyWrongVideo(video(change), expected)).toContain(words)
  })

  test('is wrong when there is none', () => {
    expect(whyWrongVideo({ ...report, video: null }, expected)).toBe('it has no video')
  })
})

test('formats that are one by another name are right', () => {
  const picture = { ...expected.picture, pixelFormat: 'yuva444p10le' }
  const prores = { ...preset, codec: 'prores_ks' as const }
  const made = video({ codec: 'prores', pixelFormat: 'yuva444p12le' })
  expect(whyWrongVideo(made, { ...expected, preset: prores, picture })).toBeNull()
  expect(whyWrongVideo(video({ pixelFormat: 'yuvj422p' }), expected)).toBeNull()
})

test('frames of a constant rate are counted and held to their places', () => {
  const loosely = {
    ...{ preset, timeBase: expected.timeBase, frames: 3, framesOfSource: 3 },
    picture: { ...expected.picture, constantRate: '25' }
  }
  expect(whyWrongLoosely(report, loosely)).toBeNull()
  expect(whyWrongLoosely(video({ pts: [0, 512, 1025] }), loosely)).toContain('frame 2')
  expect(whyWrongLoosely(report, { ...loosely, framesOfSource: 6 })).toContain('3 frames')
  expect(whyWrongLoosely(report, { ...loosely, frames: 4 })).toContain('3 of 4')
})

test('chunks agree when their parameter sets do, where those lie outside the packets', () => {
  const other = video({ extradata: 'y' })
  expect(videoSignature({ codec: 'dnxhd' }, report)).toBe(videoSignature({ codec: 'dnxhd' }, other))
  expect(videoSignature({ codec: 'libsvtav1' }, report)).not.toBe(
    videoSignature({ codec: 'libsvtav1' }, other)
  )
  expect(videoSignature({ codec: 'libx264' }, report)).not.toBe(videoSignature({ codec: 'libx264' }, other))
})

test('audio is held against what is known of it', () => {
  const sound = {
    codec: 'aac',
    channels: 6,
    layout: '5.1',
    sampleRate: 48000,
    durationTicks: 1000,
    endUs: null
  }
  expect(whyWrongAudio([sound], [{ codec: 'aac', channels: 6 }], 0)).toBeNull()
  expect(whyWrongAudio([sound], [{ ...sound, durationTicks: 999 }], 0)).toContain('1000 instead of 999')
  expect(whyWrongAudio([sound], [{ ...sound, durationTicks: 999 }], 1)).toBeNull()
  expect(whyWrongAudio([{ ...sound, channels: 2 }], [sound], 0)).toContain('channels')
  expect(whyWrongAudio([], [sound], 0)).toBe('it has 0 of 1 audio streams')
})

test('where a container has no durations, the ends of sounds are held against each other', () => {
  const sound = {
    codec: 'flac',
    channels: 2,
    layout: null,
    sampleRate: 48000,
    durationTicks: null,
    endUs: 2_400_000
  }
  expect(whyWrongAudio([sound], [{ codec: 'flac', endUs: 2_404_333 }], 0)).toBeNull()
  expect(whyWrongAudio([{ ...sound, endUs: 1_900_000 }], [sound], 0)).toBe(
    'audio stream 0 ends at 1.900 instead of 2.400 s'
  )
})

test('a file is tried at its ends and at some seams, however many it has', () => {
  expect(placesToTry(100, [])).toEqual([0, 98])
  expect(placesToTry(100, [0, 50])).toEqual([0, 50, 98])
  const places = placesToTry(
    10_000,
    Array.from({ length: 99 }, (_, i) => i * 100)
  )
  expect(places.length).toBe(8)
  expect(places.at(-1)).toBe(9998)
  expect(placesToTry(1, [])).toEqual([0])
})
