import type { JobId } from '../model/index.ts'
import type { Draft } from './draft.ts'

/** Readies the tasks whose earlier stages are all done, with nothing left to cut. waiting → ready */
export function readyWaitingTasks(draft: Draft, jobId: JobId): void {
  const job = draft.job(jobId)
  if (!job || job.remaining.length > 0) return
  let openStage = Number.POSITIVE_INFINITY
  for (const task of job.tasks) if (task.status !== 'done') openStage = Math.min(openStage, task.stage)
  for (const task of job.tasks) {
    if (task.status === 'waiting' && task.stage <= openStage) {
      draft.record({ kind: 'task-readied', jobId, taskNo: task.no })
    }
  }
}
