import { type JobRecord, type LeaseKey, leaseIdOf, type PeerId, type Task } from '../model/index.ts'
import { findTask } from './apply.ts'
import { noteFailure } from './doubts.ts'
import { type Draft, withEntry, withoutEntry } from './draft.ts'
import { failedOn, fitPeers, lostWith, othersMayTry, whyNotPeer } from './fit.ts'
import { failJob } from './owner-jobs.ts'
import type { SchedulerState } from './state.ts'

/** An attempt that failed, or whose result did not verify: another peer goes first, until the attempts are used up. */
export function endFailed(draft: Draft, key: LeaseKey, status: 'failed' | 'rejected', error: string): void {
  const peerId = findTask(draft.job(key.jobId)!, key.taskNo)!.attempts[key.attempt - 1]!.peerId
  draft.set({ clocks: withoutEntry(draft.state.clocks, leaseIdOf(key)) })
  draft.record({ kind: 'attempt-ended', ...key, status, error })
  noteFailure(draft, key, peerId)
  if (failWhenUsedUp(draft, key, error)) return
  coolDown(draft, key.jobId, peerId, false)
  blockPeer(draft, key.jobId, peerId)
}

/**
 * An attempt that the worker's own trouble ended (no space, storage away): not the task's doing, so tried again, there
 * after growing waits or elsewhere at once. Trouble that does not pass fails the task in the end.
 */
export function endHindered(draft: Draft, key: LeaseKey, error: string): void {
  const { peerId } = findTask(draft.job(key.jobId)!, key.taskNo)!.attempts[key.attempt - 1]!
  draft.set({ clocks: withoutEntry(draft.state.clocks, leaseIdOf(key)) })
  draft.record({ kind: 'attempt-ended', ...key, status: 'hindered', error })
  coolDown(draft, key.jobId, peerId, true)
  const job = draft.job(key.jobId)!
  const task = findTask(job, key.taskNo)!
  const hindered = task.attempts.filter(({ status }) => status === 'hindered')
  if (hindered.length < draft.settings.maxHindrances || task.status !== 'ready') return
  const peers = new Set(hindered.map((attempt) => attempt.peerId))
  failTask(
    draft,
    job,
    task,
    `${named(task)} could not be done ${hindered.length} times on ${names(task, peers)}: ${error}`
  )
}

/** One bad machine that fails in a second must not run through all of a job's pieces before a good one has done one. */
function coolDown(draft: Draft, jobId: JobRecord['id'], peerId: PeerId, hindered: boolean): void {
  const at = `${jobId}/${peerId}`
  const failures = (draft.state.cooling.get(at)?.failures ?? 0) + 1
  const waitMs = Math.min(draft.settings.maxCoolDownMs, 1_000 * 2 ** (failures - 1))
  const untilMs = draft.nowMs + waitMs
  draft.set({ cooling: withEntry(draft.state.cooling, at, { failures, untilMs, hindered }) })
}

/** True while a peer whose own trouble ended an attempt gets nothing of the job, not even what only it can do. */
export function isHindered(state: SchedulerState, job: JobRecord, peerId: PeerId, nowMs: number): boolean {
  if (state.cooling.size === 0) return false
  const cooling = state.cooling.get(`${job.id}/${peerId}`)
  return cooling?.hindered === true && cooling.untilMs > nowMs
}

/** True while a peer that failed lately leaves the job to others, who could do it and have not failed lately. */
export function isCooling(state: SchedulerState, job: JobRecord, peerId: PeerId, nowMs: number): boolean {
  if (state.cooling.size === 0) return false
  const isHot = (peer: PeerId): boolean => (state.cooling.get(`${job.id}/${peer}`)?.untilMs ?? nowMs) > nowMs
  if (!isHot(peerId)) return false
  if (isHindered(state, job, peerId, nowMs)) return true
  const { self } = state
  const others = fitPeers(state, job).map((peer) => peer.peerId)
  if (self.slots > 0 && whyNotPeer(state, job, self.peerId) === null) others.push(self.peerId)
  return others.some((peer) => peer !== peerId && !isHot(peer))
}

/** True when the task failed for good, and its job with it (S6). */
function failWhenUsedUp(draft: Draft, key: LeaseKey, error: string): boolean {
  const job = draft.job(key.jobId)!
  const task = findTask(job, key.taskNo)!
  const failures = task.attempts.filter(({ status }) => status === 'failed' || status === 'rejected')
  const { maxFailures, maxFailuresAnywhere } = draft.settings
  const peers = failedOn(task)
  const last = failures.at(-1)!
  const enoughPeers = peers.size >= 2 || !othersMayTry(draft.state, job, task, last.peerId)
  if (!(failures.length >= maxFailuresAnywhere || (failures.length >= maxFailures && enoughPeers)))
    return false
  failTask(
    draft,
    job,
    task,
    `${named(task)} failed ${failures.length} times on ${names(task, peers)}: ${error}`
  )
  return true
}

/** An attempt that was lost with its peer. A task that keeps taking peers down fails in the end. */
export function countLoss(draft: Draft, key: LeaseKey): void {
  const job = draft.job(key.jobId)!
  const task = findTask(job, key.taskNo)!
  if (task.status !== 'ready') return
  const losses = task.attempts.filter(({ status }) => status === 'lost').length
  const peers = lostWith(task)
  const { maxLosses, maxLossPeers } = draft.settings
  if (losses < maxLosses || peers.size < maxLossPeers) return
  failTask(
    draft,
    job,
    task,
    `${named(task)} was lost ${losses} times with its worker, on ${names(task, peers)}`
  )
}

function failTask(draft: Draft, job: JobRecord, task: Task, error: string): void {
  draft.record({ kind: 'task-failed', jobId: job.id, taskNo: task.no, error })
  failJob(draft, job.id, error)
}

/** A peer that fails, one after another, what others can do gets no more of that job. A success clears its name. */
function blockPeer(draft: Draft, jobId: JobRecord['id'], peerId: PeerId): void {
  const job = draft.job(jobId)!
  // The owner is never shut out: joins run there alone, and it may be the last one left.
  if (peerId === draft.self || job.blocked[peerId] !== undefined) return
  const strikes = draft.state.cooling.get(`${jobId}/${peerId}`)?.failures ?? 0
  const othersSucceed = job.tasks.some(({ attempts }) =>
    attempts.some((attempt) => attempt.peerId !== peerId && attempt.status === 'done')
  )
  if (!othersSucceed || strikes < draft.settings.maxStrikes) return
  const reason = `it failed ${strikes} tasks of this job in a row, which others can do`
  draft.record({ kind: 'peer-blocked', jobId, peerId, reason })
}

/** A person's word: these peers may try the job again, with a clean slate. Who is not blocked stays as it is. */
export function unblockPeers(draft: Draft, jobId: JobRecord['id'], peerIds: readonly PeerId[]): void {
  for (const peerId of new Set(peerIds)) {
    if (draft.job(jobId)?.blocked[peerId] === undefined) continue
    draft.set({ cooling: withoutEntry(draft.state.cooling, `${jobId}/${peerId}`) })
    draft.record({ kind: 'peer-unblocked', jobId, peerId })
  }
}

const named = (task: Task): string =>
  task.range
    ? `${task.kind} ${task.no} (frames ${task.range.start}–${task.range.end - 1})`
    : `${task.kind} ${task.no}`

function names(task: Task, peers: ReadonlySet<PeerId>): string {
  const list = new Set(
    task.attempts.filter(({ peerId }) => peers.has(peerId)).map(({ peerName }) => peerName)
  )
  return [...list].join(', ')
}
