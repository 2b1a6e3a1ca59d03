import { isEnded, type Json, type LeaseKey, leaseIdOf } from '../model/index.ts'
import { findTask, standing } from './apply.ts'
import { noteSuccess } from './doubts.ts'
import { type Draft, withoutEntry } from './draft.ts'
import type { ChoreVerdict } from './event.ts'
import { endFailed } from './owner-failures.ts'
import { failJob, forgetJobClocks, postpone } from './owner-jobs.ts'
import { findAttempt, noteSpeed, resultKey, stands } from './owner-leases.ts'
import { readyWaitingTasks } from './owner-stages.ts'

/** The verdict on what an attempt delivered. The first verified result wins, whichever attempt it came from (S2). */
export function noteVerified(draft: Draft, lease: LeaseKey, result: Json, verdict: ChoreVerdict): void {
  const leaseId = leaseIdOf(lease)
  const chore = draft.endChore(resultKey(leaseId))
  const found = findAttempt(draft, leaseId, null)
  if (!found) return
  const { job, task, attempt } = found
  const acknowledge = () =>
    draft.order({ kind: 'send-down', to: attempt.peerId, message: { kind: 'acknowledged', leaseId } })
  if (!stands(found)) {
    acknowledge()
    return
  }
  if (!verdict.ok) {
    if (verdict.transient && chore && chore.tries + 1 < draft.settings.maxChoreTries) {
      postpone(draft, resultKey(leaseId), chore)
      return
    }
    if (verdict.ends) {
      // Not this worker's doing: it is told, and nothing is held against it.
      draft.set({ clocks: withoutEntry(draft.state.clocks, leaseId) })
      draft.record({ kind: 'attempt-ended', ...lease, status: 'rejected', error: verdict.reason })
      failJob(draft, lease.jobId, verdict.reason)
    } else endFailed(draft, lease, 'rejected', verdict.reason)
    acknowledge()
    return
  }
  const clock = draft.state.clocks.get(leaseId)
  if (clock && task.range) {
    noteSpeed(draft, job, attempt.peerId, task.range.end - task.range.start, draft.nowMs - clock.grantedAtMs)
  }
  draft.set({
    clocks: withoutEntry(draft.state.clocks, leaseId),
    cooling: withoutEntry(draft.state.cooling, `${job.id}/${attempt.peerId}`)
  })
  noteSuccess(draft, job.id, task, attempt.peerId)
  endOtherAttempts(draft, lease)
  draft.record({ kind: 'task-done', ...lease, result })
  acknowledge()
  readyWaitingTasks(draft, lease.jobId)
  publishWhenDone(draft, lease, result)
}

/** The other copies of a task that is about to be done: they are told to stop. */
function endOtherAttempts(draft: Draft, winner: LeaseKey): void {
  const task = findTask(draft.job(winner.jobId)!, winner.taskNo)!
  for (const { attempt, status, peerId } of task.attempts) {
    if (status !== 'running' || attempt === winner.attempt) continue
    const key: LeaseKey = { ...winner, attempt }
    const leaseId = leaseIdOf(key)
    draft.set({ clocks: withoutEntry(draft.state.clocks, leaseId) })
    draft.endChore(resultKey(leaseId))
    draft.record({ kind: 'attempt-ended', ...key, status: 'superseded', error: null })
    draft.order({
      kind: 'send-down',
      to: peerId,
      message: { kind: 'stop', leaseId, reason: 'another result was taken' }
    })
  }
}

function publishWhenDone(draft: Draft, lease: LeaseKey, result: Json): void {
  const task = findTask(draft.job(lease.jobId)!, lease.taskNo)!
  if (!task.final) return
  draft.startChore(`publish:${lease.jobId}`, { kind: 'publish-output', lease, result })
}

/** What was found on disk of an attempt that may have finished before a crash. */
export function noteCollected(draft: Draft, lease: LeaseKey, result: Json | null): void {
  const leaseId = leaseIdOf(lease)
  draft.endChore(resultKey(leaseId))
  const found = findAttempt(draft, leaseId, null)
  if (!found || isEnded(found.job.status)) return
  const { attempt } = found
  if (result !== null && stands(found)) {
    draft.startChore(resultKey(leaseId), { kind: 'verify-result', lease, result })
    return
  }
  // This node's own runs ended with its last process: that is not the task's doing, so handed back, not lost.
  const ownAndGone =
    attempt.status === 'running' && attempt.peerId === draft.self && !draft.state.holds.has(leaseId)
  if (ownAndGone) {
    draft.set({ clocks: withoutEntry(draft.state.clocks, leaseId) })
    draft.record({
      kind: 'attempt-ended',
      ...lease,
      status: 'returned',
      error: 'this node was started again'
    })
  }
}

/** The output stands under its final name: verifying → completed. */
export function notePublished(draft: Draft, lease: LeaseKey, verdict: ChoreVerdict): void {
  const key = `publish:${lease.jobId}`
  const chore = draft.endChore(key)
  const job = draft.job(lease.jobId)
  if (!chore || !job || standing(job) !== 'verifying') return
  if (!verdict.ok) {
    if (verdict.transient && chore.tries + 1 < draft.settings.maxChoreTries) postpone(draft, key, chore)
    else failJob(draft, lease.jobId, verdict.reason)
    return
  }
  draft.record({ kind: 'job-completed', jobId: lease.jobId })
  forgetJobClocks(draft, lease.jobId)
  draft.startChore(`clean:${lease.jobId}`, { kind: 'clean-job', jobId: lease.jobId })
}

/** At the start: what had been ordered of the disk before the crash, and was not answered, is ordered again. */
export function recoverChores(draft: Draft): void {
  for (const job of draft.state.jobs.values()) {
    if (isEnded(job.status)) {
      if (!job.cleaned) draft.startChore(`clean:${job.id}`, { kind: 'clean-job', jobId: job.id })
      continue
    }
    const status = standing(job)
    if (status === 'planning') draft.startChore(`plan:${job.id}`, { kind: 'plan-job', jobId: job.id })
    readyWaitingTasks(draft, job.id)
    if (status !== 'verifying') continue
    const task = job.tasks.find(({ final }) => final)!
    const won = task.attempts.find((attempt) => attempt.status === 'done')!
    const lease: LeaseKey = { jobId: job.id, taskNo: task.no, attempt: won.attempt }
    draft.startChore(`publish:${job.id}`, { kind: 'publish-output', lease, result: task.result })
  }
}
