import { type Fact, type LeaseId, parseLeaseId } from '../../../src/model/index.ts'
import type { History } from './history.ts'
import { must } from './violation.ts'

/** S2: `done` and `canceled` stick, and the first verified result wins. Before the fact is noted. */
export function checkDoneSticks(fact: Fact, history: History): void {
  if (!('taskNo' in fact)) return
  const job = history.jobs.get(fact.jobId)
  const task = job?.tasks.get(fact.taskNo)
  const at = `${fact.jobId}.${fact.taskNo}`
  must(!job?.ended, 'S2', () => `${at}: ${fact.kind} after its job has ended`)
  const undone = fact.kind !== 'attempt-ended' && task?.done != null
  must(!undone, 'S2', () => `${at} is done, and then ${fact.kind}`)
  if (fact.kind !== 'attempt-ended') return
  const won = task?.done === fact.attempt
  must(!won, 'S2', () => `${at}.${fact.attempt} has won, and is then ${fact.status}`)
}

/** S2: what won stays on disk until its job has ended. */
export function checkDiscard(leaseId: LeaseId, history: History): void {
  const { jobId, taskNo, attempt } = parseLeaseId(leaseId)!
  const job = history.jobs.get(jobId)
  if (!job || job.ended) return
  const won = job.tasks.get(taskNo)?.done === attempt
  must(!won, 'S2', () => `the verified result ${leaseId} was thrown away`)
}
