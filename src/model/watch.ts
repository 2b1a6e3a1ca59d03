import type { QueueParams } from './control.ts'

/** What of a watched folder is queued, and when. */
export interface WatchRules {
  /** File endings in lower case, without the dot; null: those of video files. */
  extensions: readonly string[] | null
  /** Patterns, any of which must fit; with a slash of the path within the folder, else of the file's name. */
  only: readonly string[]
  /** Patterns of which none may fit. */
  skip: readonly string[]
  /** Also the folders in it. */
  recursive: boolean
  /** Size and time of a file must have stayed the same for so long. */
  settleMs: number
  /** A file must have been written so long ago, or have been seen unchanged for so long. */
  minAgeMs: number
}

/** How the files of a watched folder are queued. */
export type WatchChoices = Omit<QueueParams, 'sources' | 'origins' | 'batchId'>

export interface WatchParams {
  /** Absolute. */
  dir: string
  rules: WatchRules
  queue: WatchChoices
}

/** One file of a watched folder. */
export interface WatchedFile {
  /** Its path within the folder, with forward slashes. */
  file: string
  sizeBytes: number
  /** Why it waits or was refused, in one line for a person; null when there is nothing to say. */
  reason: string | null
  jobId: string | null
  output: string | null
  /** When that was found or done; null for what only waits to settle. */
  at: string | null
}

/** A line of `watch`. */
export interface WatchView {
  type: 'watch'
  id: string
  dir: string
  /**
   * `away`: the folder cannot be read now, and `reason` says why; it is waited for. `standby`: another node queues from
   * it, and `reason` says which; this one takes over when that falls silent.
   */
  status: 'watching' | 'away' | 'standby'
  /** Also what of the folder cannot be read. */
  reason: string | null
  rules: WatchRules
  queue: WatchChoices
  addedAt: string
  /** When the folder was last read to its end; null before. */
  lookedAt: string | null
  /** How many files of the folder wait, were queued, had their output already, were refused. */
  counts: { waiting: number; queued: number; exists: number; refused: number }
  /** The newest of each, at most 100. */
  waiting: WatchedFile[]
  queued: WatchedFile[]
  refused: WatchedFile[]
}

/** `added`: a new watch; `changed`: one of this folder was there; `moved`: of the folder under its former name. */
export interface WatchResult {
  watch: WatchView
  change: 'added' | 'changed' | 'moved'
}
