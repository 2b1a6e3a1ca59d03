import type { TimeBase } from './time-base.ts'

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
  fieldOrder: string | null
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
  language: string | null
  title: string | null
  dispositions: readonly string[]
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

export const isInterlaced = ({ fieldOrder }: Pick<VideoStream, 'fieldOrder'>): boolean =>
  fieldOrder === 'tt' || fieldOrder === 'bb' || fieldOrder === 'tb' || fieldOrder === 'bt'
