import {
  type Fact,
  isEnded,
  type JobId,
  type JobRecord,
  type LeaseKey,
  leaseIdOf,
  type PeerId
} from '../../src/model/index.ts'
import type { SchedulerSettings, SchedulerState } from '../../src/scheduler/index.ts'

/** Something that must never be was. */
export class Violation extends Error {
  readonly invariant: string
  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`)
    this.name = 'Violation'
    this.invariant = invariant
  }
}

export function must(holds: boolean, invariant: string, message: () => string): void {
  if (!holds) throw new Violation(invariant, message())
}

/** Whether a node that could run the task, and has not failed it, is connected with its owner. */
export type OthersCouldTry = (jobId: JobId, taskNo: number, failed: ReadonlySet<PeerId>) => boolean

/** Whether a node has proved that it can run a job, since it was connected last. */
export type IsProved = (jobId: JobId, peerId: PeerId) => boolean

/** The truths about one owner's ledger, checked as its facts become durable. Kept apart from what it checks. */
export class LedgerChecker {
  readonly #settings: SchedulerSettings
  /** task → winning attempt, since the job's last retry */
  readonly #done = new Map<string, number>()
  readonly #running = new Map<string, Set<number>>()
  readonly #attempts = new Map<string, { peerId: PeerId; status: string }[]>()
  readonly #leases = new Set<string>()
  readonly #verified: ReadonlySet<string>
  readonly #covered = new Map<JobId, Map<number, number>>()
  readonly #isProved: IsProved
  /** Joins and the like: what needs no proof. */
  readonly #fileWork = new Set<string>()

  constructor(settings: SchedulerSettings, verified: ReadonlySet<string>, isProved: IsProved) {
    this.#settings = settings
    this.#verified = verified
    this.#isProved = isProved
  }

  /** S3: an answer to a steal names only leases that are durable. */
  granted(lease: LeaseKey): void {
    must(
      this.#leases.has(leaseIdOf(lease)),
      'S3',
      () => `lease ${leaseIdOf(lease)} left before it was durable`
    )
  }

  committed(fact: Fact, othersCouldTry: OthersCouldTry): void {
    const task = 'taskNo' in fact ? `${fact.jobId}.${fact.taskNo}` : ''
    switch (fact.kind) {
      case 'lease-granted': {
        must(!this.#done.has(task), 'S2', () => `done task ${task} was leased again`)
        must(
          this.#fileWork.has(task) || this.#isProved(fact.jobId, fact.peerId),
          'S10',
          () => `${task} is leased to ${fact.peerName}, which has not proved that it can run it`
        )
        this.#leases.add(`${task}.${fact.attempt}`)
        const attempts = this.#attempts.get(task) ?? []
        const failed = new Set(
          attempts
            .filter(({ status }) => status === 'failed' || status === 'rejected')
            .map(({ peerId }) => peerId)
        )
        const elsewhere = failed.has(fact.peerId) && othersCouldTry(fact.jobId, fact.taskNo, failed)
        must(
          !elsewhere,
          'S6',
          () => `${task} goes back to ${fact.peerName}, which failed it, before others have tried`
        )
        must(
          attempts.length + 1 === fact.attempt,
          'S3',
          () => `attempt ${fact.attempt} of ${task} is out of order`
        )
        this.#attempts.set(task, [...attempts, { peerId: fact.peerId, status: 'running' }])
        this.#run(task, fact.attempt)
        return
      }
      case 'lease-revived':
        must(!this.#done.has(task), 'S2', () => `done task ${task} was leased again`)
        this.#run(task, fact.attempt)
        return
      case 'attempt-ended':
        this.#running.get(task)?.delete(fact.attempt)
        this.#attempts.get(task)![fact.attempt - 1]!.status = fact.status
        return
      case 'task-done':
        must(!this.#done.has(task), 'S2', () => `${task} was done twice`)
        must(
          this.#verified.has(`${task}.${fact.attempt}`),
          'S4',
          () => `${task}.${fact.attempt} is done, not verified`
        )
        this.#done.set(task, fact.attempt)
        this.#running.delete(task)
        return
      case 'task-failed':
        this.#mayFail(task, fact.jobId, fact.taskNo, othersCouldTry)
        return
      case 'task-created':
        if (fact.task.pool === 'io') this.#fileWork.add(task)
        if (fact.range) this.#cover(fact.jobId, fact.range.start, fact.range.end)
        return
      case 'job-retried':
        this.#covered.delete(fact.jobId)
        return
      default:
    }
  }

  #run(task: string, attempt: number): void {
    const running = this.#running.get(task) ?? new Set()
    running.add(attempt)
    this.#running.set(task, running)
    must(running.size <= this.#settings.maxCopies, 'S8', () => `${running.size} copies of ${task} run`)
  }

  /** S6: a job fails only after the attempts that DESIGN section 7 grants it. */
  #mayFail(task: string, jobId: JobId, taskNo: number, othersCouldTry: OthersCouldTry): void {
    const attempts = this.#attempts.get(task) ?? []
    const failures = attempts.filter(({ status }) => status === 'failed' || status === 'rejected')
    const losses = attempts.filter(({ status }) => status === 'lost')
    const peers = new Set(failures.map(({ peerId }) => peerId))
    const { maxFailures, maxFailuresAnywhere, maxLosses, maxLossPeers } = this.#settings
    const usedUp =
      failures.length >= maxFailuresAnywhere ||
      (failures.length >= maxFailures && (peers.size >= 2 || !othersCouldTry(jobId, taskNo, peers)))
    const lost =
      losses.length >= maxLosses && new Set(losses.map(({ peerId }) => peerId)).size >= maxLossPeers
    const hindered =
      attempts.filter(({ status }) => status === 'hindered').length >= this.#settings.maxHindrances
    must(usedUp || lost || hindered, 'S6', () => `${task} failed after ${JSON.stringify(attempts)}`)
  }

  /** S5: no frame is cut into two tasks. */
  #cover(jobId: JobId, start: number, end: number): void {
    const covered = this.#covered.get(jobId) ?? new Map<number, number>()
    must(start < end, 'S5', () => `an empty range [${start}, ${end}) of ${jobId}`)
    for (const [from, to] of covered) {
      must(end <= from || to <= start, 'S5', () => `[${start}, ${end}) of ${jobId} overlaps [${from}, ${to})`)
    }
    covered.set(start, end)
    this.#covered.set(jobId, covered)
  }
}

/** S7, S8: the state's own sums, after every step. */
export function checkState(state: SchedulerState): void {
  for (const job of state.jobs.values()) checkCounts(job)
  const held = [...state.holds.values()].filter(({ status }) => status !== 'ended')
  for (const pool of ['slot', 'io'] as const) {
    const room = pool === 'slot' ? state.self.slots : state.self.ioSlots
    const used = held.filter(({ lease }) => lease.pool === pool).length
    must(used <= room, 'S8', () => `${used} tasks run in ${room} ${pool} places`)
  }
  must(state.endedLeases.length <= 512, 'S8', () => 'ended leases pile up')
  must(state.holds.size - held.length <= state.settings.maxKeptOutcomes, 'S8', () => 'outcomes pile up')
}

function checkCounts(job: JobRecord): void {
  job.tasks.forEach((task, i) => {
    must(task.no === job.tasks[0]!.no + i, 'S7', () => `tasks of ${job.id} have gaps`)
    const running = task.attempts.filter(({ status }) => status === 'running').length
    must(
      (task.status === 'leased') === running > 0,
      'S7',
      () => `${job.id}.${task.no} is ${task.status} with ${running} running`
    )
    const done = task.attempts.filter(({ status }) => status === 'done').length
    must(
      (task.status === 'done') === (done === 1),
      'S7',
      () => `${job.id}.${task.no} is ${task.status} with ${done} done`
    )
  })
  const total = job.plan?.split?.work.totalUnits
  if (job.shape !== 'split' || total === undefined || isEnded(job.status)) return
  let units = job.remaining.reduce((sum, { start, end }) => sum + end - start, 0)
  for (const { range } of job.tasks) if (range) units += range.end - range.start
  must(units === total, 'S7', () => `${job.id} has ${units} of ${total} frames in tasks and remainder`)
}
