import type { Override } from '../../media/index.ts'
import type { JobRecord, OutputLayouts, Storage } from '../../model/index.ts'

/** What the transcode kind is told once, from this machine's settings. */
export interface TranscodeSettings {
  /** Null: found in the environment, on the PATH or among the bundled ones. */
  ffmpegPath: string | null
  ffprobePath: string | null
  /** 0…19. */
  niceness: number
  /** Clips shorter than this are encoded in one piece. */
  worthDurationMs: number
  /** No chunk is shorter, but for the last of a clip. */
  minChunkMs: number
  /** An ffmpeg that does not get on for this long is ended. */
  stallMs: number
  /** How long ffmpeg may take to end when asked to. */
  graceMs: number
  /** Folders of presets; an earlier one wins. */
  presetFolders: readonly string[]
  /** What this machine does in its own way, by preset; a later one wins. */
  overrides: readonly Override[]
}

export interface TranscodeCollaborators {
  storage: Storage
  layouts: OutputLayouts
  /** All jobs of this node's ledger. */
  jobs: () => Iterable<JobRecord>
}

/** What no settings file says. */
export const defaultTranscodeSettings = {
  stallMs: 120_000,
  graceMs: 3_000,
  overrides: []
} as const
