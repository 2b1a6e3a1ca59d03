/** A file as a look at its folder found it. */
export interface SeenFile {
  /** Within the watched folder, with forward slashes. */
  path: string
  sizeBytes: number
  mtimeMs: number
}

/** What is remembered for good of a file that was dealt with, as it was then. */
export interface KnownFile {
  sizeBytes: number
  mtimeMs: number
  /** Tells a file with the same content from one that was replaced. */
  print: string
  /** `queueing` is written before a job is made, so that a crash in between makes no second one. */
  outcome: 'queueing' | 'queued' | 'exists' | 'refused'
  jobId: string | null
  /** Of what was about to be queued: finds its job, if that came to be. Journals of before tell none. */
  batchId?: string | undefined
  output: string | null
  reason: string | null
  /** ISO 8601. */
  at: string
}

/** A file that is not dealt with yet. Forgotten when the node stops: waiting begins anew. */
export interface WaitingFile {
  sizeBytes: number
  mtimeMs: number
  /** When it was first seen so, on a clock that nobody sets. */
  sinceMs: number
  /** How often it was seen so. */
  looks: number
  /** Vain attempts to queue it, for reasons that may pass. */
  tries: number
  /** Not tried before, on the same clock. */
  notBeforeMs: number
  reason: string
}

/** How long to wait for what. */
export interface Patience {
  settleMs: number
  minAgeMs: number
  /** From look to look. */
  intervalMs: number
}

export interface Moment {
  /** On a clock that only goes forward. */
  nowMs: number
  /** What the calendar says; it may jump. */
  wallMs: number
}
