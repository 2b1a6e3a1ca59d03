import { type JobId, type LeaseKey, maxDoubts, type PeerId, type Task } from '../model/index.ts'
import { type Draft, withEntry, withoutEntry } from './draft.ts'
import { hearDoubts } from './health.ts'
import type { SchedulerState } from './state.ts'

/** Owner: what speaks against a peer since it last did a task well. Not durable. */
export interface Doubt {
  /** Tasks that it failed, `<job>.<task>`, of jobs that have not ended. */
  failed: ReadonlySet<string>
  /** Jobs of which another peer then did such a task. */
  jobs: ReadonlySet<JobId>
}

/** More need not be known of one peer. */
const maxJobs = 16

const taskKey = ({ jobId, taskNo }: Pick<LeaseKey, 'jobId' | 'taskNo'>): string => `${jobId}.${taskNo}`

/** A peer failed a task, or delivered what did not verify. */
export function noteFailure(draft: Draft, key: LeaseKey, peerId: PeerId): void {
  const doubt = draft.state.doubts.get(peerId) ?? { failed: new Set(), jobs: new Set() }
  const failed = new Set(doubt.failed).add(taskKey(key))
  draft.set({ doubts: withEntry(draft.state.doubts, peerId, { ...doubt, failed }) })
}

/** A peer did a task well: its own name is clear, and those who failed this task before it could have done it. */
export function noteSuccess(draft: Draft, jobId: JobId, task: Task, by: PeerId): void {
  if (draft.state.doubts.size === 0) return
  if (draft.state.doubts.has(by)) {
    draft.set({ doubts: withoutEntry(draft.state.doubts, by) })
    draft.announce()
    if (by === draft.self) hearDoubts(draft, draft.self, 0)
  }
  for (const peerId of new Set(task.attempts.map((attempt) => attempt.peerId))) {
    const doubt = draft.state.doubts.get(peerId)
    if (!doubt?.failed.has(taskKey({ jobId, taskNo: task.no })) || doubt.jobs.size >= maxJobs) continue
    const jobs = new Set(doubt.jobs).add(jobId)
    draft.set({ doubts: withEntry(draft.state.doubts, peerId, { ...doubt, jobs }) })
    draft.announce()
    if (peerId === draft.self) hearDoubts(draft, draft.self, jobs.size)
  }
}

/** A job has ended: what its tasks came to is known. */
export function forgetFailures(draft: Draft, jobId: JobId): void {
  if (draft.state.doubts.size === 0) return
  const doubts = new Map<PeerId, Doubt>()
  for (const [peerId, doubt] of draft.state.doubts) {
    const failed = new Set([...doubt.failed].filter((key) => !key.startsWith(`${jobId}.`)))
    if (failed.size > 0 || doubt.jobs.size > 0) doubts.set(peerId, { ...doubt, failed })
  }
  draft.set({ doubts })
}

/** What this owner says of its peers: of how many jobs each failed tasks, in a row, that others then did. */
export function doubtsOf({ doubts, self }: SchedulerState): { peerId: PeerId; jobs: number }[] {
  if (doubts.size === 0) return []
  return [...doubts]
    .filter(([peerId, { jobs }]) => peerId !== self.peerId && jobs.size > 0)
    .slice(0, maxDoubts)
    .map(([peerId, { jobs }]) => ({ peerId, jobs: jobs.size }))
}
