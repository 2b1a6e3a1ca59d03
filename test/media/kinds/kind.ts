/** One sort of file that a camera, phone, recorder or editor makes, and what must come out of it. */
export interface SourceKind {
  /** Short and unique: part of file names. */
  name: string
  /** What it stands for, in the table. */
  what: string
  /** Ending of the file, which decides its container. */
  ending: string
  /**
   * Makes the file.
   * @throws Error when this ffmpeg cannot
   */
  make: (path: string) => void
  /** Written down from the recipe, never asked of the program under test. */
  expected: Expected
  /** What `queue` must say instead of taking the job, by preset; `*` for all. */
  refused?: Readonly<Record<string, RegExp>>
  /** Cells that do not hold, by preset or `mesh: preset` (`*` for all presets), and why that cannot be mended here. */
  known?: Readonly<Record<string, { differs: RegExp; because: string }>>
  /** Why it cannot be made here, or null. */
  missing?: string | null
}

export interface Expected {
  /** The number drawn into each frame, in the order in which they are shown. */
  numbers: readonly number[]
  /** Seconds of each frame after the first one. */
  timesS: readonly number[]
  /** Pixels of the picture as a viewer sees it: upright. */
  width: number
  height: number
  /** Width to height of the picture on the screen. */
  aspect: number
  /** Degrees clockwise that a player turns the stored picture by. */
  turned: 0 | 90 | 180 | 270
  /** A player shows the stored picture mirrored. */
  mirrored: boolean
  range: 'tv' | 'pc'
  fields: 'progressive' | 'tt' | 'bb'
  colour: { primaries: string; transfer: string; matrix: string } | null
  audio: readonly ExpectedAudio[]
  timecode: string | null
  reel: string | null
  chapters: readonly string[]
  title: string | null
  /** Why it may be encoded in one piece, or null: it must be cut. */
  onePiece: RegExp | null
  alpha: boolean
  /** Its red is only made luma by a matrix, which the output tells. */
  rgb: boolean
  /** Numbers, patches and tones are in it; a film of somebody else's has none. */
  marked: boolean
}

export interface ExpectedAudio {
  /** Frequency of each channel, in its order. */
  tonesHz: readonly number[]
  sampleRate: number
  seconds: number
  /** Seconds between the first picture and the first sample. */
  lateS: number
  language: string | null
  title: string | null
  /** Lossy codecs of the source add or lose some. */
  slackS: number
}

/** Frames of a clip unless its kind says otherwise: four groups of pictures, and three of the all-intra encoders' steps. */
export const frameCount = 100
/** Frames from keyframe to keyframe. */
export const gop = 24

export const countTo = (frames: number): number[] => Array.from({ length: frames }, (_, i) => i)

/** `30000/1001` as a number. */
export function rateOf(rate: string): number {
  const [num, den = 1] = rate.split('/').map(Number)
  return num! / den
}

/** What comes out of a plain clip: upright, progressive, every frame at its place, one stereo stream. */
export function expects(rate: string, changes: Partial<Expected> & { frames?: number } = {}): Expected {
  const { frames = frameCount, ...rest } = changes
  const seconds = frames / rateOf(rate)
  const width = rest.width ?? 256
  const height = rest.height ?? 144
  return {
    numbers: countTo(frames),
    timesS: countTo(frames).map((i) => i / rateOf(rate)),
    width,
    height,
    aspect: width / height,
    turned: 0,
    mirrored: false,
    range: 'tv',
    fields: 'progressive',
    colour: null,
    audio: [sound({ seconds })],
    timecode: null,
    reel: null,
    chapters: [],
    title: null,
    onePiece: null,
    alpha: false,
    rgb: false,
    marked: true,
    ...rest
  }
}

export const sound = (changes: Partial<ExpectedAudio> = {}): ExpectedAudio => ({
  tonesHz: [440, 660],
  sampleRate: 48_000,
  seconds: frameCount / 25,
  lateS: 0,
  language: null,
  title: null,
  slackS: 0.05,
  ...changes
})
