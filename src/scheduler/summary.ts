import { isEnded, type JobRecord, type Pool, type Task } from '../model/index.ts'
import { standing } from './apply.ts'
import { memo } from './memo.ts'
import { countUnits } from './ranges.ts'

/** Counts over a job's tasks. */
export interface JobSummary {
  readyTasks: readonly Task[]
  leasedTasks: readonly Task[]
  /** Ready tasks by the pool they need; and those that need a slot and need not be the owner's. */
  ready: Readonly<Record<Pool | 'shared', number>>
  doneTasks: number
  /** Units of divisible work not yet cut. */
  remainingUnits: number
}

const summaries = memo<JobRecord, JobSummary>()

/** Counts over a job's tasks; remembered, since a job record never changes. */
export function summaryOf(job: JobRecord): JobSummary {
  const known = summaries.get(job)
  if (known) return known
  const readyTasks: Task[] = []
  const leasedTasks: Task[] = []
  const ready = { slot: 0, io: 0, shared: 0 }
  let doneTasks = 0
  for (const task of job.tasks) {
    if (task.status === 'done') doneTasks += 1
    else if (task.status === 'leased') leasedTasks.push(task)
    else if (task.status === 'ready') {
      readyTasks.push(task)
      ready[task.pool] += 1
      if (task.pool === 'slot' && !task.ownerOnly) ready.shared += 1
    }
  }
  const summary = { readyTasks, leasedTasks, ready, doneTasks, remainingUnits: countUnits(job.remaining) }
  summaries.set(job, summary)
  return summary
}

/** True while tasks of the job may be handed out. */
export function isOpen(job: JobRecord): boolean {
  return (
    !isEnded(job.status) && job.status !== 'paused' && job.status !== 'planning' && job.status !== 'verifying'
  )
}

/** True when the job is planned and its shape is still open. */
export const isUnshaped = (job: JobRecord): boolean => standing(job) === 'queued' && job.plan !== null

/** How many tasks of a pool could be handed out now, at most; ranges count as pieces of the smallest size. */
export function readyCount(job: JobRecord, pool: Pool, ownerOnly: boolean): number {
  if (!isOpen(job)) return 0
  if (isUnshaped(job)) return pool === 'slot' ? 1 : 0
  const { ready, remainingUnits } = summaryOf(job)
  if (pool === 'io') return ownerOnly ? ready.io : 0
  const whole = ownerOnly ? ready.slot : ready.shared
  return whole + Math.ceil(remainingUnits / Math.max(1, job.plan?.split?.work.minUnits ?? 1))
}
