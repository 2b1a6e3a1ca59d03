import {
  type Fact,
  type JobId,
  type JobPlan,
  type JobRequest,
  jobIdFrom,
  type Needs,
  type PeerId
} from '../../src/model/index.ts'
import type { SchedulerSettings } from '../../src/scheduler/index.ts'
import { Agenda } from './agenda.ts'
import { checkNothingKept } from './checkers/bounds.ts'
import { checkReplay } from './checkers/counts.ts'
import { checkEnds, haveAllEnded, whatIsOpen } from './checkers/ends.ts'
import { IdleChecker } from './checkers/idle.ts'
import { checkLeftOver } from './checkers/left-over.ts'
import { OfferedAgainChecker } from './checkers/offered-again.ts'
import { StarvingChecker } from './checkers/starving.ts'
import { fail, Violation } from './checkers/violation.ts'
import { drawMachine } from './draw-machine.ts'
import { drawFaults, type Faults, type Size } from './faults.ts'
import { type Network, PlainNetwork } from './network.ts'
import { pretendPlan } from './pretend-plan.ts'
import { Random } from './random.ts'
import { SimNode } from './sim-node.ts'
import { SimStorage } from './storage.ts'
import { brewStorm } from './storm.ts'
import type { Subject } from './subject.ts'
import { Trace } from './trace.ts'
import { withoutWallClock } from './wall-clock.ts'
import { WireNetwork } from './wire-network.ts'

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

/** A run that comes to so many events turns in circles. */
const maxEvents = 3_000_000
/** What was on its way when the storm ended has arrived by then. */
const aftermathMs = 5_000
/** Everything that happens after the storm in its aftermath has happened by then; idling counts from here. */
const settledMs = 45_000

/** What was thrown, by the rule that it breaks: nothing that happens in a mesh may throw at all. */
function told(error: Error): { invariant: string; message: string } {
  if (error instanceof Violation) return { invariant: error.invariant, message: error.message }
  if (error.name === 'SchedulerError') return { invariant: 'S7', message: error.message }
  return { invariant: 'thrown', message: error.stack ?? error.message }
}

/** One simulated mesh: everything that happens in it follows from the seed. */
export class World {
  readonly seed: number
  readonly random: Random
  /** For faults that came later than others: see `drawFaults`. */
  readonly #aside: Random
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
  readonly #starving: StarvingChecker
  readonly idle: IdleChecker

  constructor(seed: number, subject: Subject, options: RunOptions = {}) {
    this.seed = seed
    this.random = new Random(seed)
    this.#aside = new Random(~seed)
    this.faults = drawFaults(this.random, this.#aside, options.size)
    this.subject = subject
    this.strict = options.strict ?? false
    this.trace = new Trace(options.log)
    this.settings = { ...subject.scheduler.defaultSchedulerSettings, leaseTtlMs: this.faults.leaseTtlMs }
    this.network = this.faults.wire ? new WireNetwork(this) : new PlainNetwork(this)
    this.nodes = Array.from({ length: this.faults.nodes }, (_, i) => {
      const { self, is } = drawMachine(i, this.faults, this.random)
      return new SimNode(this, i, self, is)
    })
    this.#byPeerId = new Map(this.nodes.map((node) => [node.peerId, node]))
    this.#starving = new StarvingChecker(this)
    this.idle = new IdleChecker(this)
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

  /** Whether two nodes are one, or connected: what runs another version is out of reach. */
  canTalk(node: SimNode, peerId: PeerId): boolean {
    const other = this.nodeOf(peerId)
    return other !== undefined && (other === node || this.network.isLinked(node, other))
  }

  noteFact(node: SimNode, fact: Fact): void {
    const taskNo = 'taskNo' in fact ? fact.taskNo : 0
    const attempt = 'attempt' in fact ? fact.attempt : 0
    this.trace.add(this.nowMs, node.index, fact.kind, taskNo, attempt)
    if (this.calm) this.#starving.committed(node, fact)
  }

  planOf(jobId: JobId): JobPlan {
    return pretendPlan(this.storage.specs.get(jobId)!, this.needs)
  }

  run(): RunResult {
    let violation: RunResult['violation'] = null
    try {
      withoutWallClock(() => this.#live())
    } catch (error) {
      violation = { ...told(error as Error), atMs: this.nowMs }
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
      const again = new OfferedAgainChecker(this)
      let beats = 0
      this.#repeat(250, () => {
        if (this.nowMs >= faults.stormMs + aftermathMs) {
          this.#resumeAll()
          over = haveAllEnded(this)
        }
        if (over) return
        beats += 1
        if (this.nowMs > faults.stormMs + settledMs) {
          this.idle.check()
          if (beats % 4 === 0) again.check()
        }
        checkEnds(this)
      })
    })
    while (!over && agenda.advance()) {
      if (this.trace.events > maxEvents) fail('L1', `it goes on and on: ${whatIsOpen(this)}`)
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

  /** No person comes any more to resume what was paused. */
  #resumeAll(): void {
    for (const [jobId, node] of this.jobs) {
      const paused = node.state?.jobs.get(jobId)?.status === 'paused'
      if (paused) node.turn({ kind: 'job-commanded', jobId, command: 'resume' })
    }
  }

  #checkEnd(): void {
    for (const node of this.nodes) {
      if (!node.state) continue
      checkReplay(node.is.name, node.ledger.facts, node.state, this.subject.scheduler.applyFact)
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

  #replacedAtMs(): number | null {
    const { replacements, stormMs } = this.faults
    if (replacements === 0 || !this.#aside.chance(replacements)) return null
    return this.#aside.int(0, stormMs)
  }

  #queueJob(): void {
    const { random, faults } = this
    const node = random.pick(this.nodes.slice(0, faults.owners))
    const jobId = jobIdFrom(Uint8Array.from({ length: 10 }, () => random.int(0, 255)))
    const fine = faults.fine
    const totalUnits = fine ? random.int(1_000, 6_000) : Math.floor(random.skewed(1, 2_000))
    const spec = {
      totalUnits,
      msPerUnit: fine ? random.int(2, 8) * faults.nodes : random.int(4, 45),
      fixedUnits: fine ? random.int(8, 24) : null,
      poison: faults.poison > 0 && random.chance(faults.poison) ? random.int(0, totalUnits - 1) : null,
      replacedAtMs: this.#replacedAtMs()
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
      node.ledger.durable.acknowledged.add(jobId)
      if (random.chance(0.5)) node.turn({ kind: 'proofs-wanted', jobId })
    }
  }
}
