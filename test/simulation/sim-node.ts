import type { NodeStatus, Offer, PeerId } from '../../src/model/index.ts'
import type { Turns } from '../../src/node/turn.ts'
import type { Effect, Event, Jobs, SchedulerState, Self } from '../../src/scheduler/index.ts'
import { BoundsChecker } from './checkers/bounds.ts'
import { ComesBackChecker } from './checkers/comes-back.ts'
import { CountsChecker } from './checkers/counts.ts'
import type { Machine } from './checkers/fitness.ts'
import { checkNames } from './checkers/names.ts'
import { must } from './checkers/violation.ts'
import { Desk } from './desk.ts'
import { Hands } from './hands.ts'
import { isNothingDue, type LastTurns } from './quiet.ts'
import { diskTrouble, powerCut, SimLedger } from './sim-ledger.ts'
import { isRight } from './storage.ts'
import type { World } from './world.ts'

/** One pretend machine: the production turn over a pretend disk, network, clock and ffmpeg. */
export class SimNode {
  readonly index: number
  self: Self
  readonly is: Machine & { broken: boolean; speed: number }
  readonly ledger: SimLedger
  readonly hands: Hands
  turns: Turns | null = null
  bootId = ''
  readonly #world: World
  readonly #desk: Desk
  readonly #counts = new CountsChecker()
  readonly #bounds = new BoundsChecker()
  readonly #comesBack = new ComesBackChecker()
  /** Its monotonic clock: where it began, how fast it runs, and how long it stood still. */
  readonly #originMs: number
  readonly #rate: number
  readonly #tickMs: number
  #stoodStillMs = 0
  #suspendedAtMs: number | null = null
  /** Machines that stand still hear everything later, in order. */
  #inbox: (() => void)[] | null = null
  #turning: Event | null = null
  #announced = false
  #status: NodeStatus | null = null
  #statusOf: SchedulerState | null = null
  #last: LastTurns = { turnMs: 0, tickMs: 0, chores: null }

  constructor(world: World, index: number, self: Self, is: SimNode['is']) {
    this.#world = world
    this.index = index
    this.self = self
    this.is = is
    this.#originMs = world.random.int(0, 1_000_000_000)
    this.#rate = 1 + (world.random.next() - 0.5) / 500
    this.#tickMs = world.random.int(450, 500)
    this.ledger = new SimLedger(world, this)
    this.#desk = new Desk(world, this)
    this.hands = new Hands(world, this)
  }

  get peerId(): PeerId {
    return this.self.peerId
  }

  get state(): SchedulerState | null {
    return this.turns?.state ?? null
  }

  /** It runs, and does not stand still. */
  get isUp(): boolean {
    return this.turns !== null && this.#inbox === null
  }

  get hello() {
    return { protocol: 1, agreement: this.is.version, version: this.is.version }
  }

  /** Its own monotonic time. */
  get nowMs(): number {
    const now = this.#suspendedAtMs ?? this.#world.nowMs
    return this.#originMs + (now - this.#stoodStillMs) * this.#rate
  }

  start(): void {
    const { scheduler, Turns } = this.#world.subject
    const boot = `boot-${this.#world.nextBoot++}`
    this.bootId = boot
    this.ledger.fitness.restarted()
    let jobs: Jobs = new Map()
    let nextSeq = 1
    for (const fact of this.ledger.facts) {
      jobs = scheduler.applyFact(jobs, fact)
      if (fact.kind === 'job-queued') nextSeq = Math.max(nextSeq, fact.seq + 1)
    }
    this.ledger.durable.started(jobs)
    this.ledger.kept.started(this.ledger.history, (jobId, leaseId, range) => {
      const file = this.#world.storage.read(jobId, leaseId)
      return file !== undefined && isRight(file, range)
    })
    const { settings } = this.#world
    const init = { settings, self: this.self, jobs, nextSeq, nowMs: this.nowMs }
    this.turns = new Turns(
      scheduler.initialState(init),
      {
        commit: (facts) => this.ledger.commit(facts, this.#turning),
        perform: (effect) => this.#perform(effect),
        now: () => this.nowMs,
        onCommitFailed: (error) => {
          if (error !== diskTrouble) throw error
          // The turn was as if it had never been: what was due in it still is.
          this.#last.chores = null
        },
        later: (delayMs, callback) => this.after(delayMs, () => this.#guard(callback))
      },
      // Noted here, as events whose commit failed are turned again by themselves.
      (state, event, nowMs) => {
        this.#turning = event
        return scheduler.step(state, event, nowMs)
      }
    )
    this.#world.network.nodeStarted(this)
    this.turn({ kind: 'node-started' })
    this.after(this.#world.random.int(1, this.#tickMs), () => this.#tick())
  }

  /** Calls back later, unless this process has ended by then. */
  after(delayMs: number, run: () => void): void {
    const boot = this.bootId
    this.#world.agenda.after(delayMs, () => {
      if (this.bootId === boot) run()
    })
  }

  #tick(): void {
    this.after(this.#tickMs, () => this.#tick())
    if (this.#inbox) return
    const before = this.turns!.state
    const { nowMs } = this
    const quiet = isNothingDue(before, this.#last, nowMs)
    if (quiet && !this.#world.strict) return
    const { turnMs } = this.#last
    this.turn({ kind: 'clock-ticked' })
    if (quiet && this.turns?.state !== before)
      throw new Error(`${this.is.name}: a tick that was held to come to nothing changed something`)
    // What is not turned leaves no trace: strict runs are the same as others.
    if (quiet) this.#last.turnMs = turnMs
    else {
      this.#last.tickMs = nowMs
      this.#last.chores = this.turns?.state.chores ?? null
    }
  }

  /** Turns an event, now or when the machine wakes. False when the machine is off, stands still, or died of it. */
  turn(event: Event): boolean {
    if (!this.turns) return false
    if (this.#inbox) {
      this.#inbox.push(() => this.turn(event))
      return false
    }
    // Ticks that come to nothing leave no trace; what they come to does.
    if (event.kind !== 'clock-ticked') this.#world.trace.add(this.#world.nowMs, this.index, event.kind)
    this.ledger.fitness.heard(event)
    this.#last.turnMs = this.nowMs
    const turned = this.#guard(() => this.turns?.turn(event))
    if (turned) this.ledger.fitness.turned(event)
    return turned
  }

  /** Does something in this process: now, or when the machine wakes. */
  whenAwake(work: () => void): void {
    if (this.#inbox) this.#inbox.push(work)
    else work()
  }

  /** Stands still; with its clock, when the machine is suspended. */
  freeze(suspend: boolean): void {
    if (!this.isUp) return
    this.#inbox = []
    if (suspend) this.#suspendedAtMs = this.#world.nowMs
  }

  wake(): void {
    if (this.#suspendedAtMs !== null) this.#stoodStillMs += this.#world.nowMs - this.#suspendedAtMs
    this.#suspendedAtMs = null
    const missed = this.#inbox ?? []
    this.#inbox = null
    for (const work of missed) work()
  }

  /** What it says of itself changes: it drains, or is unhealthy, or awake again. */
  become(state: Self['state']): void {
    this.self = { ...this.self, state }
    this.turn({ kind: 'self-changed', self: this.self })
  }

  #guard(work: () => void): boolean {
    try {
      work()
    } catch (error) {
      if (error === diskTrouble) return false
      if (error !== powerCut) throw error
      this.crash()
      return false
    }
    if (this.turns) {
      this.#counts.turned(this.turns.state)
      this.#bounds.turned(this.turns.state)
      this.#comesBack.turned(this.turns.state, this.nowMs)
      this.#world.idle.turned(this)
    }
    return true
  }

  crash(): void {
    if (!this.turns) return
    this.#world.trace.add(this.#world.nowMs, this.index, 'crash')
    this.hands.die()
    if (this.#suspendedAtMs !== null) this.#stoodStillMs += this.#world.nowMs - this.#suspendedAtMs
    this.#suspendedAtMs = null
    this.turns = null
    this.bootId = ''
    this.#inbox = null
    this.#last = { turnMs: 0, tickMs: 0, chores: null }
    this.#announced = false
    this.#status = null
    this.#statusOf = null
    this.#world.network.nodeDied(this)
  }

  /** What it says of itself: the very same object for as long as it says the same. */
  status(): NodeStatus {
    const state = this.turns!.state
    const said = this.#status
    if (said && this.#statusOf === state && said.offers.length === 0) return said
    const offers: readonly Offer[] = this.#world.subject.scheduler.offersOf(state, this.nowMs)
    this.#statusOf = state
    const { conditionOf, doubtsOf } = this.#world.subject.scheduler
    const condition = conditionOf(state)
    const doubts = doubtsOf(state)
    const sameDoubts =
      (doubts.length === 0 && said?.doubts?.length === 0) ||
      JSON.stringify(said?.doubts) === JSON.stringify(doubts)
    const same = said?.state === condition.state && said.bootId === this.bootId && sameDoubts
    if (same && offers.length === 0 && said.offers.length === 0) return said
    const { fitness, slots } = this.self
    this.#status = {
      ...fitness,
      peerId: this.peerId,
      name: this.is.name,
      version: this.is.version,
      bootId: this.bootId,
      cores: 4,
      memoryBytes: 1,
      // Nothing is decided by how many are busy: left out, so that a node says the same for longer.
      slots: { total: slots, busy: 0 },
      ...condition,
      offers,
      doubts,
      running: []
    }
    return this.#status
  }

  #perform(effect: Effect): void {
    const { network } = this.#world
    checkNames(effect)
    const from = this.peerId
    switch (effect.kind) {
      case 'announce':
        if (this.#announced) return
        this.#announced = true
        this.after(200, () => {
          this.#announced = false
          network.broadcastStatus(this)
        })
        return
      case 'send-steal':
        network.send(this, this.#peer(effect.to), { kind: 'steal', from, request: effect.request })
        return
      case 'send-up':
        network.send(this, this.#peer(effect.to), { kind: 'lease-up', from, message: effect.message })
        return
      case 'send-down':
        if (effect.message.kind === 'acknowledged')
          this.ledger.durable.result(effect.message.leaseId, effect.to, this.ledger.history)
        network.send(this, this.#peer(effect.to), { kind: 'lease-down', from, message: effect.message })
        return
      case 'run-task':
      case 'stop-task':
      case 'discard-result':
      case 'check-health':
        this.hands.perform(effect)
        return
      case 'tell-health':
        return
      default:
        this.#desk.perform(effect)
    }
  }

  #peer(peerId: PeerId): SimNode {
    const node = this.#world.nodeOf(peerId)
    must(node !== undefined, 'S10', () => `${peerId} is not a member`)
    return node!
  }
}
