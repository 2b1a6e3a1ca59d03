import PQueue from 'p-queue'
import {
  type GrantedLease,
  isEnded,
  type JobId,
  type JobKind,
  type JobRecord,
  type Json,
  type LeaseKey,
  leaseIdOf,
  type PeerId,
  type PeerMessage,
  type ProofAnswer,
  type ProvableJob,
  type Task
} from '../model/index.ts'
import {
  type ChoreVerdict,
  type Effect,
  type Event,
  findTask,
  type HealthReport,
  type SchedulerState
} from '../scheduler/index.ts'
import type { Runner } from './runner.ts'

export interface PerformCollaborators {
  self: PeerId
  kinds: ReadonlyMap<string, JobKind>
  runner: Runner
  /** To another node, best effort. */
  send: (to: PeerId, message: PeerMessage) => void
  /** Asks a node, perhaps this one, whether it could run a job's tasks. Never rejects. */
  askProof: (to: PeerId, job: ProvableJob) => Promise<ProofAnswer>
  /** Looks at this machine. Never rejects. */
  checkHealth: (encoders: boolean) => Promise<HealthReport>
  /** This machine became unwell, or well again: null. */
  tellHealth: (reason: string | null) => void
  /** What this node says of itself has changed. */
  announce: () => void
  state: () => SchedulerState
  turn: (event: Event) => void
  onError: (error: unknown, what: string) => void
}

/** Work on disk at a time, of each sort: probing reads whole files, and so does verifying. */
const planningAtOnce = 2
const checkingAtOnce = 2

/** Carries out the effects of a turn. Everything slow answers later, with an event. */
export class Performer {
  readonly #collaborators: PerformCollaborators
  readonly #planning = new PQueue({ concurrency: planningAtOnce })
  readonly #checking = new PQueue({ concurrency: checkingAtOnce })
  readonly #cleaning = new PQueue({ concurrency: 1 })
  /** Jobs whose files are being removed right now. */
  readonly #beingCleaned = new Map<JobId, Promise<void>>()
  /** Answers that are awaited, by job. */
  readonly #asked = new Map<JobId, Set<Promise<void>>>()
  readonly #stopped = new AbortController()

  constructor(collaborators: PerformCollaborators) {
    this.#collaborators = collaborators
  }

  /** Never throws and never calls `turn` before it returns. */
  readonly perform = (effect: Effect): void => {
    const { self, runner, announce } = this.#collaborators
    switch (effect.kind) {
      case 'plan-job':
        this.#later(this.#planning, () => this.#plan(effect.jobId))
        return
      case 'verify-result':
        this.#later(this.#checking, () => this.#verify(effect.lease, effect.result))
        return
      case 'collect-result':
        this.#later(this.#checking, () => this.#collect(effect.lease))
        return
      case 'publish-output':
        this.#later(this.#checking, () => this.#publish(effect.lease, effect.result))
        return
      case 'clean-job':
        this.#later(this.#cleaning, () => this.#clean(effect.jobId))
        return
      case 'ask-proof':
        this.#askProof(effect)
        return
      case 'grant-leases': {
        const leases = effect.leases.flatMap((key) => this.#granted(key, effect.ttlMs) ?? [])
        this.#send(effect.to, { kind: 'grant', from: self, answer: { requestId: effect.requestId, leases } })
        return
      }
      case 'send-steal':
        this.#send(effect.to, { kind: 'steal', from: self, request: effect.request })
        return
      case 'send-up':
        this.#send(effect.to, { kind: 'lease-up', from: self, message: effect.message })
        return
      case 'send-down':
        this.#send(effect.to, { kind: 'lease-down', from: self, message: effect.message })
        return
      case 'run-task':
        runner.start(effect.lease, effect.owner === self)
        return
      case 'stop-task':
        runner.stop(effect.leaseId, effect.reason)
        return
      case 'discard-result':
        runner.discard(effect.lease, effect.owner === self)
        return
      case 'check-health':
        this.#checkHealth(effect.encoders)
        return
      case 'tell-health':
        this.#collaborators.tellHealth(effect.reason)
        return
      case 'announce':
        announce()
        return
    }
  }

  /** Nothing new is begun; settles when what was under way has ended, the tidying up after ended jobs included. */
  async stop(): Promise<void> {
    this.#stopped.abort('the node is stopping')
    this.#planning.clear()
    this.#checking.clear()
    await Promise.all([this.#planning.onIdle(), this.#checking.onIdle(), this.#cleaning.onIdle()])
  }

  /** Settles when every node that is being asked whether it could run the job has answered, or did not in time. */
  async proofsAnswered(jobId: JobId): Promise<void> {
    await Promise.all(this.#asked.get(jobId) ?? [])
  }

  #askProof({ askId, jobId, to }: Extract<Effect, { kind: 'ask-proof' }>): void {
    const { state, turn, askProof } = this.#collaborators
    const job = state().jobs.get(jobId)
    if (!job) return
    const asked = this.#asked.get(jobId) ?? new Set()
    this.#asked.set(jobId, asked)
    const answered = askProof(to, job).then((answer) => {
      turn({ kind: 'proof-answered', askId, jobId, peerId: to, answer })
      asked.delete(answered)
      if (asked.size === 0) this.#asked.delete(jobId)
    })
    asked.add(answered)
  }

  #checkHealth(encoders: boolean): void {
    const { checkHealth, turn } = this.#collaborators
    checkHealth(encoders).then((report) => turn({ kind: 'health-checked', report }))
  }

  /** An owner serves itself through the same door as everyone else, only without a network between. */
  #send(to: PeerId, message: PeerMessage): void {
    const { self, send, turn } = this.#collaborators
    if (to === self) setImmediate(() => turn({ kind: 'message-received', message }))
    else send(to, message)
  }

  #later(queue: PQueue, work: () => Promise<void>): void {
    // What is not begun any more is ordered again at the next start; tidying up goes on to the end.
    if (this.#stopped.signal.aborted && queue !== this.#cleaning) return
    queue.add(work).catch((error) => this.#collaborators.onError(error, 'work on disk'))
  }

  #job(jobId: JobId): { job: JobRecord; kind: JobKind } | null {
    const job = this.#collaborators.state().jobs.get(jobId)
    const kind = job && this.#collaborators.kinds.get(job.request.kind)
    return kind ? { job, kind } : null
  }

  #task(lease: LeaseKey): { job: JobRecord; kind: JobKind; task: Task } | null {
    const found = this.#job(lease.jobId)
    const task = found && findTask(found.job, lease.taskNo)
    return task ? { ...found, task } : null
  }

  #granted(key: LeaseKey, ttlMs: number): GrantedLease | null {
    const found = this.#task(key)
    if (!found) return null
    const { job, kind, task } = found
    try {
      return {
        ...key,
        leaseId: leaseIdOf(key),
        jobKind: kind.name,
        taskKind: task.kind,
        range: task.range,
        pool: task.pool,
        ttlMs,
        payload: kind.taskPayload(job, task, key.attempt)
      }
    } catch (error) {
      const { onError, turn } = this.#collaborators
      onError(error, `payload of ${leaseIdOf(key)}`)
      const what = `it could not be handed out: ${(error as Error).message}`
      setImmediate(() => turn({ kind: 'lease-undeliverable', lease: key, error: what }))
      return null
    }
  }

  async #plan(jobId: JobId): Promise<void> {
    const { turn, onError } = this.#collaborators
    // Of a retried job: what is made from here on must not go with the files of its life before.
    await this.#beingCleaned.get(jobId)
    const job = this.#collaborators.state().jobs.get(jobId)
    if (!job) return
    const found = this.#job(jobId)
    if (!found) {
      turn({
        kind: 'job-plan-failed',
        jobId,
        error: `this version does not know ${job.request.kind} jobs`,
        transient: false
      })
      return
    }
    try {
      const plan = await found.kind.plan(found.job, this.#stopped.signal)
      turn({ kind: 'job-planned', jobId, plan })
    } catch (error) {
      // Not the source's doing: planned again at the next start.
      if (this.#stopped.signal.aborted) return
      onError(error, `plan ${jobId}`)
      const { message, transient } = error as Error & { transient?: boolean }
      turn({ kind: 'job-plan-failed', jobId, error: message, transient: transient === true })
    }
  }

  async #verify(lease: LeaseKey, result: Json): Promise<void> {
    const found = this.#task(lease)
    if (!found) return
    const verdict = await this.#verdict(`verify ${leaseIdOf(lease)}`, () =>
      found.kind.verify(found.job, found.task, lease, result, this.#stopped.signal)
    )
    this.#collaborators.turn({ kind: 'result-verified', lease, result, verdict })
  }

  async #collect(lease: LeaseKey): Promise<void> {
    const { turn, onError } = this.#collaborators
    const found = this.#task(lease)
    let result: Json | null = null
    try {
      if (found) result = await found.kind.collect(found.job, found.task, lease)
    } catch (error) {
      // Storage is away: what was finished may still be handed in by its worker.
      onError(error, `collect ${leaseIdOf(lease)}`)
    }
    turn({ kind: 'result-collected', lease, result })
  }

  async #publish(lease: LeaseKey, result: Json): Promise<void> {
    const found = this.#task(lease)
    // Canceled or retried while the order waited: nothing becomes visible any more.
    if (found?.task.status !== 'done' || isEnded(found.job.status)) return
    const verdict = await this.#verdict(`publish ${lease.jobId}`, () =>
      found.kind.publish(found.job, found.task, lease, result)
    )
    this.#collaborators.turn({ kind: 'output-published', lease, verdict })
  }

  async #clean(jobId: JobId): Promise<void> {
    const job = this.#collaborators.state().jobs.get(jobId)
    // Retried while the order waited: its files are wanted.
    if (!job || !isEnded(job.status)) return
    const done = Promise.withResolvers<void>()
    this.#beingCleaned.set(jobId, done.promise)
    const verdict = await this.#verdict(`clean ${jobId}`, async () => {
      // A kind that this version does not know can have left nothing that it could find.
      await this.#job(jobId)?.kind.clean(job)
      return { ok: true }
    })
    this.#beingCleaned.delete(jobId)
    done.resolve()
    this.#collaborators.turn({ kind: 'job-files-cleaned', jobId, verdict })
  }

  /** What the job kind found; a throw means that storage was in its way. */
  async #verdict(what: string, find: () => Promise<ChoreVerdict>): Promise<ChoreVerdict> {
    try {
      return await find()
    } catch (error) {
      this.#collaborators.onError(error, what)
      return { ok: false, reason: (error as Error).message, transient: true }
    }
  }
}
