import type { AudioCodec, Container, VideoCodec } from './schema.ts'

/** What one encoder of ffmpeg takes. From `ffmpeg -h encoder=NAME` of 5.1 and 7.0, and from trials with both. */
export interface CodecRules {
  /** For people. */
  title: string
  /** Names of `-profile:v`, with the pixel formats that each can hold; null: the encoder has no profiles. */
  profiles: Readonly<Record<string, readonly string[]>> | null
  /** Pixel formats that it takes where the profile does not say. ffmpeg would silently choose another one. */
  pixelFormats: readonly string[]
  /** Values of `-preset`; null: it has none. */
  speeds: readonly string[] | null
  /** Highest `crf` and `qp`; null: it has no such mode. */
  maxQuality: number | null
  /** Every frame stands alone, whatever is asked. */
  alwaysIntra: boolean
  /** Codec tags of MOV and MP4 that may be asked for. */
  tags: readonly string[]
  containers: readonly Container[]
}

const dnxhr = ['yuv422p'] as const
const prores422 = ['yuv422p10le'] as const
const prores4444 = ['yuv444p10le', 'yuva444p10le'] as const
const x26xSpeeds = [
  ...['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium'],
  ...['slow', 'slower', 'veryslow', 'placebo']
]
const eightBit = ['yuv420p', 'yuv422p', 'yuv444p']
const tenBit = ['yuv420p10le', 'yuv422p10le', 'yuv444p10le']
const twelveBit = ['yuv420p12le', 'yuv422p12le', 'yuv444p12le']

const proresNumbers = {
  '0': prores422,
  '1': prores422,
  '2': prores422,
  '3': prores422,
  '4': prores4444,
  '5': prores4444
}

export const codecRules: Readonly<Record<VideoCodec, CodecRules>> = {
  dnxhd: {
    title: 'DNxHD/DNxHR',
    profiles: {
      // Classic DNxHD, at the sizes and rates of `../legal.ts` alone.
      dnxhd_lb: dnxhr,
      dnxhd_sq: dnxhr,
      dnxhd_hq: dnxhr,
      dnxhd_hqx: ['yuv422p10le'],
      dnxhd_444: ['yuv444p10le', 'gbrp10le'],
      dnxhr_lb: dnxhr,
      dnxhr_sq: dnxhr,
      dnxhr_hq: dnxhr,
      dnxhr_hqx: ['yuv422p10le'],
      dnxhr_444: ['yuv444p10le', 'gbrp10le']
    },
    pixelFormats: ['yuv422p', 'yuv422p10le', 'yuv444p10le', 'gbrp10le'],
    speeds: null,
    maxQuality: null,
    alwaysIntra: true,
    tags: ['AVdn', 'AVdh'],
    containers: ['mov', 'mkv', 'mxf']
  },
  prores_aw: {
    title: 'ProRes',
    profiles: proresNumbers,
    pixelFormats: [...prores422, ...prores4444],
    speeds: null,
    maxQuality: null,
    alwaysIntra: true,
    tags: ['apco', 'apcs', 'apcn', 'apch', 'ap4h', 'ap4x'],
    containers: ['mov', 'mkv', 'mxf']
  },
  prores_ks: {
    title: 'ProRes',
    profiles: {
      proxy: prores422,
      lt: prores422,
      standard: prores422,
      hq: prores422,
      '4444': prores4444,
      '4444xq': prores4444,
      ...proresNumbers
    },
    pixelFormats: [...prores422, ...prores4444],
    speeds: null,
    maxQuality: null,
    alwaysIntra: true,
    tags: ['apco', 'apcs', 'apcn', 'apch', 'ap4h', 'ap4x'],
    // In MXF its profile gets lost with ffmpeg 5.1, and the file with it.
    containers: ['mov', 'mkv']
  },
  libx264: {
    title: 'H.264',
    profiles: {
      baseline: ['yuv420p'],
      main: ['yuv420p'],
      high: ['yuv420p'],
      high10: ['yuv420p', 'yuv420p10le'],
      high422: ['yuv420p', 'yuv422p', 'yuv420p10le', 'yuv422p10le'],
      high444: [...eightBit, ...tenBit]
    },
    pixelFormats: [...eightBit, ...tenBit],
    speeds: x26xSpeeds,
    maxQuality: 51,
    alwaysIntra: false,
    tags: ['avc1', 'avc3'],
    containers: ['mov', 'mp4', 'mkv']
  },
  libx265: {
    title: 'HEVC',
    profiles: {
      main: ['yuv420p'],
      main10: ['yuv420p', 'yuv420p10le'],
      main12: ['yuv420p', 'yuv420p10le', 'yuv420p12le'],
      'main422-10': ['yuv422p', 'yuv422p10le'],
      'main422-12': ['yuv422p', 'yuv422p10le', 'yuv422p12le'],
      'main444-8': ['yuv444p'],
      'main444-10': ['yuv444p', 'yuv444p10le'],
      'main444-12': ['yuv444p', 'yuv444p10le', 'yuv444p12le']
    },
    pixelFormats: [...eightBit, ...tenBit, ...twelveBit],
    speeds: x26xSpeeds,
    maxQuality: 51,
    alwaysIntra: false,
    tags: ['hvc1', 'hev1'],
    containers: ['mov', 'mp4', 'mkv']
  },
  libsvtav1: {
    title: 'AV1',
    profiles: null,
    pixelFormats: ['yuv420p', 'yuv420p10le'],
    speeds: Array.from({ length: 14 }, (_, number) => String(number)),
    maxQuality: 63,
    alwaysIntra: false,
    tags: ['av01'],
    containers: ['mp4', 'mkv']
  },
  mjpeg: {
    title: 'Motion JPEG',
    profiles: null,
    pixelFormats: ['yuvj420p', 'yuvj422p', 'yuvj444p'],
    speeds: null,
    maxQuality: null,
    alwaysIntra: true,
    tags: ['jpeg', 'mjpa'],
    containers: ['mov', 'mp4', 'mkv']
  }
}

/** Sound that each container holds with ffmpeg 5.1 and 7.0 alike. */
export const audioOf: Readonly<Record<Container, readonly AudioCodec[]>> = {
  mov: ['pcm_s16le', 'pcm_s24le', 'aac', 'alac'],
  // FLAC in MP4 is experimental in 5.1, and refused.
  mp4: ['aac', 'alac'],
  // AAC begins before the picture, which MKV would make start as much later.
  mkv: ['pcm_s16le', 'pcm_s24le', 'alac', 'flac'],
  mxf: ['pcm_s16le', 'pcm_s24le']
}
