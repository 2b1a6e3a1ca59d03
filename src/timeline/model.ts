import type { Rational } from './rational.ts'

export const timelineFormats = ['otio', 'fcpxml', 'xmeml', 'edl', 'kdenlive', 'mlt'] as const

export type TimelineFormat = (typeof timelineFormats)[number]

/** What an edit says, whichever program exported it. */
export interface Timeline {
  format: TimelineFormat
  /** Of the format, as written (`1.13`, `4`); null where the format has none. */
  version: string | null
  /** The folder that relative paths in it start from; null where they lie inside an archive (`.otioz`). */
  folder: string | null
  /** The opened one of a Kdenlive project first, else in the order of the file. */
  sequences: TimelineSequence[]
}

export interface TimelineSequence {
  id: string
  name: string
  rate: Rational | null
  /** Distinct files, in the order of their first use, those of nested sequences with them. */
  media: TimelineMedia[]
  /** What is no media to encode: told, so that nobody misses it. */
  skipped: SkippedItem[]
}

/** One file (or one name, where the edit knows no path) that a sequence uses. */
export interface TimelineMedia {
  /** The path or URL as written (a `root` of MLT before it); null when the edit has only a name. */
  path: string | null
  /** The file's name as far as it is known, else the clip's, else the reel. */
  name: string
  /** Other names that the edit gives it: of clips, of master clips. */
  aliases: string[]
  /** Tape or camera roll. EDLs cut it to 8 characters. */
  reel: string | null
  /** Start timecode as the time since 00:00:00:00; null when the edit does not tell. */
  startTime: Rational | null
  /** The same as it is written, or as `startTime` reads at `rate`. */
  startTimecode: string | null
  rate: Rational | null
  /** Of the whole file, in seconds. */
  duration: Rational | null
  /** Whether the file holds (or, where that is not told, is used for) pictures and sound. */
  video: boolean
  audio: boolean
  /** A numbered series of pictures: `path` names its first file, or has the number as `%04d`. */
  imageSequence: boolean
  /** At least one use is switched on. */
  enabled: boolean
  /** Of the clip in the editing software, where that was asked itself. */
  mediaId?: string
  /** Distinct uses in the order of the file. A nested sequence counts as wholly used. */
  uses: MediaUse[]
}

export interface MediaUse {
  /** Null: not told, or played at another speed; the whole file then. */
  range: UsedRange | null
  track: 'video' | 'audio' | 'both'
  enabled: boolean
}

/** The part of a file that is used. Times in seconds, exact. */
export type UsedRange =
  /** Counted from the file's first frame. */
  | { clock: 'first-frame'; start: Rational; duration: Rational }
  /** On the file's own clock: its timecode where it has one, else from its first frame. */
  | { clock: 'media'; start: Rational; duration: Rational }
  /** From a timecode up to another that is not used any more, at a rate that the edit does not tell (EDL). */
  | { clock: 'timecode'; from: string; to: string }

export type SkippedKind =
  | 'title'
  | 'generator'
  | 'gap'
  | 'still'
  /** Neither path nor name: an offline clip or a render of an effect. */
  | 'no-media'
  /** A project of another program used as a clip. */
  | 'project'
  /** A compound or multicam clip that the editing software does not let be looked into. */
  | 'nested'

export interface SkippedItem {
  kind: SkippedKind
  /** Empty for gaps. */
  name: string
  path: string | null
  /** How often it is used. */
  count: number
}

export interface ReadOptions {
  /** All angles of multicam clips, not only the active ones. */
  allAngles?: boolean
  /** All candidates of auditions, not only the pick. */
  allAuditions?: boolean
}
