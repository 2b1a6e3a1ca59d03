import { isEnded, type JobRecord, type Pool, type Task } from '../model/index.ts'
import { standing } from './apply.ts'
import { countUnits } from './ranges.ts'

/** Counts over a job's tasks. */
export interface JobSummary {
  readyTasks: readonly Task[]
  leasedTasks: readonly Task[]
  doneTasks: number
  /** Units of divisible work not yet cut. */
  remainingUnits: number
}

const summaries = new WeakMap<JobRecord, JobSummary>()

/** Counts over a job's tasks; remembered, since a job record never changes. */
export function summaryOf(job: JobRecord): JobSummary {
  const known = summaries.get(job)
  if (known) return known
  const summary: JobSummary = {
    readyTasks: job.tasks.filter((task) => task.status === 'ready'),
    leasedTasks: job.tasks.filter((task) => task.status === 'leased'),
    doneTasks: job.tasks.reduce((count, task) => count + (task.status === 'done' ? 1 : 0), 0),
    remainingUnits: countUnits(job.remaining)
  }
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
  const { readyTasks, remainingUnits } = summaryOf(job)
  const ready = readyTasks.filter((task) => task.pool === pool && (ownerOnly || !task.ownerOnly)).length
  if (pool === 'io' || remainingUnits === 0) return ready
  return ready + Math.ceil(remainingUnits / Math.max(1, job.plan?.split?.work.minUnits ?? 1))
}
