import type { JobId } from './ids.ts'
import type { JobView, NodeInfo, PeerView } from './views.ts'

/**
 * What a node tells its screens: rows that each replace an earlier one of the same key, so that a screen that does not
 * read for a while misses steps, never the end, and costs the node one row a key.
 */

/** How long it will take still, in milliseconds, between the best and the worst that the measured speeds allow. */
export interface LeftRange {
  minMs: number
  maxMs: number
}

/** A job as a list shows it. */
export interface JobRow {
  job: JobView
  /** Pieces of the picture; `total` is a guess while ranges are not yet cut. Null for a job in one piece. */
  chunks: { done: number; total: number; estimated: boolean } | null
  /** Frames a second: as ffmpeg says it now, or where it has not said anything yet, as the machine showed before. */
  fps: number
  /** Null while nothing has been measured. */
  left: LeftRange | null
}

/** A machine as a list shows it. */
export interface PeerRow {
  peer: PeerView
  /** Of this node's jobs that are not purged: tasks that it was given, that it finished, that it failed. */
  taken: number
  done: number
  failed: number
  /** When it was lost or said goodbye, as long as it has not come back; null also when it was never here. */
  goneAt: string | null
}

export const eventLevels = ['info', 'good', 'warn', 'bad'] as const
export type EventLevel = (typeof eventLevels)[number]

/** Something that happened, in words. */
export interface EventRow {
  /** Ascending, from 1 with each start of the node. */
  seq: number
  /** ISO 8601. */
  at: string
  level: EventLevel
  text: string
  jobId: string | null
  /** The task's id, as `job ID` lists it. */
  task: string | null
  peerId: string | null
}

/** Events travel in blocks of this many, of which the newest `eventBlocks` are kept. */
export const eventBlockSize = 64
export const eventBlocks = 8

/** One event of the stream `screen`. */
export type ScreenPart =
  /** The first: which node this is. */
  | { kind: 'node'; node: NodeInfo }
  | { kind: 'job'; row: JobRow }
  | { kind: 'job-gone'; id: string }
  | { kind: 'peer'; row: PeerRow }
  | { kind: 'peer-gone'; id: string }
  /** A block of events as far as it is filled: `block` counts from 0 and comes again with each that is added. */
  | { kind: 'events'; block: number; events: readonly EventRow[] }
  /** Everything that was there at first has been told. */
  | { kind: 'synced' }

/** Parts with the same key replace one another while a screen does not read. */
export function partKey(part: ScreenPart): string {
  switch (part.kind) {
    case 'job':
      return `job:${part.row.job.id}`
    case 'job-gone':
      return `job:${part.id}`
    case 'peer':
      return `peer:${part.row.peer.peerId}`
    case 'peer-gone':
      return `peer:${part.id}`
    case 'events':
      return `events:${part.block % eventBlocks}`
    default:
      return part.kind
  }
}

export const chunkStates = [
  'waiting',
  'encoding',
  'verifying',
  'second',
  'done',
  'failed',
  'canceled'
] as const
export type ChunkState = (typeof chunkStates)[number]

/** Neighbouring chunks that look the same, in the order of the picture. */
export interface ChunkRun {
  state: ChunkState
  count: number
  /** Index into `peers`: who encodes them; of `done`, who did. Null where nobody is. */
  peer: number | null
  /** Task id of the first; the others follow by ones. Null for what is not yet cut. */
  firstTask: number | null
}

/** A task beside the chunks: audio, join, a whole file. */
export interface SideTask {
  id: string
  kind: string
  state: ChunkState
  peer: number | null
}

/** One event of the stream `chunks`: all chunks of a job, as they are now. */
export interface ChunkMap {
  jobId: string
  runs: readonly ChunkRun[]
  /** How many of the waiting cells stand for what is not yet cut: their number is a guess. */
  uncut: number
  side: readonly SideTask[]
  peers: readonly { peerId: string; name: string }[]
  /** True when the job is no more. */
  gone: boolean
}

/** What a member may look at in another's node: what a screen shows, or the chunks of one of its jobs. */
export type WatchQuestion = { what: 'screen' } | { what: 'chunks'; jobId: JobId }

/** What it is told then: parts that each replace an earlier one of the same key, or all chunks as they are now. */
export type WatchNews = { kind: 'parts'; parts: ScreenPart[] } | { kind: 'chunks'; map: ChunkMap }
