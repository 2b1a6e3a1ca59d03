import {
  type Attempt,
  type BlockedPeer,
  type JobRecord,
  type JobView,
  type JobWithTasks,
  type LeaseId,
  type LinkView,
  leaseIdOf,
  type PeerId,
  type StoredLink,
  type Task,
  type TaskProgress
} from '../model/index.ts'
import type { SchedulerState } from '../scheduler/index.ts'
import { noteOf } from './job-note.ts'

/** Wall times out of the ledger, for people. */
export interface JobTimesReader {
  jobTimes: (
    jobId: JobRecord['id']
  ) => { queuedAt: string; startedAt: string | null; endedAt: string | null } | null
  attemptTimes: (
    jobId: JobRecord['id']
  ) => ReadonlyMap<LeaseId, { startedAt: string; endedAt: string | null }>
}

/** The same of machines that a job was taken from. */
export interface BlockedTimesReader {
  blockedSince: (jobId: JobRecord['id']) => ReadonlyMap<PeerId, string>
}

const isRunning = (attempt: Attempt): boolean => attempt.status === 'running'

function progressOf(
  state: SchedulerState,
  job: JobRecord,
  task: Task,
  attempt: Attempt
): TaskProgress | null {
  const leaseId = leaseIdOf({ jobId: job.id, taskNo: task.no, attempt: attempt.attempt })
  return state.clocks.get(leaseId)?.progress ?? null
}

/** Frames done and under way, and how fast it goes. */
function jobProgress(state: SchedulerState, job: JobRecord): JobView['progress'] {
  const totalUnits = job.plan?.totalUnits ?? 0
  if (job.status === 'completed') return { units: totalUnits, totalUnits, fps: 0, leftMs: 0 }
  let units = 0
  let fps = 0
  for (const task of job.tasks) {
    const counts = task.range !== null || (task.final && job.shape === 'whole')
    if (!counts) continue
    const length = task.range ? task.range.end - task.range.start : totalUnits
    if (task.status === 'done') units += length
    if (task.status !== 'leased') continue
    let best = 0
    for (const attempt of task.attempts.filter(isRunning)) {
      const progress = progressOf(state, job, task, attempt)
      best = Math.max(best, Math.min(length, progress?.units ?? 0))
      fps += progress?.fps ?? 0
    }
    units += best
  }
  const left = totalUnits - units
  const leftMs = fps > 0 && totalUnits > 0 ? Math.round((left / fps) * 1000) : null
  return { units, totalUnits, fps: Math.round(fps * 10) / 10, leftMs }
}

/** A job as `jobs` and `queue --wait` show it. */
export function jobView(state: SchedulerState, job: JobRecord, times: JobTimesReader): JobView {
  const at = times.jobTimes(job.id)
  return {
    type: 'job',
    id: job.id,
    batch: job.request.batchId,
    kind: job.request.kind,
    source: job.request.source,
    output: job.request.output,
    preset: job.request.preset,
    chosen: job.request.chosen ?? null,
    status: job.status,
    priority: job.priority,
    error: job.error,
    progress: jobProgress(state, job),
    tasks: {
      total: job.tasks.length,
      done: job.tasks.filter(({ status }) => status === 'done').length,
      running: job.tasks.filter(({ status }) => status === 'leased').length
    },
    note: noteOf(state, job),
    warnings: [...(job.request.warnings ?? [])],
    queuedAt: at?.queuedAt ?? new Date(0).toISOString(),
    startedAt: at?.startedAt ?? null,
    endedAt: at?.endedAt ?? null
  }
}

/** Machines that get no more of a job while others could do it, the first blocked first. */
export function blockedPeers(job: JobRecord, times: BlockedTimesReader): BlockedPeer[] {
  const entries = Object.entries(job.blocked) as [PeerId, string][]
  if (entries.length === 0) return []
  const since = times.blockedSince(job.id)
  const attempts = job.tasks.flatMap((task) => task.attempts)
  return entries
    .map(([peerId, reason]) => ({
      peerId,
      name: attempts.find((attempt) => attempt.peerId === peerId)?.peerName ?? peerId,
      since: since.get(peerId) ?? null,
      reason
    }))
    .sort((a, b) => (a.since ?? '').localeCompare(b.since ?? ''))
}

/** A job as `job ID` shows it, with every attempt of every task. */
export function jobWithTasks(
  state: SchedulerState,
  job: JobRecord,
  times: JobTimesReader & BlockedTimesReader
): JobWithTasks {
  const { tasks: _, ...view } = jobView(state, job, times)
  const attemptTimes = times.attemptTimes(job.id)
  return {
    ...view,
    shape: job.shape,
    blocked: blockedPeers(job, times),
    tasks: job.tasks.map((task) => ({
      id: String(task.no),
      kind: task.kind,
      status: task.status,
      range: task.range,
      error: task.error,
      attempts: task.attempts.map((attempt) => {
        const at = attemptTimes.get(leaseIdOf({ jobId: job.id, taskNo: task.no, attempt: attempt.attempt }))
        return {
          attempt: attempt.attempt,
          peerId: attempt.peerId,
          peerName: attempt.peerName,
          status: attempt.status,
          startedAt: at?.startedAt ?? view.queuedAt,
          endedAt: at?.endedAt ?? null,
          error: attempt.error,
          progress: isRunning(attempt) ? progressOf(state, job, task, attempt) : null
        }
      })
    }))
  }
}

/** A job's link as `job ID` shows it; null for a job whose output is not to be linked. */
export const linkView = (link: StoredLink | null): LinkView | null =>
  link === null
    ? null
    : {
        state: link.state,
        reason: link.reason,
        hint: link.hint,
        project: link.project?.name ?? null,
        clips: [...link.clips],
        changedAt: link.changedAt
      }
