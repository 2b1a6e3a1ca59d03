import {
  type Attempt,
  type JobRecord,
  type LeaseId,
  type LogView,
  leaseIdOf,
  type PeerId,
  type Task
} from '../model/index.ts'
import { NodeError } from './errors.ts'
import type { TaskLogRecord } from './task-logs.ts'

export interface LogCollaborators {
  self: PeerId
  /** Of a task that ran here. */
  readOwn: (leaseId: LeaseId) => Promise<TaskLogRecord | null>
  /** Of a task that ran elsewhere; throws when its machine cannot be reached. */
  readPeer: (peer: PeerId, leaseId: LeaseId) => Promise<TaskLogRecord | null>
}

/** The log of the attempt that a person most likely asks for, from whichever machine ran it. */
export async function readLog(
  job: JobRecord,
  taskId: string | null,
  { self, readOwn, readPeer }: LogCollaborators
): Promise<LogView> {
  const { task, attempt } = pickAttempt(job, taskId)
  const leaseId = leaseIdOf({ jobId: job.id, taskNo: task.no, attempt: attempt.attempt })
  const record =
    attempt.peerId === self
      ? await readOwn(leaseId)
      : await fromPeer(attempt, () => readPeer(attempt.peerId, leaseId))
  if (!record) {
    throw new NodeError(
      'log-unavailable',
      `${attempt.peerName} has no log of task ${task.no} of job ${job.id} any more`
    )
  }
  return { ...record, leaseId, peerName: attempt.peerName }
}

async function fromPeer(
  attempt: Attempt,
  read: () => Promise<TaskLogRecord | null>
): Promise<TaskLogRecord | null> {
  try {
    return await read()
  } catch (error) {
    throw new NodeError(
      'log-unavailable',
      `the log is on ${attempt.peerName}, which cannot be reached: ${(error as Error).message}`,
      { hint: 'See `proxima-node peers`; the last error of each attempt is in `proxima-node job`' }
    )
  }
}

/** Of the task asked for, the last attempt; else the one that failed last, or runs, or came last. */
function pickAttempt(job: JobRecord, taskId: string | null): { task: Task; attempt: Attempt } {
  const tried = job.tasks.filter((task) => task.attempts.length > 0)
  if (taskId !== null) {
    const task = job.tasks.find(({ no }) => String(no) === taskId)
    if (!task) {
      throw new NodeError('unknown-task', `job ${job.id} has no task ${taskId}`, {
        hint: `See \`proxima-node job ${job.id}\``,
        exitStatus: 2
      })
    }
    const attempt = task.attempts.at(-1)
    if (!attempt) throw new NodeError('log-unavailable', `task ${taskId} of job ${job.id} has not run yet`)
    return { task, attempt }
  }
  const isTrouble = (attempt: Attempt): boolean =>
    attempt.status === 'failed' || attempt.status === 'rejected'
  const task =
    tried.findLast(({ status }) => status === 'failed') ??
    tried.findLast(({ attempts }) => attempts.some(isTrouble)) ??
    tried.findLast(({ status }) => status === 'leased') ??
    tried.at(-1)
  if (!task) throw new NodeError('log-unavailable', `no task of job ${job.id} has run yet`)
  return { task, attempt: task.attempts.findLast(isTrouble) ?? task.attempts.at(-1)! }
}
