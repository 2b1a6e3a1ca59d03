import { aac, by, film, lengthOf, pcm, tones, x264, x265 } from './film.ts'
import { expects, type SourceKind } from './kind.ts'

const clip25 = [...film('25'), ...tones(4)]
const mpeg2 = [
  '-c:v',
  'mpeg2video',
  '-q:v',
  '3',
  '-g',
  '24',
  '-bf',
  '2',
  '-sc_threshold',
  '1000000000'
] as const

/** Codecs and their groups of pictures. */
export const codecKinds: readonly SourceKind[] = [
  {
    name: 'h264-open',
    what: 'H.264 open GOP (recovery points without IDR), MOV',
    ending: 'mov',
    make: by(clip25, x264(':open-gop=1'), aac),
    expected: expects('25')
  },
  {
    name: 'h264-open-ts',
    what: 'H.264 open GOP, MPEG-TS',
    ending: 'ts',
    make: by(clip25, x264(':open-gop=1'), aac),
    expected: expects('25')
  },
  {
    name: 'h264-refresh',
    what: 'H.264 intra refresh (one IDR alone), MP4',
    ending: 'mp4',
    make: by(
      clip25,
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-intra-refresh',
      '1',
      '-g',
      '24',
      '-crf',
      '16',
      aac
    ),
    expected: expects('25')
  },
  {
    name: 'h264-intra-mxf',
    what: 'H.264 all-intra 4:2:2 10 bit, MXF',
    ending: 'mxf',
    make: by(film('25', { pixelFormat: 'yuv422p10le' }), tones(4), [
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-g',
      '1',
      '-crf',
      '12',
      '-c:a',
      'pcm_s24le'
    ]),
    expected: expects('25')
  },
  {
    name: 'hevc10',
    what: 'HEVC 10 bit closed GOP, MP4',
    ending: 'mp4',
    make: by(clip25, x265(':open-gop=0', ['-tag:v', 'hvc1']), aac),
    expected: expects('25')
  },
  {
    name: 'hevc10-open',
    what: 'HEVC 10 bit open GOP (CRA with RASL), MOV',
    ending: 'mov',
    make: by(film('24000/1001'), tones(lengthOf('24000/1001')), x265(':open-gop=1', ['-tag:v', 'hvc1']), aac),
    expected: expects('24000/1001')
  },
  {
    name: 'hevc10-open-mkv',
    what: 'HEVC 10 bit open GOP, MKV',
    ending: 'mkv',
    make: by(clip25, x265(':open-gop=1'), aac),
    expected: expects('25')
  },
  {
    name: 'mpeg2-ts',
    what: 'MPEG-2 with B-frames, MPEG-TS',
    ending: 'ts',
    make: by(clip25, mpeg2, '-c:a', 'mp2'),
    expected: expects('25')
  },
  {
    name: 'mpeg2-ps',
    what: 'MPEG-2 with B-frames, program stream',
    ending: 'mpg',
    make: by(clip25, mpeg2, '-c:a', 'mp2', '-f', 'vob'),
    expected: expects('25', { onePiece: /no presentation time/ })
  },
  {
    name: 'mpeg2-mxf',
    what: 'MPEG-2 with B-frames, MXF',
    ending: 'mxf',
    make: by(clip25, mpeg2, pcm),
    expected: expects('25')
  },
  {
    name: 'prores',
    what: 'ProRes 422, MOV',
    ending: 'mov',
    make: by(
      film('25', { pixelFormat: 'yuv422p10le' }),
      tones(4),
      '-c:v',
      'prores_ks',
      '-profile:v',
      '2',
      pcm
    ),
    expected: expects('25')
  },
  {
    name: 'dnxhr',
    what: 'DNxHR SQ, MOV',
    ending: 'mov',
    make: by(
      film('25', { pixelFormat: 'yuv422p' }),
      tones(4),
      '-c:v',
      'dnxhd',
      '-profile:v',
      'dnxhr_sq',
      pcm
    ),
    expected: expects('25')
  },
  {
    name: 'dnxhd-mxf',
    what: 'DNxHD 720p 60 Mbit/s, MXF',
    ending: 'mxf',
    make: by(
      film('25', { pixelFormat: 'yuv422p', size: '1280x720' }),
      tones(4),
      ['-c:v', 'dnxhd', '-b:v', '60M'],
      pcm
    ),
    expected: expects('25', { width: 1280, height: 720 })
  },
  {
    name: 'mjpeg-avi',
    what: 'MJPEG, AVI',
    ending: 'avi',
    make: by(clip25, '-c:v', 'mjpeg', '-q:v', '2', '-pix_fmt', 'yuvj420p', pcm),
    expected: expects('25', { range: 'pc' })
  },
  {
    name: 'vp9-webm',
    what: 'VP9 with hidden frames, WebM',
    ending: 'webm',
    make: by(
      clip25,
      '-c:v',
      'libvpx-vp9',
      '-g',
      '24',
      '-crf',
      '16',
      '-b:v',
      '0',
      '-deadline',
      'realtime',
      '-cpu-used',
      '4',
      '-auto-alt-ref',
      '1',
      '-lag-in-frames',
      '12',
      '-c:a',
      'libopus'
    ),
    expected: expects('25')
  },
  {
    name: 'av1-mp4',
    what: 'AV1, MP4',
    ending: 'mp4',
    make: by(clip25, '-c:v', 'libsvtav1', '-g', '24', '-crf', '20', '-preset', '10', aac),
    expected: expects('25')
  }
]
