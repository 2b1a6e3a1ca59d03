import {
  type DivisibleWork,
  type Fact,
  type GrantedLease,
  isEnded,
  type JobId,
  type JobPlan,
  type JobRequest,
  jobIdFrom,
  type LeaseId,
  type Needs,
  type PeerId,
  type PlannedTask,
  parseLeaseId
} from '../../src/model/index.ts'
import type { JobCommand, SchedulerSettings } from '../../src/scheduler/index.ts'
import { Agenda } from './agenda.ts'
import { must, Violation } from './checkers.ts'
import { drawFaults, type Faults } from './faults.ts'
import { Network } from './network.ts'
import { Random } from './random.ts'
import { SimNode } from './sim-node.ts'
import { SimStorage } from './storage.ts'
import type { Subject } from './subject.ts'

export interface RunResult {
  seed: number
  faults: Faults
  violation: { invariant: string; message: string; atMs: number } | null
  /** Equal for two runs of a seed: a digest over everything that happened, in order. */
  traceDigest: number
  events: number
  virtualMs: number
  ended: Record<string, number>
}

/** After the storm, everything must have ended by then, and what the slowest node alone would take for all of it. */
const calmLimitMs = 30 * 60_000
const slowestSpeed = 0.2

/** One simulated mesh: everything that happens in it follows from the seed. */
export class World {
  readonly random: Random
  readonly faults: Faults
  readonly settings: SchedulerSettings
  readonly agenda = new Agenda()
  readonly storage = new SimStorage()
  readonly network: Network
  readonly nodes: SimNode[]
  readonly subject: Subject
  readonly needs: Needs = { encoders: ['pretend'], roots: [], tags: [], ffmpeg: '5.1', ownerOnly: false }
  calm = false
  nextBoot = 1
  #digest = 0x811c9dc5
  #events = 0
  readonly #log: string[] | null
  readonly #idleSinceMs = new Map<PeerId, number>()
  readonly #jobs = new Map<JobId, SimNode>()

  constructor(seed: number, subject: Subject, options: { log?: string[]; faults?: Partial<Faults> } = {}) {
    this.random = new Random(seed)
    this.faults = { ...drawFaults(this.random), ...options.faults }
    this.subject = subject
    this.#log = options.log ?? null
    this.settings = { ...subject.scheduler.defaultSchedulerSettings, leaseTtlMs: this.faults.leaseTtlMs }
    this.network = new Network(this)
    this.nodes = Array.from({ length: this.faults.nodes }, (_, i) => this.#makeNode(i))
  }

  get nowMs(): number {
    return this.agenda.nowMs
  }

  #makeNode(i: number): SimNode {
    const name = `n${i}`
    // The last node of some meshes has another ffmpeg: shown to all, given nothing (S10).
    const unfit = i > 1 && i === this.faults.nodes - 1 && this.random.chance(0.3)
    return new SimNode(
      this,
      {
        peerId: `peer${String(i).padStart(2, '0')}` as PeerId,
        name,
        fitness: { encoders: ['pretend'], roots: [], tags: [], ffmpegVersion: unfit ? '7.0' : '5.1.9' },
        slots: this.random.int(1, 3),
        ioSlots: 1,
        state: 'awake',
        fellowMembers: this.faults.nodes - 1
      },
      this.faults.brokenNode && i === 1,
      this.random.pick([slowestSpeed, 1, 1, 1, 3])
    )
  }

  trace(line: string): void {
    this.#events += 1
    const text = `${Math.round(this.nowMs)} ${line}`
    for (let i = 0; i < text.length; i++) {
      this.#digest = Math.imul(this.#digest ^ text.charCodeAt(i), 0x01000193) >>> 0
    }
    this.#log?.push(text)
  }

  noteFact(node: SimNode, fact: Fact): void {
    this.trace(
      `${node.self.name}   ${fact.kind} ${'taskNo' in fact ? `${fact.jobId}.${fact.taskNo}` : fact.jobId}${'attempt' in fact ? `.${fact.attempt}` : ''}`
    )
    if (fact.kind === 'job-retried') this.storage.published.delete(fact.jobId)
  }

  /** S10: only fit nodes run anything. */
  checkFit(node: SimNode, lease: GrantedLease): void {
    must(node.self.fitness.ffmpegVersion === '5.1.9', 'S10', () => `${lease.leaseId} runs on an unfit node`)
  }

  /** A result that won must stay until its job has ended. */
  checkDiscard(leaseId: LeaseId): void {
    const key = parseLeaseId(leaseId)!
    const job = this.#jobs.get(key.jobId)?.state?.jobs.get(key.jobId)
    const attempt = job?.tasks.find(({ no }) => no === key.taskNo)?.attempts[key.attempt - 1]
    if (!job || isEnded(job.status)) return
    must(attempt?.status !== 'done', 'S2', () => `the verified result ${leaseId} was thrown away`)
  }

  planOf(jobId: JobId): JobPlan {
    const { totalUnits } = this.storage.specs.get(jobId)!
    const random = new Random(totalUnits)
    const task = (kind: string, extra: Partial<PlannedTask>): PlannedTask => {
      return { kind, stage: 0, ownerOnly: false, pool: 'slot', final: false, ...extra }
    }
    const gop = random.pick([1, 12, 50, 250])
    const cuts = Array.from({ length: Math.max(0, Math.ceil(totalUnits / gop) - 1) }, (_, i) => (i + 1) * gop)
    const work: DivisibleWork = {
      kind: 'encode-chunk',
      totalUnits,
      cuts: gop === 1 ? null : cuts,
      minUnits: random.int(10, 60),
      maxUnits: random.chance(0.3) ? 400 : null,
      fixedUnits: random.chance(0.2) ? random.int(5, 100) : null
    }
    const tasks = [task('join', { stage: 1, ownerOnly: true, pool: 'io', final: true })]
    if (random.chance(0.8)) tasks.unshift(task('encode-audio', {}))
    const split = random.chance(0.9) ? { work, tasks } : null
    return {
      totalUnits,
      split,
      whole: split && work.fixedUnits ? null : task('encode-file', { final: true }),
      needs: this.needs,
      payload: null
    }
  }

  run(seed: number): RunResult {
    let violation: RunResult['violation'] = null
    try {
      this.#live()
    } catch (error) {
      if (!(error instanceof Violation) && (error as Error).name !== 'SchedulerError') throw error
      const invariant = error instanceof Violation ? error.invariant : 'S7'
      violation = { invariant, message: (error as Error).message, atMs: this.nowMs }
    }
    const ended: Record<string, number> = {}
    for (const [jobId, node] of this.#jobs) {
      const status = node.state?.jobs.get(jobId)?.status ?? 'purged'
      ended[status] = (ended[status] ?? 0) + 1
    }
    return {
      seed,
      faults: this.faults,
      violation,
      traceDigest: this.#digest,
      events: this.#events,
      virtualMs: this.nowMs,
      ended
    }
  }

  #live(): void {
    const { agenda, faults, random } = this
    for (const node of this.nodes) agenda.after(random.int(0, 4_000), () => node.start())
    for (let i = 0; i < faults.jobs; i++)
      agenda.after(random.int(100, faults.stormMs), () => this.#queueJob())
    this.#repeat(300, () => this.network.meet())
    this.#repeat(2_000, () => {
      for (const node of this.nodes) if (node.turns) this.network.broadcastStatus(node)
    })
    this.#storm()
    agenda.at(faults.stormMs, () => {
      this.trace('calm')
      this.calm = true
      for (const node of this.nodes) {
        node.thaw()
        if (!node.turns) node.start()
      }
      this.#repeat(250, () => this.#checkIdle())
    })
    while (agenda.advance()) {
      if (!this.calm) continue
      if (this.#allEnded()) break
      must(
        this.nowMs < faults.stormMs + calmLimitMs + this.#workMs(),
        'L1',
        () => `jobs have not ended: ${this.#openJobs()}`
      )
    }
    this.#checkReplay()
  }

  #repeat(everyMs: number, work: () => void): void {
    this.agenda.after(everyMs, () => {
      work()
      this.#repeat(everyMs, work)
    })
  }

  /** Something at random moments, about so many times a minute, while the storm lasts. */
  #often(perMinute: number, work: () => void): void {
    if (perMinute <= 0) return
    const waitMs = (-Math.log(1 - this.random.next()) * 60_000) / perMinute
    this.agenda.after(waitMs, () => {
      if (this.calm) return
      work()
      this.#often(perMinute, work)
    })
  }

  #storm(): void {
    const { faults, random, nodes, agenda } = this
    this.#often(faults.crashesPerMinute, () => {
      this.crash(random.pick(nodes))
    })
    this.#often(faults.freezesPerMinute, () => {
      const node = random.pick(nodes)
      node.freeze()
      agenda.after(random.int(500, 40_000), () => node.thaw())
    })
    this.#often(faults.partitionsPerMinute, () => {
      const lonely = random.pick(nodes)
      const all = random.chance(0.5)
      for (const other of nodes) {
        if (other !== lonely && (all || random.chance(0.5)))
          this.network.cutPair(lonely, other, random.int(500, 60_000))
      }
    })
    this.#often(faults.commandsPerMinute, () => this.#command())
  }

  /** A machine goes down, and comes back within 20 s. */
  crash(node: SimNode): void {
    node.crash()
    this.agenda.after(this.random.int(100, 20_000), () => {
      if (!node.turns) node.start()
    })
  }

  #queueJob(): void {
    const node = this.random.pick(this.nodes.slice(0, Math.min(2, this.nodes.length)))
    const jobId = jobIdFrom(Uint8Array.from({ length: 10 }, () => this.random.int(0, 255)))
    const totalUnits = Math.floor(this.random.skewed(1, 3_000))
    this.storage.specs.set(jobId, { totalUnits, msPerUnit: this.random.int(5, 60) })
    const request: JobRequest = {
      kind: 'pretend',
      batchId: 'b',
      source: 's',
      output: 'o',
      preset: 'p',
      priority: this.random.int(-1, 1),
      needs: this.needs,
      payload: null
    }
    if (node.turn({ kind: 'job-requested', jobId, request })) {
      node.acknowledged.add(jobId)
      this.#jobs.set(jobId, node)
    } else if (node.disk.some((fact) => fact.jobId === jobId)) this.#jobs.set(jobId, node)
  }

  #command(): void {
    const jobs = [...this.#jobs]
    if (jobs.length === 0) return
    const [jobId, node] = this.random.pick(jobs)
    const command = this.random.pick<JobCommand>([
      'pause',
      'resume',
      'resume',
      'cancel',
      'retry',
      'retry',
      'purge'
    ])
    if (this.random.chance(0.2))
      node.turn({ kind: 'job-reprioritized', jobId, priority: this.random.int(-5, 5) })
    else node.turn({ kind: 'job-commanded', jobId, command })
  }

  #allEnded(): boolean {
    if (this.nowMs < this.faults.stormMs + 5_000) return false
    for (const [jobId, node] of this.#jobs) {
      const job = node.state?.jobs.get(jobId)
      if (!job) {
        if (!node.turns || node.acknowledged.has(jobId)) return false
        continue
      }
      if (job.status === 'paused') node.turn({ kind: 'job-commanded', jobId, command: 'resume' })
      if (!isEnded(job.status) || !job.cleaned) return false
    }
    return true
  }

  #workMs(): number {
    let workMs = 0
    for (const { totalUnits, msPerUnit } of this.storage.specs.values()) workMs += totalUnits * msPerUnit
    return (3 * workMs) / slowestSpeed
  }

  #openJobs(): string {
    return [...this.#jobs]
      .flatMap(([jobId, node]) => {
        const job = node.state?.jobs.get(jobId)
        if (!job || (isEnded(job.status) && job.cleaned)) return []
        const tasks = job.tasks.filter(({ status }) => status !== 'done').slice(0, 4)
        return [
          `${jobId} of ${node.self.name} ${job.status} ${JSON.stringify({ remaining: job.remaining, tasks, cleaned: job.cleaned })}`
        ]
      })
      .join('; ')
  }

  /** No fit node idles for more than 2 s beside ready work (once the dust has settled). */
  #checkIdle(): void {
    if (this.nowMs < this.faults.stormMs + this.settings.maxCoolDownMs + 15_000) return
    for (const node of this.nodes) {
      const idle = this.#isIdleBesideWork(node)
      if (!idle) {
        this.#idleSinceMs.delete(node.peerId)
        continue
      }
      const since = this.#idleSinceMs.get(node.peerId) ?? this.nowMs
      this.#idleSinceMs.set(node.peerId, since)
      must(this.nowMs - since <= 2_000, 'L2', () => `${node.self.name} idles beside ${idle}`)
    }
  }

  #isIdleBesideWork(node: SimNode): string | null {
    const state = node.state
    // A machine that fails everything is kept from work on purpose.
    if (!state || node.broken) return null
    const used = [...state.holds.values()].filter(
      ({ lease, status }) => status !== 'ended' && lease.pool === 'slot'
    )
    if (used.length >= state.self.slots) return null
    for (const owner of this.nodes) {
      if (!owner.state || (owner !== node && !this.network.isLinked(owner.peerId, node.peerId))) continue
      for (const job of owner.state.jobs.values()) {
        if (isEnded(job.status) || job.status === 'paused' || !job.plan) continue
        if (this.subject.scheduler.whyNotPeer(owner.state, job, node.peerId) !== null) continue
        const ready = job.tasks.find(
          (task) =>
            task.status === 'ready' &&
            task.pool === 'slot' &&
            !task.ownerOnly &&
            !task.attempts.some(
              ({ peerId, status }) => peerId === node.peerId && (status === 'failed' || status === 'rejected')
            )
        )
        if (ready) return `task ${job.id}.${ready.no} of ${owner.self.name}`
        if (job.remaining.length > 0) return `uncut frames of ${job.id} of ${owner.self.name}`
      }
    }
    return null
  }

  /** S7: replaying the facts gives the state. */
  #checkReplay(): void {
    for (const node of this.nodes) {
      if (!node.state) continue
      let jobs: ReturnType<typeof this.subject.scheduler.applyFact> = new Map()
      for (const fact of node.disk) jobs = this.subject.scheduler.applyFact(jobs, fact)
      const same = JSON.stringify([...jobs.values()]) === JSON.stringify([...node.state.jobs.values()])
      must(same, 'S7', () => `the facts of ${node.self.name} do not add up to its state`)
    }
  }
}
