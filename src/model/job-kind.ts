import type { PlanLine, QueueParams, WireError } from './control.ts'
import type { SourcePart } from './edit.ts'
import type { JobId, LeaseKey } from './ids.ts'
import type { JobPlan, JobRecord, JobRequest, Task } from './job.ts'
import type { Json } from './json.ts'
import type { GrantedLease, TaskOutcome } from './lease.ts'
import type { MediaRef } from './media-ref.ts'
import type { TaskProgress } from './peer.ts'

/**
 * What the node asks of a job kind: the whole door of a folder in `src/jobs`. Adding a kind means implementing this
 * and listing it in `start.ts`; scheduler, ledger and protocol never see inside `payload` and `result`.
 */
export interface JobKind {
  readonly name: string

  /**
   * Before anything is queued: refuse what cannot work, with words for a person; else say what to queue.
   * @param part absent or null: the whole source
   */
  prepare(params: QueueParams, source: string, part?: SourcePart | null): Promise<PreparedJob>

  /** What `queue --dry-run` tells of a source: like `prepare` and `plan`, but nothing is kept. */
  preview(
    params: QueueParams,
    source: string,
    signal: AbortSignal,
    part?: SourcePart | null
  ): Promise<Preview>

  /** Owner: probe and lay out the work. Throws an error whose message is one line for a person. */
  plan(job: JobRecord, signal: AbortSignal): Promise<JobPlan>

  /** Owner: what a worker needs for this task. Pure; no absolute path may be in it unless the task is owner-only. */
  taskPayload(job: JobRecord, task: Task, attempt: number): Json

  /** Owner: what a node is asked before it gets any task of a job, planned already or not. Pure; may cross the wire. */
  proofPayload(job: ProvableJob): Json

  /**
   * Worker: tries whether this machine could run tasks of such a job: sees its files, can write, has room, can encode.
   * @param isOwn the owner is this very node: only then may the payload name files outside the shared roots
   * @returns null when it could, else why not. Never throws for what it finds.
   */
  prove(payload: Json, isOwn: boolean): Promise<Unable | null>

  /** Worker: run a granted task to its end. Never throws for an encode that failed: that is an outcome. */
  run(lease: GrantedLease, context: RunContext): Promise<TaskOutcome>

  /** Owner: is this what was asked for? Reads the delivered files; `reason` goes into the ledger. */
  verify(job: JobRecord, task: Task, lease: LeaseKey, result: Json, signal: AbortSignal): Promise<Verdict>

  /** Owner, after a crash: the result that this attempt had finished on disk, or null. */
  collect(job: JobRecord, task: Task, lease: LeaseKey): Promise<Json | null>

  /** Owner: make the verified output visible under its final name. Idempotent: done already is a success. */
  publish(job: JobRecord, task: Task, lease: LeaseKey, result: Json): Promise<Verdict>

  /** Owner: remove every temporary file of the job. Idempotent. */
  clean(job: JobRecord): Promise<void>

  /**
   * Worker: remove what this attempt wrote. Idempotent.
   * @param isOwn the owner is this very node: only then may the payload name files outside the shared roots
   */
  discard(lease: GrantedLease, isOwn: boolean): Promise<void>
}

/** What `--dry-run` tells of a source, but for who would take part; and what these are asked by. */
export type Preview =
  | {
      kind: 'plan'
      line: Omit<Extract<PlanLine, { kind: 'plan' }>, 'kind' | 'chunks' | 'participants'>
      job: PreviewedJob
    }
  | Exclude<PlanLine, { kind: 'plan' }>

/** A job as it would be queued and planned. */
export type PreviewedJob = ProvableJob & { plan: JobPlan }

/** A job as far as it is known when nodes are asked whether they could run it. */
export interface ProvableJob {
  request: Pick<JobRequest, 'kind' | 'source' | 'payload'>
  plan: JobPlan | null
}

/** Why a node could not run a job's tasks. */
export interface Unable {
  /** One line for a person. */
  reason: string
  /** Nobody could: the job is over as it was planned. Believed of this very node alone. */
  ends: boolean
}

/** What came of asking a node whether it could run a job's tasks. */
export type ProofAnswer =
  | { kind: 'can' }
  | ({ kind: 'cannot' } & Pick<Unable, 'reason'> & Partial<Pick<Unable, 'ends'>>)
  | { kind: 'unanswered' }

export type PreparedJob =
  | { kind: 'ready'; request: Omit<JobRequest, 'batchId' | 'priority'>; note: string | null }
  /** The output is there already and `force` was not given. */
  | { kind: 'exists'; output: string; message: string }
  | { kind: 'refused'; error: WireError }

/**
 * `transient`: the storage was in the way, not the result; verifying again later may succeed. `ends`: no result could be
 * right, whoever made it: the job is over as it was planned.
 */
export type Verdict = { ok: true } | { ok: false; reason: string; transient: boolean; ends?: boolean }

export interface RunContext {
  /** The owner is this very node: only then may a payload name files outside the shared roots. */
  isOwn: boolean
  /** Aborted when the task is to stop: with `because` as the signal's reason. */
  signal: AbortSignal
  onProgress: (progress: TaskProgress) => void
  /** A line of the tool's log; the last 200 are kept with the attempt. */
  onLog: (line: string) => void
  /** The exact command, for `log`. */
  onCommand: (command: readonly string[]) => void
}

/** Shared storage as a job kind sees it; `src/node/storage` implements it. */
export interface Storage {
  /**
   * The real path of a reference, symbolic links followed and proved to lie inside its root.
   * For a file that does not exist yet, its parent folder is proved. Throws StorageError.
   */
  resolve(ref: MediaRef): Promise<string>
  /** Root and relative path of an absolute path (longest prefix on whole components), or a local reference. */
  refer(path: string): Promise<MediaRef>
  /** `<root>/.proxima/<job>`: the job's own folder for chunks, made when absent. For a local reference: under home. */
  workFolder(near: MediaRef, jobId: JobId): Promise<string>
  /** The same without making it. */
  workFolderPath(near: MediaRef, jobId: JobId): Promise<string>
  /**
   * Makes the folders that a reference lies in, where they are missing: each proved to be within the root, and each with
   * the mode of its parent, so that every user and machine of a share can rename and remove in it. Throws StorageError.
   */
  makeFolders(ref: MediaRef): Promise<void>
  /** Free bytes where `path` is (its nearest existing ancestor). */
  freeBytes(path: string): Promise<number>
}
