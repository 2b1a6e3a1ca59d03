import { expect, test } from 'vitest'
import { audioProblem, usableAudio } from '../../../src/jobs/transcode/audio-layouts.ts'
import { source } from '../media/samples.ts'

const stream = (channels: number, layout: string | null) => [{ index: 1, channels, layout }]

test('PCM holds whatever there is', () => {
  expect(audioProblem('pcm_s16le', stream(24, null))).toBeNull()
})

test('a stream that nothing here decodes is left out', () => {
  const [sound] = source.audio
  const others = [
    { ...sound!, codec: 'unknown' },
    { ...sound!, sampleFormat: null },
    { ...sound!, channels: 0 },
    { ...sound!, sampleRate: 0 }
  ]
  expect(usableAudio([...others, sound!])).toEqual([sound])
})

test('a layout that ffmpeg would mix into another is refused', () => {
  expect(audioProblem('aac', stream(6, '5.1'))).toBeNull()
  expect(audioProblem('alac', stream(4, 'quad'))).toContain('the layout quad')
  expect(audioProblem('flac', stream(4, '4.0'))).toContain('the layout 4.0')
  expect(audioProblem('flac', stream(6, '5.1(side)'))).toBeNull()
  expect(audioProblem('aac', stream(8, null))).toContain('8 channels without a layout')
  expect(audioProblem('aac', stream(2, null))).toBeNull()
})
