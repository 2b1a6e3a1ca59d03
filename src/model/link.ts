import type { JobId } from './ids.ts'

export const linkStates = ['pending', 'linked', 'refused', 'not-in-project'] as const

/**
 * How far the linking of a job's output in the editing software has got. `pending`: not tried, or not for good, and to
 * be tried again; `refused` ones only when their file has changed; `not-in-project`: nobody asked, and the project that
 * was open has no such clip.
 */
export type LinkState = (typeof linkStates)[number]

/** One clip of the editing software that a proxy was linked to, or would not be. */
export interface LinkedClip {
  mediaId: string
  name: string
  state: 'linked' | 'refused' | 'pending'
  /** Null when it is linked. */
  reason: string | null
}

/** What the ledger remembers of one job's link. */
export interface JobLink {
  state: LinkState
  /** One line for a person: why it is not linked (yet); null when it is. */
  reason: string | null
  /** What to do about it. */
  hint: string | null
  /** The project in which it was tried last. */
  project: { id: string; name: string } | null
  clips: readonly LinkedClip[]
  /** Size and time of the file that was tried; null before. It changes whenever the file does. */
  proxyIdentity: string | null
}

/** With its times, ISO 8601, for people only. */
export interface StoredLink extends JobLink {
  jobId: JobId
  /** When it came to this. */
  changedAt: string
}
