/**
 * Where outputs go so that the editing software finds them: `mirror` repeats the source's folders under the folder of
 * proxies, `custom` is a template, the others are what the programs of these names expect.
 */
export const outputLayouts = [
  'mirror',
  'resolve',
  'premiere',
  'fcp',
  'kdenlive',
  'shotcut',
  'blender',
  'custom'
] as const
export type OutputLayout = (typeof outputLayouts)[number]

/** Pixels of a source's picture as it is shown, and of what is made of it. */
export interface PictureSizes {
  source: { width: number; height: number }
  output: { width: number; height: number }
}

/** What a place is chosen by. */
export interface PlaceWish {
  /** Absolute. */
  source: string
  /** Null: that of the settings. */
  layout: OutputLayout | null
  /** Of the output, without the dot. */
  extension: string
  preset: string
  /** The folder of the editing project that the source was queued from, or null. */
  projectFolder: string | null
  /** Absent where the source was not looked at. */
  picture?: PictureSizes
}

/** `message` and `hint`: why it cannot be placed, for a person. */
export type LayoutedPlace =
  | { kind: 'path'; path: string }
  | { kind: 'wrong'; message: string; hint: string | null }

/** Where outputs go, by the settings and by what editing software expects; `src/node` implements it. */
export interface OutputLayouts {
  place(wish: PlaceWish): Promise<LayoutedPlace>
}

/** A part of a source that is encoded alone: frames `[start, end)`, and the timecode of the first. */
export interface SourcePart {
  start: number
  end: number
  timecode: string | null
}

/** A timeline file, or the project that is open in DaVinci Resolve, as a person chooses from it. */
export interface EditView {
  /** Absolute; the project's name for Resolve. */
  file: string
  format: string
  sequences: EditSequenceView[]
}

export interface EditSequenceView {
  name: string
  /** Frames a second as a fraction: `24000/1001`. */
  rate: string | null
  /** Distinct files that it uses. */
  clips: number
}

/** What became of a file that a timeline uses. */
export type ClipStatus =
  | 'found'
  /** Nothing is there under its path, and no file of the roots fits. */
  | 'missing'
  /** Several files fit equally well: nothing is guessed. */
  | 'ambiguous'
  /** Not to be encoded: a title, a still, only sound, switched off, filtered out… */
  | 'left-out'
  /** It would have to be encoded, but cannot be. */
  | 'unusable'

/** One file that a timeline uses, and where it is on this machine. A line of `queue --json`. */
export interface ClipLine {
  type: 'clip'
  /** The timeline's file, absolute; the project's name for DaVinci Resolve. */
  timeline: string
  /** The first chosen sequence that uses it. */
  sequence: string
  name: string
  /** Of DaVinci Resolve: the clip that a proxy is to be linked to. */
  mediaId?: string
  /** Path or URL as the timeline has it. */
  written: string | null
  reel: string | null
  startTimecode: string | null
  status: ClipStatus
  /** Absolute path on this machine, when it was found. */
  source: string | null
  /** By its path, beside the timeline (a relative path), by `paths.map`, or by what it is. */
  how: 'path' | 'beside-timeline' | 'map' | 'index' | null
  /** Of `index`: what agrees. */
  evidence: string[]
  /** Why it was not found, or is left out, in words for a person. */
  reason: string | null
  /** With `--used-ranges`, what of it is encoded; null: all of it. */
  parts: readonly SourcePart[] | null
  /** Ambiguous: those that fit. Missing: those of its name, with what contradicts. */
  candidates: { path: string; conflicts: string[] }[]
}
