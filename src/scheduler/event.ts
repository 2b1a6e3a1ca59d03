import type {
  JobId,
  JobPlan,
  JobRequest,
  Json,
  LeaseId,
  LeaseKey,
  NodeStatus,
  PeerId,
  PeerMessage,
  ProofAnswer,
  TaskOutcome,
  TaskProgress
} from '../model/index.ts'
import type { HealthReport } from './health.ts'
import type { Self } from './state.ts'

export type JobCommand = 'pause' | 'resume' | 'cancel' | 'retry' | 'purge'

/**
 * `transient`: storage was in the way, not the result; the chore may succeed later. `ends`: no result of this job could
 * be right any more, so that nothing is tried again.
 */
export type ChoreVerdict = { ok: true } | { ok: false; reason: string; transient: boolean; ends?: boolean }

/** What has happened: the only input of `step` besides the time. */
export type Event =
  /** The node is up, its jobs loaded from the ledger. Comes first, once. */
  | { kind: 'node-started' }
  /** Time has passed; comes at least twice a second. */
  | { kind: 'clock-ticked' }
  /** The node is about to stop: hand everything back. */
  | { kind: 'node-stopping' }
  /** This machine's capacity, roots, state or fellow members changed. */
  | { kind: 'self-changed'; self: Self }
  /** Something speaks against this machine, or for it; or a person wants it to look at itself. */
  | { kind: 'health-check-wanted'; because: 'asked' | 'storage-changed' | 'write-failed' }
  /** What it found: the answer to `check-health`. */
  | { kind: 'health-checked'; report: HealthReport }
  /** A member with a fitting version is connected (said hello). */
  | { kind: 'peer-connected'; peerId: PeerId; name: string; bootId: string }
  | { kind: 'peer-disconnected'; peerId: PeerId }
  | { kind: 'status-received'; peerId: PeerId; status: NodeStatus }
  | { kind: 'message-received'; message: PeerMessage }
  // Owner
  | { kind: 'job-requested'; jobId: JobId; request: JobRequest }
  | { kind: 'job-commanded'; jobId: JobId; command: JobCommand }
  | { kind: 'job-reprioritized'; jobId: JobId; priority: number }
  /** A person lets peers that were blocked for a job try it again. */
  | { kind: 'unblock-requested'; jobId: JobId; peerIds: readonly PeerId[] }
  | { kind: 'job-planned'; jobId: JobId; plan: JobPlan }
  /** `transient`: storage was in the way; the source may be fine. */
  | { kind: 'job-plan-failed'; jobId: JobId; error: string; transient: boolean }
  /** A lease that was granted could not be put into a message: a bug, or a plan of another version. */
  | { kind: 'lease-undeliverable'; lease: LeaseKey; error: string }
  | { kind: 'result-verified'; lease: LeaseKey; result: Json; verdict: ChoreVerdict }
  | { kind: 'result-collected'; lease: LeaseKey; result: Json | null }
  | { kind: 'output-published'; lease: LeaseKey; verdict: ChoreVerdict }
  | { kind: 'job-files-cleaned'; jobId: JobId; verdict: ChoreVerdict }
  /** A person wants to know who will take part in a job. */
  | { kind: 'proofs-wanted'; jobId: JobId }
  /** What a node (this one, too) answered to `ask-proof`. */
  | { kind: 'proof-answered'; askId: number; jobId: JobId; peerId: PeerId; answer: ProofAnswer }
  // Worker
  | { kind: 'task-progressed'; leaseId: LeaseId; progress: TaskProgress }
  | { kind: 'task-ended'; leaseId: LeaseId; outcome: TaskOutcome }
