import type { TimeBase } from './time-base.ts'

/** ffmpeg's names (`ffmpeg -h filter=setparams`) of what ITU-T H.273 numbers. */
export const colourNames = {
  primaries: [
    ...['bt709', 'bt470m', 'bt470bg', 'smpte170m', 'smpte240m', 'film', 'bt2020', 'smpte428', 'smpte431'],
    ...['smpte432', 'ebu3213']
  ],
  transfer: [
    ...['bt709', 'bt470m', 'bt470bg', 'smpte170m', 'smpte240m', 'linear', 'log100', 'log316'],
    ...['iec61966-2-4', 'bt1361e', 'iec61966-2-1', 'bt2020-10', 'bt2020-12', 'smpte2084', 'smpte428'],
    'arib-std-b67'
  ],
  matrix: [
    ...['bt709', 'fcc', 'bt470bg', 'smpte170m', 'smpte240m', 'ycgco', 'bt2020nc', 'bt2020c', 'smpte2085'],
    ...['chroma-derived-nc', 'chroma-derived-c', 'ictcp']
  ]
} as const satisfies Record<string, readonly string[]>

/** How a picture's numbers mean colours, of `colourNames`; null where the file does not tell. */
export interface Colour {
  /** `tv`: 16…235 of 8 bits; `pc`: 0…255. */
  range: 'tv' | 'pc' | null
  primaries: (typeof colourNames.primaries)[number] | null
  transfer: (typeof colourNames.transfer)[number] | null
  matrix: (typeof colourNames.matrix)[number] | null
}

/** What HDR10 says of the display on which a film was graded, and of its brightest pictures. */
export interface HdrMetadata {
  /**
   * SMPTE ST 2086: x and y of green, blue, red and white in 1/50000, then the most and the least light in 1/10000 cd/m².
   */
  mastering: readonly number[] | null
  /** CTA-861.3: the brightest pixel and the brightest frame on average, in cd/m². */
  contentLight: readonly number[] | null
}

/** A video stream as ffprobe describes it. Sizes are of the stored picture, before rotation. */
export interface VideoStream {
  index: number
  codec: string
  profile: string | null
  width: number
  height: number
  pixelFormat: string | null
  timeBase: TimeBase
  /** Nominal frames a second as a fraction (`30000/1001`), or null where the container tells none. */
  frameRate: string | null
  averageRate: string | null
  /** Degrees, a multiple of 90 in 0…270 (others are taken as 0), that ffmpeg turns the picture by before encoding. */
  rotation: number
  /** The file says that the picture is to be turned, by whatever angle, or mirrored when it is shown. */
  turned: boolean
  /** Width to height of a pixel (`64:45`), or null: square, or not told. */
  sampleAspect: string | null
  colour: Colour
  hdr: HdrMetadata | null
  /** Dolby Vision's own metadata is there; no encoder here keeps it. */
  dolbyVision: boolean
  /** `progressive`, or interlaced: `tt` and `tb` top field first, `bb` and `bt` bottom field first. Null: not told. */
  fieldOrder: string | null
  /** Each of the first packets decodes to one frame at its own time; false where fields or hidden frames have theirs. */
  framePerPacket: boolean
  hasBFrames: boolean
  language: string | null
  title: string | null
  reel: string | null
  dispositions: readonly string[]
  /** What the container says the number of frames is, or null. */
  statedFrames: number | null
}

export interface AudioStream {
  index: number
  codec: string
  channels: number
  /** `5.1`, `stereo`…; null when the file does not tell. */
  layout: string | null
  sampleRate: number
  /** What a decoder makes of it (`fltp`…); null: there is no decoder. */
  sampleFormat: string | null
  language: string | null
  title: string | null
  dispositions: readonly string[]
}

/** A stream that no output has. */
export interface OtherStream {
  index: number
  kind: 'video' | 'cover' | 'subtitle' | 'attachment' | 'data'
  /** `mov_text`, `gpmd`…: what the file calls it; null when it does not say. */
  codec: string | null
}

/** What one look at the streams tells. */
export interface SourceStreams {
  path: string
  sizeBytes: number
  /** Time of its last change, as the system tells it. */
  mtimeMs: number
  /** ffmpeg's names of the container, e.g. `mov,mp4,m4a,3gp,3g2,mj2`. */
  formats: readonly string[]
  /** Start time of the container in microseconds: ffmpeg takes it off every time unless `-copyts` is given. */
  startUs: number
  durationUs: number | null
  /** `HH:MM:SS:FF`, with `;` before the frames when drop-frame. */
  timecode: string | null
  video: VideoStream
  audio: readonly AudioStream[]
  /** But for those that hold the timecode and the chapters. */
  otherStreams: readonly OtherStream[]
  chapters: number
}

/** Every frame of the video stream, in presentation order, in ticks of the stream's time base. */
export interface FrameIndex {
  /** Ascending. */
  pts: readonly number[]
  /** Indices into `pts` of the frames at which decoding can start. */
  keyframes: readonly number[]
  /** Duration of the last frame as the container tells it; 0 when it does not. */
  lastDuration: number
  /** Packets that are shown: the number of frames, or near it where `irregular` is set. */
  packets: number
  /** Why positions cannot be known exactly from the packets (such a source is encoded in one piece), or null. */
  irregular: string | null
}

export interface Source extends SourceStreams {
  frames: FrameIndex
}

/** Every frame can be decoded alone. */
export const isIntra = ({ frames }: Pick<Source, 'frames'>): boolean =>
  frames.keyframes.length === frames.pts.length

/** Which field of an interlaced picture is shown first, or null: it is not interlaced. */
export function firstField({ fieldOrder }: Pick<VideoStream, 'fieldOrder'>): 'tff' | 'bff' | null {
  if (fieldOrder === 'tt' || fieldOrder === 'tb') return 'tff'
  return fieldOrder === 'bb' || fieldOrder === 'bt' ? 'bff' : null
}

export const isInterlaced = (video: Pick<VideoStream, 'fieldOrder'>): boolean => firstField(video) !== null

/** Pixels of this format may be transparent. */
export const hasAlpha = (pixelFormat: string | null): boolean =>
  /^(yuva|gbrap|rgba|bgra|argb|abgr|ya\d|pal8)/.test(pixelFormat ?? '')

/** Pixels of this format are red, green and blue, which always use the full range. */
export const isRgb = (pixelFormat: string | null): boolean =>
  /^(rgb|bgr|gbr|argb|abgr|0rgb|0bgr|x2rgb|x2bgr|pal8)/.test(pixelFormat ?? '')
