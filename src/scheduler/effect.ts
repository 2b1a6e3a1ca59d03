import type {
  GrantedLease,
  JobId,
  Json,
  LeaseDown,
  LeaseId,
  LeaseKey,
  LeaseUp,
  PeerId,
  StealRequest
} from '../model/index.ts'

/**
 * Orders that leave a turn after its facts are durable. Each may be lost in a crash; recovery orders it again.
 * Those marked "answers with" end in an event of that kind.
 */
export type Effect =
  /** Owner: probe the source and lay out the work. Answers with `job-planned` or `job-plan-failed`. */
  | { kind: 'plan-job'; jobId: JobId }
  /**
   * Owner → worker (or itself): could you run this job's tasks? The job may still be in planning. Answers with
   * `proof-answered`.
   */
  | { kind: 'ask-proof'; askId: number; jobId: JobId; to: PeerId }
  /** Owner → worker: leases that are durable now; their payloads are built by the job kind. */
  | { kind: 'grant-leases'; to: PeerId; requestId: number; leases: readonly LeaseKey[]; ttlMs: number }
  /** Owner: check what an attempt delivered. Answers with `result-verified`. */
  | { kind: 'verify-result'; lease: LeaseKey; result: Json }
  /** Owner: look on disk for what an attempt finished before a crash. Answers with `result-collected`. */
  | { kind: 'collect-result'; lease: LeaseKey }
  /** Owner: rename the verified output into place. Answers with `output-published`. Must be idempotent. */
  | { kind: 'publish-output'; lease: LeaseKey; result: Json }
  /** Owner: remove an ended job's temporary files. Answers with `job-files-cleaned`. Must be idempotent. */
  | { kind: 'clean-job'; jobId: JobId }
  /** Owner → worker. */
  | { kind: 'send-down'; to: PeerId; message: LeaseDown }
  /** Worker → owner. */
  | { kind: 'send-steal'; to: PeerId; request: StealRequest }
  | { kind: 'send-up'; to: PeerId; message: LeaseUp }
  /** Worker: run a task. Answers with `task-progressed` and one `task-ended`. */
  | { kind: 'run-task'; owner: PeerId; lease: GrantedLease }
  /** Worker: end a running task early. It still answers with `task-ended` (`returned`). */
  | { kind: 'stop-task'; leaseId: LeaseId; reason: string }
  /** Worker: remove what a finished attempt left, because nobody wants it. */
  | { kind: 'discard-result'; owner: PeerId; lease: GrantedLease }
  /** Look at this machine; `encoders`: try them all for real. Answers with `health-checked`. */
  | { kind: 'check-health'; encoders: boolean }
  /** This machine became unwell (or for another reason), or is well again: null. */
  | { kind: 'tell-health'; reason: string | null }
  /** What this node says of itself has changed (offers, slots): push a status soon. */
  | { kind: 'announce' }
