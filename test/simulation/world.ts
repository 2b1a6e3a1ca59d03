import {
  type DivisibleWork,
  type Fact,
  isEnded,
  type JobId,
  type JobPlan,
  type JobRequest,
  jobIdFrom,
  type Needs,
  type PeerId,
  type PlannedTask
} from '../../src/model/index.ts'
import type { SchedulerSettings } from '../../src/scheduler/index.ts'
import { Agenda } from './agenda.ts'
import { checkNothingKept } from './checkers/bounds.ts'
import { checkReplay } from './checkers/counts.ts'
import { IdleChecker } from './checkers/idle.ts'
import { checkLeftOver } from './checkers/left-over.ts'
import { OfferedAgainChecker } from './checkers/offered-again.ts'
import { StarvingChecker } from './checkers/starving.ts'
import { fail, must, Violation } from './checkers/violation.ts'
import { drawFaults, type Faults, type Size } from './faults.ts'
import { Network } from './network.ts'
import { Random } from './random.ts'
import { SimNode } from './sim-node.ts'
import { SimStorage } from './storage.ts'
import { brewStorm } from './storm.ts'
import type { Subject } from './subject.ts'
import { Trace } from './trace.ts'
import { withoutWallClock } from './wall-clock.ts'

export interface RunOptions {
  log?: string[]
  size?: Size
  /** Turn the ticks, too, that are held to change nothing, and hold them to it. */
  strict?: boolean
}

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
/** A run that comes to so many events turns in circles. */
const maxEvents = 3_000_000
/** Everything that happens after the storm in its aftermath has happened by then; idling counts from here. */
const settledMs = 45_000

const peerName = (index: number): PeerId =>
  `12D3KooWSimu1atedMachineNumber${'ABCDEFGH'[index >> 3]}${'ABCDEFGH'[index & 7]}` as PeerId

/** One simulated mesh: everything that happens in it follows from the seed. */
export class World {
  readonly seed: number
  readonly random: Random
  readonly faults: Faults
  readonly settings: SchedulerSettings
  readonly agenda = new Agenda()
  readonly trace: Trace
  readonly storage = new SimStorage()
  readonly network: Network
  readonly nodes: readonly SimNode[]
  readonly subject: Subject
  readonly strict: boolean
  readonly needs: Needs = { encoders: ['pretend'], roots: [], tags: [], ffmpeg: '5.1', ownerOnly: false }
  /** Who owns what was queued. */
  readonly jobs = new Map<JobId, SimNode>()
  calm = false
  nextBoot = 1
  readonly #byPeerId: ReadonlyMap<PeerId, SimNode>
  readonly #plans = new Map<JobId, JobPlan>()
  readonly #starving: StarvingChecker

  constructor(seed: number, subject: Subject, options: RunOptions = {}) {
    this.seed = seed
    this.random = new Random(seed)
    this.faults = drawFaults(this.random, options.size)
    this.subject = subject
    this.strict = options.strict ?? false
    this.trace = new Trace(options.log)
    this.settings = { ...subject.scheduler.defaultSchedulerSettings, leaseTtlMs: this.faults.leaseTtlMs }
    this.network = new Network(this)
    this.nodes = Array.from({ length: this.faults.nodes }, (_, i) => this.#makeNode(i))
    this.#byPeerId = new Map(this.nodes.map((node) => [node.peerId, node]))
    this.#starving = new StarvingChecker(this)
  }

  get nowMs(): number {
    return this.agenda.nowMs
  }

  nodeOf(peerId: PeerId): SimNode | undefined {
    return this.#byPeerId.get(peerId)
  }

  ownerOf(jobId: JobId): SimNode | undefined {
    return this.jobs.get(jobId)
  }

  #makeNode(index: number): SimNode {
    const { faults, random } = this
    const last = index === faults.nodes - 1
    // Whoever owns a job must be able to end it when nobody else is there, or have somebody who is.
    const fit = !(index >= Math.max(2, faults.owners) && last && faults.unfitNode)
    const version = index >= Math.max(1, faults.nodes - faults.strangers) ? '2' : '1'
    const speed = random.pick([slowestSpeed, 1, 1, 1, 3])
    const isIll = index === 1
    const is = {
      name: `n${index}`,
      fit,
      version,
      speed,
      unable: isIll && version === '1' && faults.unableNode,
      broken: isIll && faults.brokenNode
    }
    const fitness = {
      encoders: ['pretend'],
      roots: [],
      tags: [],
      ffmpegVersion: fit ? '5.1.9' : '7.0'
    }
    const self = {
      peerId: peerName(index),
      name: is.name,
      fitness,
      slots: random.int(1, 3),
      ioSlots: 1,
      state: 'awake' as const,
      fellowMembers: faults.nodes - 1
    }
    return new SimNode(this, index, self, is)
  }

  noteFact(node: SimNode, fact: Fact): void {
    const taskNo = 'taskNo' in fact ? fact.taskNo : 0
    const attempt = 'attempt' in fact ? fact.attempt : 0
    this.trace.add(this.nowMs, node.index, fact.kind, taskNo, attempt)
    if (this.calm) this.#starving.committed(node, fact)
  }

  planOf(jobId: JobId): JobPlan {
    const known = this.#plans.get(jobId)
    if (known) return known
    const { totalUnits, fixedUnits } = this.storage.specs.get(jobId)!
    const random = new Random(totalUnits)
    const task = (kind: string, extra: Partial<PlannedTask>): PlannedTask => {
      return { kind, stage: 0, ownerOnly: false, pool: 'slot', final: false, ...extra }
    }
    const gop = random.pick([1, 12, 50, 250])
    const cuts = Array.from({ length: Math.max(0, Math.ceil(totalUnits / gop) - 1) }, (_, i) => (i + 1) * gop)
    const work: DivisibleWork = {
      kind: 'encode-chunk',
      totalUnits,
      cuts: gop === 1 || fixedUnits ? null : cuts,
      minUnits: fixedUnits ?? random.int(10, 60),
      maxUnits: random.chance(0.3) ? 400 : null,
      fixedUnits: fixedUnits ?? (random.chance(0.2) ? random.int(5, 100) : null)
    }
    const tasks = [task('join', { stage: 1, ownerOnly: true, pool: 'io', final: true })]
    if (random.chance(0.8)) tasks.unshift(task('encode-audio', {}))
    const split = random.chance(0.9) ? { work, tasks } : null
    const plan = {
      totalUnits,
      split,
      whole: split && work.fixedUnits ? null : task('encode-file', { final: true }),
      needs: this.needs,
      payload: null
    }
    this.#plans.set(jobId, plan)
    return plan
  }

  run(): RunResult {
    let violation: RunResult['violation'] = null
    try {
      withoutWallClock(() => this.#live())
    } catch (error) {
      if (!(error instanceof Violation) && (error as Error).name !== 'SchedulerError') throw error
      const invariant = error instanceof Violation ? error.invariant : 'S7'
      violation = { invariant, message: (error as Error).message, atMs: this.nowMs }
    }
    const ended: Record<string, number> = {}
    for (const [jobId, node] of this.jobs) {
      const status = node.state?.jobs.get(jobId)?.status ?? 'purged'
      ended[status] = (ended[status] ?? 0) + 1
    }
    return {
      seed: this.seed,
      faults: this.faults,
      violation,
      traceDigest: this.trace.digest,
      events: this.trace.events,
      virtualMs: this.nowMs,
      ended
    }
  }

  #live(): void {
    const { agenda, faults, random } = this
    for (const node of this.nodes) agenda.after(random.int(0, 4_000), () => node.turns || node.start())
    for (let i = 0; i < faults.jobs; i++)
      agenda.after(random.int(100, faults.stormMs), () => this.#queueJob())
    this.#repeat(300, () => this.network.meet())
    this.#repeat(2_000, () => {
      for (const node of this.nodes) if (node.isUp) this.network.broadcastStatus(node)
    })
    brewStorm(this)
    let over = false
    agenda.at(faults.stormMs, () => {
      this.#calmDown()
      const idle = new IdleChecker(this)
      const again = new OfferedAgainChecker(this)
      let beats = 0
      this.#repeat(250, () => {
        over = this.#allEnded()
        if (over) return
        beats += 1
        if (this.nowMs > faults.stormMs + settledMs) {
          idle.check()
          if (beats % 4 === 0) again.check()
        }
        const limitMs = faults.stormMs + calmLimitMs + this.#workMs()
        must(this.nowMs < limitMs, 'L1', () => `jobs have not ended: ${this.#openJobs()}`)
      })
    })
    while (!over && agenda.advance()) {
      if (this.trace.events > maxEvents) fail('L1', `it goes on and on: ${this.#openJobs()}`)
    }
    this.#checkEnd()
  }

  #calmDown(): void {
    this.trace.add(this.nowMs, -1, 'calm')
    this.calm = true
    for (const node of this.nodes) {
      node.wake()
      if (node.self.state !== 'awake') node.become('awake')
      if (!node.turns) node.start()
    }
  }

  #checkEnd(): void {
    for (const node of this.nodes) {
      if (!node.state) continue
      checkReplay(node.is.name, node.disk, node.state, this.subject.scheduler.applyFact)
      checkNothingKept(node.is.name, node.state)
    }
    checkLeftOver(this)
  }

  #repeat(everyMs: number, work: () => void): void {
    this.agenda.after(everyMs, () => {
      work()
      this.#repeat(everyMs, work)
    })
  }

  /** A machine goes down, and comes back within 20 s; a stranger perhaps with our version. */
  crash(node: SimNode): void {
    node.crash()
    this.agenda.after(this.random.int(100, 20_000), () => {
      if (node.turns) return
      if (node.is.version !== '1' && this.random.chance(0.5)) node.is.version = '1'
      node.start()
    })
  }

  /** A machine is stopped by a person: it hands back what it has, and is gone. */
  stop(node: SimNode): void {
    if (!node.isUp) return
    node.turn({ kind: 'node-stopping' })
    const { bootId } = node
    this.agenda.after(this.random.int(50, 2_000), () => {
      if (node.bootId === bootId) this.crash(node)
    })
  }

  #queueJob(): void {
    const { random, faults } = this
    const node = random.pick(this.nodes.slice(0, faults.owners))
    const jobId = jobIdFrom(Uint8Array.from({ length: 10 }, () => random.int(0, 255)))
    const fine = faults.fine
    const totalUnits = fine ? random.int(1_000, 6_000) : Math.floor(random.skewed(1, 3_000))
    const spec = {
      totalUnits,
      msPerUnit: fine ? random.int(2, 8) * faults.nodes : random.int(4, 45),
      fixedUnits: fine ? random.int(8, 24) : null,
      poison: faults.poison > 0 && random.chance(faults.poison) ? random.int(0, totalUnits - 1) : null
    }
    this.storage.specs.set(jobId, spec)
    this.jobs.set(jobId, node)
    const request: JobRequest = {
      kind: 'pretend',
      batchId: 'b',
      source: 's',
      output: 'o',
      preset: 'p',
      priority: random.int(-1, 1),
      needs: this.needs,
      payload: null
    }
    if (node.turn({ kind: 'job-requested', jobId, request })) {
      node.durable.acknowledged.add(jobId)
      if (random.chance(0.5)) node.turn({ kind: 'proofs-wanted', jobId })
    }
  }

  #allEnded(): boolean {
    if (this.nowMs < this.faults.stormMs + 5_000) return false
    for (const [jobId, node] of this.jobs) {
      const job = node.state?.jobs.get(jobId)
      if (!job) {
        if (!node.turns || node.durable.acknowledged.has(jobId)) return false
        continue
      }
      if (job.status === 'paused') node.turn({ kind: 'job-commanded', jobId, command: 'resume' })
      if (!isEnded(job.status) || !job.cleaned) return false
    }
    // Somebody may still have to hear that nobody wants what it has.
    return this.nodes.every(({ state }) => state?.holds.size === 0)
  }

  #workMs(): number {
    let workMs = 0
    for (const { totalUnits, msPerUnit } of this.storage.specs.values()) workMs += totalUnits * msPerUnit
    return (3 * workMs) / slowestSpeed
  }

  #openJobs(): string {
    return [...this.jobs]
      .flatMap(([jobId, node]) => {
        const job = node.state?.jobs.get(jobId)
        if (!job || (isEnded(job.status) && job.cleaned)) return []
        const tasks = job.tasks.filter(({ status }) => status !== 'done').slice(0, 4)
        return [
          `${jobId} of ${node.is.name} ${job.status} ${JSON.stringify({ remaining: job.remaining, tasks, cleaned: job.cleaned })}`
        ]
      })
      .concat(
        this.nodes.flatMap(({ is, state }) =>
          [...(state?.holds ?? [])].map(([leaseId, { status }]) => `${is.name} holds ${leaseId} ${status}`)
        )
      )
      .join('; ')
  }
}
