import { type JobRecord, leaseIdOf, type PeerId, type Task } from '../model/index.ts'
import { memo } from './memo.ts'
import { resultKey } from './owner-leases.ts'
import type { SchedulerState } from './state.ts'
import { isOpen, summaryOf } from './summary.ts'

/**
 * The running piece that is worth a second copy on this worker: the one expected to end last, if the worker is
 * expected to beat it clearly from a standing start. Null when there is none, or enough pieces have copies already
 * (the backup tasks of MapReduce, Dean and Ghemawat 2004, bounded).
 */
export function pickStraggler(
  state: SchedulerState,
  job: JobRecord,
  worker: PeerId,
  nowMs: number
): Task | null {
  const speed = state.speeds.get(`${job.id}/${worker}`)
  if (speed === undefined || speed <= 0) return null

  let last: { task: Task; leftMs: number } | null = null
  for (const task of copyable(state, job)) {
    const attempts = running(task)
    if (task.attempts.some(({ peerId }) => peerId === worker)) continue
    const leftMs = leftOf(state, job, task, attempts[0]!.attempt, nowMs)
    if (leftMs !== null && (!last || leftMs > last.leftMs)) last = { task, leftMs }
  }
  if (!last?.task.range) return null
  const fromScratchMs = ((last.task.range.end - last.task.range.start) / speed) * 1000
  return last.leftMs > fromScratchMs * state.settings.stragglerRatio ? last.task : null
}

/** How many tasks of the job could be given a second copy, should a worker be fast enough. */
export const lateCount = (state: SchedulerState, job: JobRecord): number => copyable(state, job).length

const known = memo<JobRecord, { chores: SchedulerState['chores']; tasks: readonly Task[] }>()

/**
 * Running pieces with one copy, when nothing is left to hand out and copies are still allowed. Remembered, since every
 * step asks, and only the job and what is being checked change it.
 */
function copyable(state: SchedulerState, job: JobRecord): readonly Task[] {
  const before = known.get(job)
  if (before?.chores === state.chores) return before.tasks
  const tasks = findCopyable(state, job)
  known.set(job, { chores: state.chores, tasks })
  return tasks
}

function findCopyable(state: SchedulerState, job: JobRecord): readonly Task[] {
  const { leasedTasks, readyTasks, remainingUnits } = summaryOf(job)
  const ready = remainingUnits > 0 || readyTasks.length > 0
  if (leasedTasks.length === 0 || ready || !isOpen(job) || state.settings.maxCopies < 2) return []
  const copied = leasedTasks.filter((task) => runningCount(task) > 1).length
  if (copied >= Math.max(1, Math.floor(job.tasks.length * state.settings.maxCopiedShare))) return []
  const mayCopy = (task: Task): boolean =>
    task.range !== null && !task.ownerOnly && !isChecked(state, job, task)
  return leasedTasks.filter((task) => runningCount(task) === 1 && mayCopy(task))
}

/** True when a running attempt has delivered, and the verdict is awaited: nobody could be sooner. */
const isChecked = (state: SchedulerState, job: JobRecord, task: Task): boolean =>
  state.chores.size > 0 &&
  running(task).some(({ attempt }) =>
    state.chores.has(resultKey(leaseIdOf({ jobId: job.id, taskNo: task.no, attempt })))
  )

/**
 * How long the attempt is expected to take still, in ms; null where it has no clock. One that has shown nothing yet
 * takes at least as long again as it ran: an ffmpeg that hangs must not hold its job up until the watchdog ends it.
 */
function leftOf(
  state: SchedulerState,
  job: JobRecord,
  task: Task,
  attempt: number,
  nowMs: number
): number | null {
  const clock = state.clocks.get(leaseIdOf({ jobId: job.id, taskNo: task.no, attempt }))
  if (!clock || !task.range) return null
  const units = task.range.end - task.range.start
  const ranMs = nowMs - clock.grantedAtMs
  if (clock.progress.units > 0)
    return (Math.max(0, units - clock.progress.units) / clock.progress.units) * ranMs
  const speed = state.speeds.get(`${job.id}/${clock.peerId}`) ?? 0
  return Math.max(ranMs, speed > 0 ? (units / speed) * 1000 : 0)
}

const running = (task: Task) => task.attempts.filter(({ status }) => status === 'running')

function runningCount(task: Task): number {
  let count = 0
  for (const { status } of task.attempts) if (status === 'running') count += 1
  return count
}
