import type { JobId, PeerId } from './ids.ts'
import type { Json } from './json.ts'
import type { Needs } from './needs.ts'

/** `planning → queued → active → joining → verifying → completed`, with three ways aside. */
export const jobStatuses = [
  'planning',
  'queued',
  'active',
  'joining',
  'verifying',
  'completed',
  'paused',
  'failed',
  'canceled'
] as const
export type JobStatus = (typeof jobStatuses)[number]

export const taskStatuses = ['waiting', 'ready', 'leased', 'done', 'failed', 'canceled'] as const
/** `waiting → ready → leased → done | failed | canceled`; a lost lease goes back to `ready`. */
export type TaskStatus = (typeof taskStatuses)[number]

export const isEnded = (status: JobStatus): boolean =>
  status === 'completed' || status === 'failed' || status === 'canceled'

/** A half-open range `[start, end)` of a job's units (frames of a transcode, in presentation order). */
export interface UnitRange {
  start: number
  end: number
}

/** What a source was queued from, beside its own path: an edit, or a watched folder. */
export interface JobOrigin {
  kind: 'timeline' | 'resolve' | 'watch'
  /** The file of the timeline, or the watched folder. */
  file?: string
  /** Name of the timeline (sequence). */
  sequence?: string
  /** The clip in the editing software. */
  mediaId?: string
}

/** What a person asked for. Written once, when the job is queued; everything in it is durable. */
export interface JobRequest {
  /** The job kind's name: a folder of `src/jobs`. */
  kind: string
  /** Jobs queued by one command share a batch. */
  batchId: string
  /** For people: where the source and the output are, as this machine calls them. */
  source: string
  output: string
  preset: string
  /** Higher goes first; 0 is usual, −100…100. */
  priority: number
  /** Why `--preset auto` chose the preset; null when a person named it. Absent in jobs of older versions. */
  chosen?: string | null
  needs: Needs
  /** What of the source the output will not have, a sentence each. Absent in jobs of older versions. */
  warnings?: readonly string[]
  /** Absent: its path was given. */
  origin?: JobOrigin
  /** Editing software that is told by a file of its own where source and output are, when the batch has ended. */
  listing?: 'fcp'
  /** The job kind's own data (references, resolved preset, options). Opaque outside `src/jobs`. */
  payload: Json
}

/** Which pool of a node a task takes its room from: encoding slots, or the few places for file work. */
export type Pool = 'slot' | 'io'

/** A task that exists from the start, such as an audio encode or a join. */
export interface PlannedTask {
  kind: string
  /** Tasks of a stage are ready when every task and range of the stages before is done. */
  stage: number
  ownerOnly: boolean
  pool: Pool
  /** Its result is the job's output: once it is verified, the job is published. Exactly one a plan. */
  final: boolean
}

/** Work that is an interval of units until it is leased: cut late, to the peers that are there. */
export interface DivisibleWork {
  kind: string
  totalUnits: number
  /** Units where a cut costs nothing (keyframes), ascending, without 0; null when a cut is free anywhere. */
  cuts: readonly number[] | null
  /** Pieces begin at multiples of this alone. Absent (jobs of older versions too): 1, anywhere. */
  step?: number
  /** No piece is smaller, but for the last. */
  minUnits: number
  /** No piece is larger, but for a short tail that goes along with the last. Null: as large as fits the peers. */
  maxUnits: number | null
  /** Pieces of this length, when a person asked for a length. */
  fixedUnits: number | null
}

/**
 * How a job's work can be laid out. `split` is stage 0's divisible work with the tasks around it; `whole` does
 * everything in one task. Where both are there, the scheduler chooses when the first task is handed out:
 * whole when the owner is alone, split when peers can share the work.
 */
export interface JobPlan {
  /** Units (frames) of the whole job, however it is laid out. */
  totalUnits: number
  split: { work: DivisibleWork; tasks: readonly PlannedTask[] } | null
  whole: PlannedTask | null
  /** Needs as they are known after probing; replace those of the request. */
  needs: Needs
  /** The job kind's own data (frame times, stream layout…). Opaque outside `src/jobs`. */
  payload: Json
}

export type JobShape = 'split' | 'whole'

/** How an attempt ended. Only `failed` and `rejected` speak against the task, `lost` a little. */
export type AttemptStatus =
  | 'running'
  | 'done' // verified, and the task's result
  | 'failed' // the worker says that it could not
  | 'hindered' // the worker's own trouble: no space, storage out of reach, no permission
  | 'rejected' // delivered, but it did not verify
  | 'lost' // the lease expired, or its peer died; a late result is still welcome
  | 'returned' // handed back: clean stop, or never started
  | 'superseded' // another attempt of the task won
  | 'canceled' // a person's doing

export interface Attempt {
  attempt: number
  peerId: PeerId
  peerName: string
  status: AttemptStatus
  error: string | null
}

export interface Task {
  /** Number within the job, never used twice, also not by a retry. */
  no: number
  kind: string
  stage: number
  ownerOnly: boolean
  pool: Pool
  final: boolean
  range: UnitRange | null
  status: TaskStatus
  attempts: readonly Attempt[]
  /** What the winning attempt delivered; opaque outside the job kind. */
  result: Json
  error: string | null
}

/** A job as its owner holds it: exactly what the facts of the ledger add up to. */
export interface JobRecord {
  id: JobId
  /** Order of queueing at this owner, from 1; ages are compared by it, never by a clock. */
  seq: number
  request: JobRequest
  priority: number
  status: JobStatus
  /** Set while `paused`: what `resume` goes back to. */
  pausedFrom: JobStatus | null
  plan: JobPlan | null
  shape: JobShape | null
  /** Units not yet cut into tasks, ascending and disjoint. */
  remaining: readonly UnitRange[]
  /** Tasks since the last retry, ascending by number. */
  tasks: readonly Task[]
  nextTaskNo: number
  /** Peers that get no more of this job, with the reason. */
  blocked: Readonly<Record<PeerId, string>>
  error: string | null
  /** True once the temporary files of an ended job are gone. */
  cleaned: boolean
}
