import {
  type Fact,
  type GrantedLease,
  isEnded,
  type JobId,
  type JobRecord,
  type Json,
  type LeaseId,
  type LeaseKey,
  leaseIdOf,
  type NodeStatus,
  type PeerId,
  type Task,
  type TaskOutcome,
  type UnitRange
} from '../../src/model/index.ts'
import type { Turns } from '../../src/node/turn.ts'
import type { Effect, Event, Jobs, SchedulerState, Self } from '../../src/scheduler/index.ts'
import { checkState, LedgerChecker, must } from './checkers.ts'
import type { World } from './world.ts'

/** Thrown out of a commit when the machine dies in the middle of it. */
class PowerCut extends Error {}

/** One pretend machine: the production turn over a pretend disk, network and ffmpeg. */
export class SimNode {
  readonly self: Self
  readonly #world: World
  /** The pretend ledger: survives crashes. */
  readonly disk: Fact[] = []
  readonly checker: LedgerChecker
  readonly broken: boolean
  /** Frames a second of one slot. */
  readonly #speed: number
  turns: Turns | null = null
  bootId = ''
  /** Frozen machines hear everything later, in order. */
  #inbox: Event[] | null = null
  #announced = false
  readonly #runs = new Map<LeaseId, { stopped: boolean }>()
  /** Everything ever queued here that was acknowledged and not purged (S1). */
  readonly acknowledged = new Set<JobId>()

  constructor(world: World, self: Self, broken: boolean, speed: number) {
    this.#world = world
    this.self = self
    this.broken = broken
    this.#speed = speed
    this.checker = new LedgerChecker(world.settings, world.storage.verified)
  }

  get peerId(): PeerId {
    return this.self.peerId
  }

  get state(): SchedulerState | null {
    return this.turns?.state ?? null
  }

  start(): void {
    const { scheduler, Turns } = this.#world.subject
    this.bootId = `boot-${this.#world.nextBoot++}`
    let jobs: Jobs = new Map()
    for (const fact of this.disk) jobs = scheduler.applyFact(jobs, fact)
    for (const jobId of this.acknowledged) {
      must(jobs.has(jobId), 'S1', () => `acknowledged job ${jobId} is gone after a restart`)
    }
    let nextSeq = 1
    for (const fact of this.disk) if (fact.kind === 'job-queued') nextSeq = Math.max(nextSeq, fact.seq + 1)
    const boot = this.bootId
    const state = scheduler.initialState({
      settings: this.#world.settings,
      self: this.self,
      jobs,
      nextSeq,
      nowMs: this.#world.nowMs
    })
    this.turns = new Turns(
      state,
      {
        commit: (facts) => this.#commit(facts),
        perform: (effect) => this.#perform(effect),
        now: () => this.#world.nowMs,
        onCommitFailed: (error) => {
          if (!(error instanceof DiskTrouble)) throw error
        },
        later: (delayMs, callback) =>
          this.#world.agenda.after(delayMs, () => {
            if (this.bootId === boot && this.turns) this.#guard(callback)
          })
      },
      scheduler.step
    )
    this.turn({ kind: 'node-started' })
    this.#tick(boot)
  }

  #tick(boot: string): void {
    this.#world.agenda.after(450 + this.#world.random.int(0, 100), () => {
      if (this.bootId !== boot || !this.turns) return
      this.turn({ kind: 'clock-ticked' })
      this.#tick(boot)
    })
  }

  /** Turns an event, now or when the machine thaws. False when the machine is off, or died of it. */
  turn(event: Event): boolean {
    if (!this.turns) return false
    if (this.#inbox) {
      this.#inbox.push(event)
      return false
    }
    this.#world.trace(`${this.self.name} ${event.kind}`)
    return this.#guard(() => this.turns?.turn(event))
  }

  freeze(): void {
    this.#inbox ??= []
  }

  thaw(): void {
    const events = this.#inbox ?? []
    this.#inbox = null
    for (const event of events) this.turn(event)
  }

  #guard(work: () => void): boolean {
    try {
      work()
    } catch (error) {
      if (error instanceof DiskTrouble) return false
      if (!(error instanceof PowerCut)) throw error
      this.crash()
      return false
    }
    if (this.turns) checkState(this.turns.state)
    return true
  }

  crash(): void {
    if (!this.turns) return
    this.#world.trace(`${this.self.name} crash`)
    this.turns = null
    this.bootId = ''
    this.#inbox = null
    for (const run of this.#runs.values()) run.stopped = true
    this.#runs.clear()
    this.#world.network.nodeDown(this)
  }

  #commit(facts: readonly Fact[]): void {
    const { faults, random, calm } = this.#world
    if (!calm && random.chance(faults.commitFails)) throw new DiskTrouble('the disk is full')
    const dies = !calm && random.chance((faults.crashesPerMinute / 60) * faults.crashInCommit * 0.25)
    if (dies && random.chance(0.5)) throw new PowerCut()
    for (const fact of facts) {
      this.disk.push(fact)
      this.checker.committed(fact, (...task) => this.#othersCouldTry(...task))
      if (fact.kind === 'job-purged') this.acknowledged.delete(fact.jobId)
      this.#world.noteFact(this, fact)
    }
    if (dies) throw new PowerCut()
  }

  /** Whether a fit peer that this owner is connected with has not failed yet; the state is the one before the facts. */
  #othersCouldTry(jobId: JobId, taskNo: number, failed: ReadonlySet<PeerId>): boolean {
    const state = this.turns?.state
    const job = state?.jobs.get(jobId)
    if (!state || !job) return false
    const { whyNotPeer } = this.#world.subject.scheduler
    const peers = this.#taskOf({ jobId, taskNo })?.ownerOnly
      ? [this.peerId]
      : [...state.peers.keys(), this.peerId]
    return peers.some((peer) => !failed.has(peer) && whyNotPeer(state, job, peer) === null)
  }

  status(): NodeStatus {
    const state = this.turns!.state
    const busy = [...state.holds.values()].filter(({ status }) => status !== 'ended').length
    return {
      ...this.self.fitness,
      peerId: this.peerId,
      name: this.self.name,
      version: '1',
      bootId: this.bootId,
      cores: 4,
      memoryBytes: 1,
      slots: { total: this.self.slots, busy },
      roots: this.self.fitness.roots,
      state: 'awake',
      reason: null,
      offers: this.#world.subject.scheduler.offersOf(state, this.#world.nowMs),
      running: []
    }
  }

  #after(delayMs: number, run: () => void): void {
    const boot = this.bootId
    this.#world.agenda.after(delayMs, () => {
      if (this.bootId === boot && this.turns) run()
    })
  }

  #perform(effect: Effect): void {
    const { random, storage, network, faults, calm } = this.#world
    const soon = (): number => random.int(1, 60)
    switch (effect.kind) {
      case 'announce':
        if (this.#announced) return
        this.#announced = true
        this.#after(200, () => {
          this.#announced = false
          network.broadcastStatus(this)
        })
        return
      case 'plan-job':
        this.#after(random.int(20, 800), () => {
          if (!calm && random.chance(faults.storageTrouble)) {
            const { jobId } = effect
            this.turn({ kind: 'job-plan-failed', jobId, error: 'storage is away', transient: true })
            return
          }
          this.turn({ kind: 'job-planned', jobId: effect.jobId, plan: this.#world.planOf(effect.jobId) })
        })
        return
      case 'grant-leases': {
        for (const lease of effect.leases) this.checker.granted(lease)
        const { requestId, to } = effect
        const leases = effect.leases.map((key) => this.#granted(key, effect.ttlMs))
        network.send(this.peerId, to, { kind: 'grant', from: this.peerId, answer: { requestId, leases } })
        return
      }
      case 'send-steal':
        network.send(this.peerId, effect.to, { kind: 'steal', from: this.peerId, request: effect.request })
        return
      case 'send-up':
        network.send(this.peerId, effect.to, { kind: 'lease-up', from: this.peerId, message: effect.message })
        return
      case 'send-down':
        this.#checkAcknowledgement(effect)
        network.send(this.peerId, effect.to, {
          kind: 'lease-down',
          from: this.peerId,
          message: effect.message
        })
        return
      case 'verify-result':
        this.#after(soon(), () => {
          const trouble = !calm && random.chance(faults.storageTrouble)
          const task = this.#taskOf(effect.lease)
          const reason = trouble ? 'storage is slow' : storage.verify(effect.lease, task?.range ?? null)
          const verdict =
            reason === null ? { ok: true as const } : { ok: false as const, reason, transient: trouble }
          this.turn({ kind: 'result-verified', lease: effect.lease, result: effect.result, verdict })
        })
        return
      case 'collect-result':
        this.#after(soon(), () => {
          const file = storage.files.get(leaseIdOf(effect.lease))
          const result = file ? storage.resultOf(file) : null
          this.turn({ kind: 'result-collected', lease: effect.lease, result })
        })
        return
      case 'publish-output':
        // The moment between the last verdict and the end of a job is short: crashes are helped to hit it.
        if (!calm && random.chance(Math.min(0.4, faults.crashesPerMinute / 10))) {
          this.#after(random.int(0, 60), () => this.#world.crash(this))
        }
        this.#after(soon(), () => {
          if (!calm && random.chance(faults.storageTrouble)) {
            const verdict = { ok: false as const, reason: 'storage is slow', transient: true }
            this.turn({ kind: 'output-published', lease: effect.lease, verdict })
            return
          }
          // The job may have been canceled while the order was on its way; a published output then stays unnoticed.
          const status = this.state?.jobs.get(effect.lease.jobId)?.status
          if (status === undefined || isEnded(status)) return
          storage.publish(effect.lease, effect.lease.jobId)
          this.turn({ kind: 'output-published', lease: effect.lease, verdict: { ok: true } })
        })
        return
      case 'clean-job':
        this.#after(soon(), () => {
          const job = this.state?.jobs.get(effect.jobId)
          if (job && isEnded(job.status)) storage.clean(effect.jobId)
          this.turn({ kind: 'job-files-cleaned', jobId: effect.jobId, verdict: { ok: true } })
        })
        return
      case 'run-task':
        this.#run(effect.lease)
        return
      case 'stop-task': {
        const run = this.#runs.get(effect.leaseId)
        if (!run || run.stopped) return
        run.stopped = true
        this.#after(soon(), () => this.#end(effect.leaseId, { kind: 'returned', reason: effect.reason }))
        return
      }
      case 'discard-result':
        this.#world.checkDiscard(effect.lease.leaseId)
        storage.files.delete(effect.lease.leaseId)
        return
    }
  }

  /** S1: a worker may forget a finished result only when the owner's ledger has settled it. */
  #checkAcknowledgement(effect: Extract<Effect, { kind: 'send-down' }>): void {
    if (effect.message.kind !== 'acknowledged') return
    let jobs: Jobs = new Map()
    const [jobId] = effect.message.leaseId.split('.') as [JobId]
    // Only this job's facts matter; replaying them is the ledger's own word.
    for (const fact of this.disk)
      if (fact.jobId === jobId) jobs = this.#world.subject.scheduler.applyFact(jobs, fact)
    const [, taskNo, attemptNo] = effect.message.leaseId.split('.').map(Number)
    const job = jobs.get(jobId)
    const task = job?.tasks.find(({ no }) => no === taskNo)
    const attempt = task?.attempts[attemptNo! - 1]
    if (!job || !task || !attempt || isEnded(job.status) || task.status === 'done') return
    must(
      attempt.status !== 'running',
      'S1',
      () => `${effect.message.leaseId} was acknowledged while it still runs`
    )
  }

  #taskOf({ jobId, taskNo }: { jobId: JobId; taskNo: number }): Task | undefined {
    return this.state?.jobs.get(jobId)?.tasks.find(({ no }) => no === taskNo)
  }

  #granted(key: LeaseKey, ttlMs: number): GrantedLease {
    const job = this.state!.jobs.get(key.jobId)!
    const task = this.#taskOf(key)!
    return {
      ...key,
      leaseId: leaseIdOf(key),
      jobKind: 'pretend',
      taskKind: task.kind,
      range: task.range,
      pool: task.pool,
      ttlMs,
      payload: this.#payload(job, task)
    }
  }

  /** A join is told which attempts' files to join, in the order of their frames. */
  #payload(job: JobRecord, task: Task): Json {
    if (task.kind !== 'join') return null
    return job.tasks
      .filter((piece) => piece.range !== null)
      .sort((a, b) => a.range!.start - b.range!.start)
      .map((piece) => {
        const won = piece.attempts.find(({ status }) => status === 'done')
        must(won !== undefined, 'S4', () => `${job.id} joins task ${piece.no}, which is ${piece.status}`)
        return leaseIdOf({ jobId: job.id, taskNo: piece.no, attempt: won!.attempt })
      })
  }

  #run(lease: GrantedLease): void {
    const { random, storage, faults, calm } = this.#world
    must(!this.#runs.has(lease.leaseId), 'S3', () => `${lease.leaseId} runs twice on ${this.self.name}`)
    this.#world.checkFit(this, lease)
    const run = { stopped: false }
    this.#runs.set(lease.leaseId, run)
    const spec = storage.specs.get(lease.jobId)!
    const units = lease.range ? lease.range.end - lease.range.start : spec.totalUnits
    const worksMs = lease.taskKind === 'join' ? 400 : (units * spec.msPerUnit) / this.#speed + 200
    const steps = Math.max(1, Math.min(8, Math.floor(worksMs / 2000)))
    for (let i = 1; i < steps; i++) {
      this.#after((worksMs * i) / steps, () => {
        if (run.stopped) return
        const progress = { units: Math.floor((units * i) / steps), fps: 1, sizeBytes: 1 }
        this.turn({ kind: 'task-progressed', leaseId: lease.leaseId, progress })
      })
    }
    const fails = (this.broken && lease.taskKind !== 'join') || (!calm && random.chance(faults.taskFails))
    const wrong = !calm && random.chance(faults.wrongResult)
    this.#after(fails ? random.int(50, 2_000) : worksMs, () => {
      if (run.stopped) return
      if (fails) {
        const fault = !this.broken && random.chance(0.5) ? 'worker' : 'task'
        this.#end(lease.leaseId, { kind: 'failed', error: 'ffmpeg crashed', fault })
      } else this.#finish(lease, wrong)
    })
  }

  #finish(lease: GrantedLease, wrong: boolean): void {
    const { random, storage } = this.#world
    const spec = storage.specs.get(lease.jobId)!
    const garbage = wrong && random.chance(0.5)
    const range =
      lease.range && wrong && !garbage ? { start: lease.range.start, end: lease.range.end - 1 } : lease.range
    let parts: UnitRange[] | null = null
    if (lease.taskKind === 'join') {
      const joined = (lease.payload as LeaseId[]).map((leaseId) => storage.files.get(leaseId))
      // The job may have ended and been cleaned while the join ran: then it fails, and nobody minds.
      if (joined.some((file) => file === undefined)) {
        const job = this.state?.jobs.get(lease.jobId)
        const current = job?.tasks.some(({ no }) => no === lease.taskNo) && !isEnded(job.status)
        must(!current, 'S4', () => `a verified file of ${lease.jobId} is gone before its join`)
        this.#end(lease.leaseId, { kind: 'failed', error: 'a chunk is gone', fault: 'task' })
        return
      }
      parts = joined.map((file) => file!.range!)
    } else if (!lease.range) parts = [{ start: 0, end: spec.totalUnits }]
    const file = { leaseId: lease.leaseId, range, garbage: garbage || (wrong && !lease.range), parts }
    storage.files.set(lease.leaseId, file)
    this.#end(lease.leaseId, { kind: 'finished', result: storage.resultOf(file) })
  }

  #end(leaseId: LeaseId, outcome: TaskOutcome): void {
    this.#runs.delete(leaseId)
    this.turn({ kind: 'task-ended', leaseId, outcome })
  }
}

/** The ledger cannot be written for now. */
export class DiskTrouble extends Error {}
