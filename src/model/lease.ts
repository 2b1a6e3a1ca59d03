import type { JobId, LeaseId, PeerId } from './ids.ts'
import type { UnitRange } from './job.ts'
import type { Json } from './json.ts'
import type { TaskProgress } from './peer.ts'

/** One task, granted to one node for a limited time, as it goes over the wire. */
export interface GrantedLease {
  leaseId: LeaseId
  jobId: JobId
  taskNo: number
  attempt: number
  /** The job kind that knows how to run it, e.g. `transcode`. */
  jobKind: string
  /** The task's kind, e.g. `encode-chunk`. */
  taskKind: string
  range: UnitRange | null
  pool: 'slot' | 'io'
  /** Heartbeats keep it alive; without any it lapses after this long. */
  ttlMs: number
  /** What the job kind needs to run it. Parsed by the job kind's own schema before use. */
  payload: Json
}

/** How a task's run ended, as the worker tells it. */
export type TaskOutcome =
  | { kind: 'finished'; result: Json }
  /** The task could not be done. `fault: worker` means the machine's own trouble (space, root, permission). */
  | { kind: 'failed'; error: string; fault: 'task' | 'worker' }
  /** Not done and handed back: the node stops, or was told to. */
  | { kind: 'returned'; reason: string }

/** Worker → owner, over the pair's lease stream. */
export type LeaseUp =
  /** Everything the worker holds of this owner, complete: what is missing here is not being worked on. */
  | { kind: 'heartbeat'; leases: readonly { leaseId: LeaseId; progress: TaskProgress }[] }
  /** Sent again until acknowledged. */
  | { kind: 'outcome'; leaseId: LeaseId; outcome: TaskOutcome }

/** Owner → worker. */
export type LeaseDown =
  /** The outcome is durable at the owner, or of no use to it: forget it. */
  | { kind: 'acknowledged'; leaseId: LeaseId }
  /** Stop working on it and remove its files. */
  | { kind: 'stop'; leaseId: LeaseId; reason: string }

/** Worker → owner: tasks wanted. */
export interface StealRequest {
  requestId: number
  slots: number
  io: number
}

/** Owner → worker. Empty when there is nothing (more) for this worker. */
export interface StealAnswer {
  requestId: number
  leases: readonly GrantedLease[]
}

/** Every message between the schedulers of two nodes. Each may be lost, late, doubled or out of order. */
export type PeerMessage =
  | { kind: 'steal'; from: PeerId; request: StealRequest }
  | { kind: 'grant'; from: PeerId; answer: StealAnswer }
  | { kind: 'lease-up'; from: PeerId; message: LeaseUp }
  | { kind: 'lease-down'; from: PeerId; message: LeaseDown }
