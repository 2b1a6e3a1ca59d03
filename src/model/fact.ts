import type { JobId, PeerId } from './ids.ts'
import type { AttemptStatus, JobPlan, JobRequest, JobShape, PlannedTask, UnitRange } from './job.ts'
import type { Json } from './json.ts'
import type { JobLink } from './link.ts'

interface OfJob {
  jobId: JobId
}
interface OfTask extends OfJob {
  taskNo: number
}
interface OfAttempt extends OfTask {
  attempt: number
}

/**
 * What the ledger remembers: past-tense facts about this owner's jobs, in the order in which they became true.
 * Replaying them gives the jobs' state (S7). The ledger stamps each with a number and the wall clock, for people.
 */
export type Fact =
  | ({ kind: 'job-queued'; seq: number; request: JobRequest } & OfJob)
  /** planning → queued */
  | ({ kind: 'job-planned'; plan: JobPlan } & OfJob)
  /** Whole or split: decided when the first task is handed out. queued → active; the plan's tasks exist from here. */
  | ({ kind: 'job-shaped'; shape: JobShape } & OfJob)
  /** A task was cut from the remaining units (`range`) or laid down by the plan (`range` null). */
  | ({ kind: 'task-created'; task: PlannedTask; range: UnitRange | null; ready: boolean } & OfTask)
  /** waiting → ready: every stage before is done. The first task of the final stage makes a split job `joining`. */
  | ({ kind: 'task-readied' } & OfTask)
  /** ready → leased. Durable before the lease is granted (S3). */
  | ({ kind: 'lease-granted'; peerId: PeerId; peerName: string } & OfAttempt)
  /** A lost attempt was heard of again before anyone else took the task: ready → leased. */
  | ({ kind: 'lease-revived' } & OfAttempt)
  /** An attempt ended without winning. When it held the task's only live lease: leased → ready. */
  | ({
      kind: 'attempt-ended'
      status: Exclude<AttemptStatus, 'running' | 'done'>
      error: string | null
    } & OfAttempt)
  /** The first verified result. → done, for good (S2). A done final task makes the job `verifying`. */
  | ({ kind: 'task-done'; result: Json } & OfAttempt)
  | ({ kind: 'task-failed'; error: string } & OfTask)
  | ({ kind: 'peer-blocked'; peerId: PeerId; reason: string } & OfJob)
  /** A person lets a peer try the job again. */
  | ({ kind: 'peer-unblocked'; peerId: PeerId } & OfJob)
  /** The output stands under its final name. → completed */
  | ({ kind: 'job-completed' } & OfJob)
  /** → failed; tasks that had not ended are canceled. */
  | ({ kind: 'job-failed'; error: string } & OfJob)
  /** → canceled; tasks that had not ended are canceled. */
  | ({ kind: 'job-canceled' } & OfJob)
  | ({ kind: 'job-paused' } & OfJob)
  | ({ kind: 'job-resumed' } & OfJob)
  | ({ kind: 'job-prioritized'; priority: number } & OfJob)
  /** failed | canceled → planning. Tasks start afresh; their numbers go on. */
  | ({ kind: 'job-retried' } & OfJob)
  /** The temporary files of an ended job are gone. */
  | ({ kind: 'job-cleaned' } & OfJob)
  /** The output of a completed job is to be linked in the editing software, or was, or is refused there. */
  | ({ kind: 'link-changed'; link: JobLink } & OfJob)
  /** An ended job left the ledger. */
  | ({ kind: 'job-purged' } & OfJob)

export type FactKind = Fact['kind']
