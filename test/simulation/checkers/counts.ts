import type { Fact } from '../../../src/model/index.ts'
import { isEnded, type JobRecord } from '../../../src/model/index.ts'
import type { Jobs, SchedulerState } from '../../../src/scheduler/index.ts'
import { fail, must } from './violation.ts'

/** S7: the task counts always add up. After every turn. */
export class CountsChecker {
  /** Records never change: what was counted once need not be counted again. */
  #counted: Jobs = new Map()

  turned({ jobs }: SchedulerState): void {
    const before = this.#counted
    if (jobs === before) return
    this.#counted = jobs
    for (const [jobId, job] of jobs) if (before.get(jobId) !== job) countJob(job)
  }
}

function countJob(job: JobRecord): void {
  let units = 0
  let no = job.tasks[0]?.no ?? 0
  for (const task of job.tasks) {
    if (task.no !== no) fail('S7', `tasks of ${job.id} have gaps`)
    no += 1
    let running = 0
    let done = 0
    for (const { status } of task.attempts) {
      if (status === 'running') running += 1
      else if (status === 'done') done += 1
    }
    const fits = (task.status === 'leased') === running > 0 && done === (task.status === 'done' ? 1 : 0)
    if (!fits) fail('S7', `${job.id}.${task.no} is ${task.status} with ${running} running, ${done} done`)
    if (task.range) units += task.range.end - task.range.start
  }
  const total = job.plan?.split?.work.totalUnits
  if (job.shape !== 'split' || total === undefined || isEnded(job.status)) return
  for (const { start, end } of job.remaining) units += end - start
  must(units === total, 'S7', () => `${job.id} has ${units} of ${total} frames in tasks and remainder`)
}

/** S7: replaying the facts gives the state. */
export function checkReplay(
  name: string,
  facts: readonly Fact[],
  state: SchedulerState,
  apply: (jobs: Jobs, fact: Fact) => Jobs
): void {
  let jobs: Jobs = new Map()
  for (const fact of facts) jobs = apply(jobs, fact)
  must(
    isSame([...jobs.values()], [...state.jobs.values()]),
    'S7',
    () => `the facts of ${name} do not add up to its state`
  )
}

/** Plain data, compared in depth. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}
