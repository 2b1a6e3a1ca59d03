import {
  isEnded,
  type JobId,
  type JobPlan,
  type JobRecord,
  type JobRequest,
  leaseIdOf
} from '../model/index.ts'
import { standing } from './apply.ts'
import { forgetFailures } from './doubts.ts'
import { type Draft, withoutEntry, withoutMember } from './draft.ts'
import type { ChoreVerdict, JobCommand } from './event.ts'
import { readyWaitingTasks } from './owner-stages.ts'
import { dropJobProofs } from './proof.ts'
import type { SchedulerState } from './state.ts'

/** A person queued a job: it is durable from here, and its source is to be probed. */
export function queueJob(draft: Draft, jobId: JobId, request: JobRequest): void {
  const seq = draft.state.nextSeq
  draft.set({ nextSeq: seq + 1 })
  draft.record({ kind: 'job-queued', jobId, seq, request })
  startPlanning(draft, jobId)
}

function startPlanning(draft: Draft, jobId: JobId): void {
  draft.startChore(`plan:${jobId}`, { kind: 'plan-job', jobId })
}

/** planning → queued */
export function acceptPlan(draft: Draft, jobId: JobId, plan: JobPlan): void {
  draft.endChore(`plan:${jobId}`)
  const job = draft.job(jobId)
  if (!job || standing(job) !== 'planning') return
  if (plan.totalUnits < 1 || (plan.split === null && plan.whole === null)) {
    failJob(draft, jobId, 'there is nothing in it to encode')
    return
  }
  draft.record({ kind: 'job-planned', jobId, plan })
}

/** planning → failed; or still planning, and tried again later, when storage was in the way. */
export function refusePlan(draft: Draft, jobId: JobId, error: string, transient: boolean): void {
  const chore = draft.endChore(`plan:${jobId}`)
  const job = draft.job(jobId)
  if (!job || standing(job) !== 'planning') return
  if (transient && chore) postpone(draft, `plan:${jobId}`, chore)
  else failJob(draft, jobId, error)
}

/** → failed: what still runs is told to stop, and the temporary files go. */
export function failJob(draft: Draft, jobId: JobId, error: string): void {
  endJob(draft, jobId, () => draft.record({ kind: 'job-failed', jobId, error }), 'the job failed')
}

/** Ends a job early by the given fact; everything that was under way for it stops. */
function endJob(draft: Draft, jobId: JobId, record: () => void, reason: string): void {
  const running = runningLeases(draft.job(jobId)!)
  record()
  for (const { leaseId, peerId } of running) {
    draft.set({ clocks: withoutEntry(draft.state.clocks, leaseId) })
    draft.order({ kind: 'send-down', to: peerId, message: { kind: 'stop', leaseId, reason } })
  }
  dropChores(draft, jobId)
  forgetJobClocks(draft, jobId)
  draft.startChore(`clean:${jobId}`, { kind: 'clean-job', jobId })
}

function runningLeases(job: JobRecord) {
  return job.tasks.flatMap((task) =>
    task.attempts
      .filter(({ status }) => status === 'running')
      .map(({ attempt, peerId }) => ({
        leaseId: leaseIdOf({ jobId: job.id, taskNo: task.no, attempt }),
        peerId
      }))
  )
}

/** Forgets what was to be done on disk for a job; answers that still come find nothing to change. */
function dropChores(draft: Draft, jobId: JobId): void {
  const chores = [...draft.state.chores].filter(([, { effect }]) => {
    return ('jobId' in effect ? effect.jobId : effect.lease.jobId) !== jobId
  })
  draft.set({ chores: new Map(chores) })
}

/** Forgets the volatile notes on a job that has ended. */
export function forgetJobClocks(draft: Draft, jobId: JobId): void {
  const speeds = [...draft.state.speeds].filter(([key]) => !key.startsWith(`${jobId}/`))
  const cooling = [...draft.state.cooling].filter(([key]) => !key.startsWith(`${jobId}/`))
  draft.set({
    speeds: new Map(speeds),
    cooling: new Map(cooling),
    waitingSinceMs: withoutEntry(draft.state.waitingSinceMs, jobId)
  })
  dropJobProofs(draft, jobId)
  forgetFailures(draft, jobId)
}

/** Why a person's command cannot be done, in words for them; null when it can. */
export function whyNotCommand(state: SchedulerState, job: JobRecord, command: JobCommand): string | null {
  /** Its publication is put off, because storage is away. */
  const waits = state.chores.get(`publish:${job.id}`)?.dueAtMs != null
  switch (command) {
    case 'pause':
      return isEnded(job.status) || job.status === 'paused' ? `it is already ${job.status}` : null
    case 'resume':
      return job.status === 'paused' ? null : `it is ${job.status}, not paused`
    case 'cancel':
      // A moment later it stands under its final name, and nothing may be taken back from there.
      if (standing(job) === 'verifying' && !waits) return 'it is verifying: its output is about to appear'
      return isEnded(job.status) ? `it is already ${job.status}` : null
    case 'retry':
      return job.status === 'failed' || job.status === 'canceled'
        ? null
        : `it is ${job.status}, not failed or canceled`
    case 'purge':
      return isEnded(job.status) ? null : `it is ${job.status}; cancel it first`
  }
}

/** A person's command. One that does not apply (any more) changes nothing. */
export function commandJob(draft: Draft, jobId: JobId, command: JobCommand): void {
  const job = draft.job(jobId)
  if (!job || whyNotCommand(draft.state, job, command) !== null) return
  switch (command) {
    case 'pause':
      draft.record({ kind: 'job-paused', jobId })
      return
    case 'resume':
      draft.record({ kind: 'job-resumed', jobId })
      // What was finished while the job was paused may have opened the next stage.
      readyWaitingTasks(draft, jobId)
      return
    case 'cancel':
      endJob(draft, jobId, () => draft.record({ kind: 'job-canceled', jobId }), 'the job was canceled')
      return
    case 'retry':
      draft.endChore(`clean:${jobId}`)
      draft.set({ purging: withoutMember(draft.state.purging, jobId) })
      draft.record({ kind: 'job-retried', jobId })
      startPlanning(draft, jobId)
      return
    case 'purge':
      if (job.cleaned) draft.record({ kind: 'job-purged', jobId })
      else {
        draft.set({ purging: new Set(draft.state.purging).add(jobId) })
        draft.startChore(`clean:${jobId}`, { kind: 'clean-job', jobId })
      }
  }
}

export function reprioritizeJob(draft: Draft, jobId: JobId, priority: number): void {
  const job = draft.job(jobId)
  if (!job || isEnded(job.status) || job.priority === priority) return
  draft.record({ kind: 'job-prioritized', jobId, priority })
}

/** The temporary files of an ended job are gone, or storage is in the way: then again later, for ever. */
export function noteCleaned(draft: Draft, jobId: JobId, verdict: ChoreVerdict): void {
  const chore = draft.endChore(`clean:${jobId}`)
  const job = draft.job(jobId)
  // A retry in the meantime wants its files: it is no longer ended.
  if (!chore || !job || !isEnded(job.status)) return
  if (!verdict.ok) {
    postpone(draft, `clean:${jobId}`, chore)
    return
  }
  if (!job.cleaned) draft.record({ kind: 'job-cleaned', jobId })
  if (draft.state.purging.has(jobId)) {
    draft.set({ purging: withoutMember(draft.state.purging, jobId) })
    draft.record({ kind: 'job-purged', jobId })
  }
}

type Chore = NonNullable<ReturnType<Draft['endChore']>>

/** Puts a chore off that storage was in the way of; its waits grow up to half a minute. */
export function postpone(draft: Draft, key: string, chore: Chore): void {
  const tries = chore.tries + 1
  const waitMs = Math.min(30_000, draft.settings.choreRetryMs * tries)
  draft.set({
    chores: new Map(draft.state.chores).set(key, {
      effect: chore.effect,
      dueAtMs: draft.nowMs + waitMs,
      tries
    })
  })
}

/** Orders again what was put off and is due. */
export function resumeChores(draft: Draft): void {
  for (const [key, chore] of draft.state.chores) {
    if (chore.dueAtMs === null || chore.dueAtMs > draft.nowMs) continue
    draft.set({ chores: new Map(draft.state.chores).set(key, { ...chore, dueAtMs: null }) })
    draft.order(chore.effect)
  }
}
