import {
  type Attempt,
  type JobRecord,
  type LeaseId,
  type LeaseKey,
  type LeaseUp,
  leaseIdOf,
  noProgress,
  type PeerId,
  parseLeaseId,
  type Task,
  type TaskOutcome,
  type TaskProgress
} from '../model/index.ts'
import { findTask } from './apply.ts'
import { type Draft, withEntry, withoutEntry } from './draft.ts'
import { countLoss, endFailed, endHindered } from './owner-failures.ts'

interface Found {
  job: JobRecord
  task: Task
  attempt: Attempt
  key: LeaseKey
}

/** The attempt that a lease id names, when it was granted to this peer; null for stale or foreign ids (S3). */
export function findAttempt(draft: Draft, leaseId: LeaseId, peer: PeerId | null): Found | null {
  const key = parseLeaseId(leaseId)
  const job = key && draft.job(key.jobId)
  const task = job && findTask(job, key.taskNo)
  const attempt = task?.attempts[key!.attempt - 1]
  if (!attempt || (peer !== null && attempt.peerId !== peer)) return null
  return { job: job!, task: task!, attempt, key: key! }
}

export const resultKey = (leaseId: LeaseId): string => `result:${leaseId}`

/** What a worker says over its lease stream. */
export function hearWorker(draft: Draft, from: PeerId, message: LeaseUp): void {
  if (message.kind === 'heartbeat') hearHeartbeat(draft, from, message.leases)
  else hearOutcome(draft, from, message.leaseId, message.outcome)
}

function hearHeartbeat(
  draft: Draft,
  from: PeerId,
  leases: readonly { leaseId: LeaseId; progress: TaskProgress }[]
): void {
  for (const { leaseId, progress } of leases) {
    const found = findAttempt(draft, leaseId, from)
    if (!found) stop(draft, from, leaseId, 'the task is gone')
    // The winner's acknowledgement was lost: told to stop, it would throw away what is to be joined.
    else if (found.attempt.status === 'done') acknowledge(draft, from, leaseId)
    else if (!stands(found)) stop(draft, from, leaseId, 'another result was taken')
    else if (isOneTooMany(draft, found, leaseId)) supersede(draft, found, leaseId)
    else renew(draft, found, leaseId, progress)
  }
  const named = new Set(leases.map(({ leaseId }) => leaseId))
  for (const [leaseId, clock] of draft.state.clocks) {
    if (clock.peerId !== from || named.has(leaseId) || draft.state.chores.has(resultKey(leaseId))) continue
    if (draft.nowMs - clock.grantedAtMs < draft.settings.unstartedMs) continue
    loseLease(draft, leaseId, 'its worker does not hold it')
  }
}

/** A lost attempt, heard of again when enough others are at its task already and nothing of it is being checked. */
function isOneTooMany(draft: Draft, { task, attempt }: Found, leaseId: LeaseId): boolean {
  if (attempt.status !== 'lost' || draft.state.chores.has(resultKey(leaseId))) return false
  return task.attempts.filter(({ status }) => status === 'running').length >= draft.settings.maxCopies
}

/** Its worker will throw away what it has: from here it cannot win any more, also not by a result on its way. */
function supersede(draft: Draft, { key, attempt }: Found, leaseId: LeaseId): void {
  draft.record({ kind: 'attempt-ended', ...key, status: 'superseded', error: null })
  stop(draft, attempt.peerId, leaseId, 'others are at it')
}

function renew(
  draft: Draft,
  { job, task, attempt, key }: Found,
  leaseId: LeaseId,
  progress: TaskProgress
): void {
  if (attempt.status === 'lost') {
    // Back in time: nobody has taken it since. Else it races on, and the first verified result wins.
    if (task.status !== 'ready') return
    draft.record({ kind: 'lease-revived', ...key })
  }
  const known = draft.state.clocks.get(leaseId)
  draft.set({
    clocks: withEntry(draft.state.clocks, leaseId, {
      peerId: attempt.peerId,
      bootId: draft.state.peers.get(attempt.peerId)?.bootId ?? null,
      grantedAtMs: known?.grantedAtMs ?? draft.nowMs,
      expiresAtMs: draft.nowMs + draft.settings.leaseTtlMs,
      progress
    })
  })
  // A worker that waits for a verdict has stopped: its time goes on, its frames do not.
  if (!known || !task.range || draft.state.chores.has(resultKey(leaseId))) return
  noteSpeed(draft, job, attempt.peerId, progress.units, draft.nowMs - known.grantedAtMs)
}

/** Remembers how fast a peer's slot is at this job, once it has run long enough to tell. */
export function noteSpeed(draft: Draft, job: JobRecord, peer: PeerId, units: number, ranMs: number): void {
  if (units <= 0 || ranMs < 1_000) return
  draft.set({ speeds: withEntry(draft.state.speeds, `${job.id}/${peer}`, units / (ranMs / 1000)) })
}

function stop(draft: Draft, to: PeerId, leaseId: LeaseId, reason: string): void {
  draft.order({ kind: 'send-down', to, message: { kind: 'stop', leaseId, reason } })
}

function acknowledge(draft: Draft, to: PeerId, leaseId: LeaseId): void {
  draft.order({ kind: 'send-down', to, message: { kind: 'acknowledged', leaseId } })
}

/** Whether an attempt can still decide its task: nobody else has, and the job goes on. */
export function stands({ task, attempt }: Pick<Found, 'task' | 'attempt'>): boolean {
  const open = task.status === 'leased' || task.status === 'ready'
  return open && (attempt.status === 'running' || attempt.status === 'lost')
}

function hearOutcome(draft: Draft, from: PeerId, leaseId: LeaseId, outcome: TaskOutcome): void {
  const found = findAttempt(draft, leaseId, from)
  if (!found) {
    stop(draft, from, leaseId, 'the task is gone')
    return
  }
  if (!stands(found)) {
    // What has won stays where it is; what has not is removed by whoever wrote it, also when the job's files are gone.
    if (found.attempt.status === 'done') acknowledge(draft, from, leaseId)
    else stop(draft, from, leaseId, 'another result was taken')
    return
  }
  if (outcome.kind === 'finished') {
    // Acknowledged when it is verified and durable; until then the worker goes on telling.
    draft.startChore(resultKey(leaseId), { kind: 'verify-result', lease: found.key, result: outcome.result })
    return
  }
  draft.set({ clocks: withoutEntry(draft.state.clocks, leaseId) })
  if (outcome.kind === 'failed' && outcome.fault === 'worker') endHindered(draft, found.key, outcome.error)
  else if (outcome.kind === 'failed') endFailed(draft, found.key, 'failed', outcome.error)
  else if (found.attempt.status === 'running') {
    draft.record({ kind: 'attempt-ended', ...found.key, status: 'returned', error: outcome.reason })
  }
  acknowledge(draft, from, leaseId)
}

/** leased → ready, when no other copy runs. The worker may still hand a result in, and disk is looked at for one. */
export function loseLease(draft: Draft, leaseId: LeaseId, reason: string): void {
  const found = findAttempt(draft, leaseId, null)
  draft.set({ clocks: withoutEntry(draft.state.clocks, leaseId) })
  if (found?.attempt.status !== 'running') return
  draft.record({ kind: 'attempt-ended', ...found.key, status: 'lost', error: reason })
  if (draft.state.chores.has(resultKey(leaseId))) return
  draft.startChore(resultKey(leaseId), { kind: 'collect-result', lease: found.key })
  countLoss(draft, found.key)
}

/** Ends the leases whose time is up. A result that is being verified keeps its lease alive. */
export function expireLeases(draft: Draft): void {
  for (const [leaseId, clock] of draft.state.clocks) {
    if (clock.expiresAtMs > draft.nowMs || draft.state.chores.has(resultKey(leaseId))) continue
    loseLease(draft, leaseId, 'no heartbeat in time')
  }
}

/** A peer that came back as another process has lost what it held. */
export function hearPeerConnected(draft: Draft, peerId: PeerId, bootId: string): void {
  for (const [leaseId, clock] of draft.state.clocks) {
    if (clock.peerId === peerId && clock.bootId !== null && clock.bootId !== bootId) {
      loseLease(draft, leaseId, 'its worker was started again')
    }
  }
}

/** A closed connection: its leases lapse soon, unless the peer is back by then. */
export function hearPeerDisconnected(draft: Draft, peerId: PeerId): void {
  const clocks = new Map(draft.state.clocks)
  for (const [leaseId, clock] of clocks) {
    if (clock.peerId !== peerId) continue
    const expiresAtMs = Math.min(clock.expiresAtMs, draft.nowMs + draft.settings.disconnectGraceMs)
    clocks.set(leaseId, { ...clock, expiresAtMs })
  }
  draft.set({ clocks })
}

/** At the start: leases that were out get a fresh clock, and disk is looked at for what they finished. */
export function recoverLeases(draft: Draft): void {
  for (const job of draft.state.jobs.values()) {
    for (const task of job.tasks) {
      if (task.status !== 'leased') continue
      for (const { attempt, peerId, status } of task.attempts) {
        if (status !== 'running') continue
        const key: LeaseKey = { jobId: job.id, taskNo: task.no, attempt }
        const leaseId = leaseIdOf(key)
        const { nowMs } = draft
        draft.set({
          clocks: withEntry(draft.state.clocks, leaseId, {
            peerId,
            bootId: null,
            grantedAtMs: nowMs,
            expiresAtMs: nowMs + draft.settings.leaseTtlMs,
            progress: noProgress
          })
        })
        // Whoever held it may have finished and died, or told us just before we did.
        draft.startChore(resultKey(leaseId), { kind: 'collect-result', lease: key })
      }
    }
  }
}

/** A granted lease that never left: nobody works on it, and nobody ever could. */
export function noteUndeliverable(draft: Draft, lease: LeaseKey, error: string): void {
  const found = findAttempt(draft, leaseIdOf(lease), null)
  if (found && stands(found)) endFailed(draft, lease, 'failed', error)
}
