import { expect, test } from 'vitest'
import { whyImpossible } from '../../../src/media/presets/impossible.ts'
import { presetSchema } from '../../../src/media/presets/index.ts'

const dnx = { codec: 'dnxhd', profile: 'dnxhr_sq', pixelFormat: 'yuv422p' }
const prores = { codec: 'prores_aw', profile: '0', pixelFormat: 'yuv422p10le' }
const x264 = { codec: 'libx264', pixelFormat: 'yuv420p', crf: 20 }
const x265 = { codec: 'libx265', pixelFormat: 'yuv420p10le', crf: 20 }
const av1 = { codec: 'libsvtav1', pixelFormat: 'yuv420p10le', container: 'mp4', audioCodec: 'alac' }
const intra = { ...x264, crf: null, intra: true, qp: 20 }
const mjpeg = { codec: 'mjpeg', pixelFormat: 'yuvj422p', levels: 'full' }

const whyNot = (keys: object) => whyImpossible(presetSchema.parse({ name: 'p', ...keys }))

test.each([
  ['DNxHR', dnx],
  ['DNxHR in MXF with 48 kHz', { ...dnx, container: 'mxf', audioSampleRate: 48000 }],
  ['ProRes', prores],
  ['ProRes 4444 with alpha', { codec: 'prores_ks', profile: '4444', pixelFormat: 'yuva444p10le' }],
  ['all-intra', intra],
  ['a constant quantizer over long GOPs', { ...x264, crf: null, qp: 22, keyframeSeconds: 2 }],
  ['HEVC with its tag', { ...x265, tag: 'hvc1', speed: 'slow' }],
  ['AV1 by number of speed', { ...av1, crf: 63, speed: '13' }],
  ['MJPEG', { ...mjpeg, args: ['-q:v', '5'] }],
  ['a rotation that is kept, in MOV', { ...dnx, rotation: 'keep' }],
  ['no sound in MXF', { ...dnx, container: 'mxf', audioCodec: 'none' }]
])('%s is possible', (_, keys) => {
  expect(whyNot(keys)).toBeNull()
})

test.each([
  [
    'container',
    { ...dnx, container: 'mp4' },
    'dnxhd cannot be put into MP4: use `container: mov, mkv or mxf`'
  ],
  ['container', { ...prores, container: 'mp4' }, 'prores_aw cannot be put into MP4'],
  [
    'container',
    { ...x265, container: 'mxf' },
    'libx265 cannot be put into MXF: use `container: mov, mp4 or mkv`'
  ],
  [
    'container',
    { ...av1, container: 'mov' },
    'libsvtav1 cannot be put into MOV: use `container: mp4 or mkv`'
  ],
  ['container', { ...mjpeg, container: 'mxf' }, 'mjpeg cannot be put into MXF'],
  [
    'audioCodec',
    { ...x264, container: 'mp4' },
    'pcm_s24le cannot be put into MP4: use `container: mov`, or `audioCodec: aac or alac`'
  ],
  [
    'audioCodec',
    { ...dnx, audioCodec: 'flac' },
    'flac cannot be put into MOV: use `audioCodec: pcm_s16le, pcm_s24le, aac or alac`'
  ],
  ['audioCodec', { ...dnx, container: 'mxf', audioCodec: 'aac' }, 'aac cannot be put into MXF'],
  [
    'audioSampleRate',
    { ...dnx, container: 'mxf' },
    'MXF holds sound of 48 kHz only: say `audioSampleRate: 48000`'
  ],
  ['audioSampleRate', { ...dnx, audioCodec: 'none', audioSampleRate: 48000 }, 'means nothing without audio'],
  [
    'audioKbitPerChannel',
    { ...dnx, audioKbitPerChannel: 96 },
    '`audioKbitPerChannel` means nothing to pcm_s24le'
  ],
  ['fastStart', { ...dnx, container: 'mkv', fastStart: true }, '`fastStart` means nothing to MKV'],
  [
    'rotation',
    { ...dnx, container: 'mkv', rotation: 'keep' },
    'MKV cannot say how a picture is turned: use `rotation: apply`, or `container: mov`'
  ],
  ['tag', { ...x265, container: 'mkv', tag: 'hvc1' }, '`tag` means nothing to MKV'],
  ['tag', { ...x264, tag: 'hvc1' }, 'hvc1 is no tag of libx264: use avc1 or avc3'],
  ['profile', { ...dnx, profile: 'dnxhr_xq' }, 'dnxhd has no profile dnxhr_xq: use dnxhd_lb, dnxhd_sq'],
  ['profile', { ...dnx, profile: null }, 'dnxhd needs a `profile`'],
  ['profile', { ...mjpeg, profile: 'high' }, '`profile` means nothing to mjpeg'],
  [
    'pixelFormat',
    { ...dnx, pixelFormat: 'yuv420p' },
    'dnxhd with the profile dnxhr_sq does not take yuv420p: use yuv422p'
  ],
  [
    'pixelFormat',
    { ...prores, profile: '4' },
    'prores_aw with the profile 4 does not take yuv422p10le: use yuv444p10le or yuva444p10le'
  ],
  [
    'pixelFormat',
    { ...x264, profile: 'main', pixelFormat: 'yuv422p' },
    'libx264 with the profile main does not take yuv422p'
  ],
  [
    'pixelFormat',
    { ...av1, pixelFormat: 'yuv422p' },
    'libsvtav1 does not take yuv422p: use yuv420p or yuv420p10le'
  ],
  ['speed', { ...dnx, speed: 'fast' }, '`speed` means nothing to dnxhd'],
  ['speed', { ...x264, speed: 'quick' }, 'libx264 has no speed quick: use ultrafast'],
  ['crf', { ...dnx, crf: 20 }, '`crf` means nothing to dnxhd'],
  ['qp', { ...prores, qp: 20 }, '`qp` means nothing to prores_aw'],
  ['crf', { ...x264, crf: 52 }, '`crf` of libx264 is at most 51, not 52'],
  ['qp', { ...x264, qp: 20 }, '`qp` and `crf` are two ways to say one thing'],
  ['keyframeSeconds', { ...dnx, keyframeSeconds: 2 }, '`keyframeSeconds` means nothing to dnxhd'],
  [
    'intra',
    { ...dnx, intra: true },
    '`intra` means nothing to dnxhd: every frame of it stands alone already'
  ],
  ['intra', { ...av1, intra: true }, '`intra` is for libx264 and libx265'],
  ['crf', { ...x264, intra: true }, '`intra` goes with `qp` (for example 20), not with `crf`'],
  ['intra', { ...intra, qp: null }, '`intra` goes with `qp`'],
  ['keyframeSeconds', { ...intra, keyframeSeconds: 2 }, '`keyframeSeconds` goes against `intra`'],
  ['args', { ...intra, args: ['-maxrate', '5M'] }, 'the argument -maxrate goes against `intra`'],
  ['levels', { ...mjpeg, levels: 'video' }, 'Motion JPEG holds full levels: say `levels: full`'],
  [
    'levels',
    { ...prores, levels: 'full' },
    'ProRes cannot say that its levels are full: use `levels: video`'
  ],
  [
    'args',
    { ...prores, args: ['-quant_mat', 'hq'] },
    'the argument -quant_mat is for prores_ks, not for prores_aw'
  ],
  ['args', { ...x264, args: ['-bf', '2', '-bf', '3'] }, 'the argument -bf is there twice']
])('%s: %j is refused with what would work', (key, keys, words) => {
  const refusal = whyNot(keys)
  expect(refusal?.message).toContain(words)
  expect(refusal?.key).toBe(key)
})
