import { expect, test } from 'vitest'
import { audioProblem } from '../../../src/jobs/transcode/audio-layouts.ts'

const stream = (channels: number, layout: string | null) => [{ index: 1, channels, layout }]

test('PCM holds whatever there is', () => {
  expect(audioProblem('pcm_s16le', stream(24, null))).toBeNull()
})

test('a layout that ffmpeg would mix into another is refused', () => {
  expect(audioProblem('aac', stream(6, '5.1'))).toBeNull()
  expect(audioProblem('alac', stream(4, 'quad'))).toContain('the layout quad')
  expect(audioProblem('aac', stream(8, null))).toContain('8 channels without a layout')
  expect(audioProblem('aac', stream(2, null))).toBeNull()
})
