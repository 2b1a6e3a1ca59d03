import { type Preset, presetSchema } from '../../../src/media/index.ts'
import type { Source } from '../../../src/media/source.ts'

/** A resolved preset to vary. */
export const preset: Preset = presetSchema.parse({
  name: 'sample',
  codec: 'dnxhd',
  profile: 'dnxhr_sq',
  pixelFormat: 'yuv422p'
})

/** 100 frames at 25 fps with a keyframe every 30, and one stereo stream. */
export const source: Source = {
  path: '/media/a.mp4',
  sizeBytes: 1_000_000,
  mtimeMs: 1_700_000_000_250,
  formats: ['mov', 'mp4'],
  startUs: 0,
  durationUs: 4_000_000,
  timecode: null,
  video: {
    index: 0,
    codec: 'h264',
    profile: 'High',
    width: 1920,
    height: 1080,
    pixelFormat: 'yuv420p',
    timeBase: { num: 1, den: 12800 },
    frameRate: '25/1',
    averageRate: '25/1',
    rotation: 0,
    turned: false,
    sampleAspect: null,
    colour: { range: null, primaries: null, transfer: null, matrix: null },
    hdr: null,
    dolbyVision: false,
    fieldOrder: 'progressive',
    framePerPacket: true,
    hasBFrames: true,
    language: 'und',
    title: null,
    reel: null,
    dispositions: ['default'],
    statedFrames: 100
  },
  audio: [
    {
      index: 1,
      codec: 'aac',
      channels: 2,
      layout: 'stereo',
      sampleRate: 48000,
      sampleFormat: 'fltp',
      language: 'eng',
      title: null,
      dispositions: ['default']
    }
  ],
  otherStreams: [],
  chapters: 0,
  frames: {
    pts: Array.from({ length: 100 }, (_, i) => i * 512),
    keyframes: [0, 30, 60, 90],
    lastDuration: 512,
    packets: 100,
    irregular: null
  }
}
