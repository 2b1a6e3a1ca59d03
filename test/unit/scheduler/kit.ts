import type {
  DivisibleWork,
  Fact,
  JobId,
  JobPlan,
  JobRecord,
  JobRequest,
  Json,
  LeaseDown,
  LeaseKey,
  LeaseUp,
  Needs,
  NodeStatus,
  Offer,
  PeerId,
  PlannedTask,
  Task,
  TaskOutcome
} from '../../../src/model/index.ts'
import { leaseIdOf } from '../../../src/model/index.ts'
import {
  defaultSchedulerSettings,
  type Effect,
  type Event,
  initialState,
  type JobCommand,
  type Jobs,
  type SchedulerSettings,
  type SchedulerState,
  type Self,
  type Step,
  step
} from '../../../src/scheduler/index.ts'

/** The owner in most tests, and some machines around it. */
export const tower = 'tower' as PeerId
export const nuc = 'nuc' as PeerId
export const mac = 'mac' as PeerId
export const laptop = 'laptop' as PeerId

export const jobA = 'aaaaaaaaaa' as JobId
export const jobB = 'bbbbbbbbbb' as JobId
export const jobC = 'cccccccccc' as JobId

export const needs: Needs = { encoders: ['dnxhd'], roots: [], tags: [], ffmpeg: null, ownerOnly: false }

export const fitness = { encoders: ['dnxhd'], roots: [], tags: [], ffmpegVersion: '5.1.9' } as const

export const requestOf = (change: Partial<JobRequest> = {}): JobRequest => ({
  kind: 'pretend',
  batchId: 'batch',
  source: '/media/clip.mov',
  output: '/media/Proxy/clip.mov',
  preset: 'dnxhr_sq',
  priority: 0,
  needs,
  payload: null,
  ...change
})

export const plannedTask = (kind: string, change: Partial<PlannedTask> = {}): PlannedTask => ({
  kind,
  stage: 0,
  ownerOnly: false,
  pool: 'slot',
  final: false,
  ...change
})

export const join = plannedTask('join', { stage: 1, ownerOnly: true, pool: 'io', final: true })
export const audio = plannedTask('encode-audio')
export const whole = plannedTask('encode-file', { final: true })

export const workOf = (change: Partial<DivisibleWork> = {}): DivisibleWork => ({
  kind: 'encode-chunk',
  totalUnits: 100,
  cuts: null,
  minUnits: 10,
  maxUnits: null,
  fixedUnits: null,
  ...change
})

/** A plan of pieces and a join; `fixedUnits` 50 of 100 frames unless told, so that there are two pieces. */
export function splitPlan(work: Partial<DivisibleWork> = {}, change: Partial<JobPlan> = {}): JobPlan {
  const divisible = workOf({ fixedUnits: 50, ...work })
  return {
    totalUnits: divisible.totalUnits,
    split: { work: divisible, tasks: [join] },
    whole: null,
    needs,
    payload: null,
    ...change
  }
}

export const wholePlan = (change: Partial<JobPlan> = {}): JobPlan => ({
  totalUnits: 100,
  split: null,
  whole,
  needs,
  payload: null,
  ...change
})

export const statusOf = (peerId: PeerId, change: Partial<NodeStatus> = {}): NodeStatus => ({
  peerId,
  name: peerId,
  version: '1.0.0',
  bootId: `${peerId}-1`,
  cores: 8,
  memoryBytes: 1e9,
  slots: { total: 1, busy: 0 },
  ...fitness,
  state: 'awake',
  reason: null,
  offers: [],
  running: [],
  ...change
})

export const offerOf = (change: Partial<Offer> = {}): Offer => ({
  jobId: jobB,
  priority: 0,
  readyTasks: 1,
  lateTasks: 0,
  ageMs: 0,
  needs,
  ...change
})

const proofsIn = ({ effects }: Step): Extract<Effect, { kind: 'ask-proof' }>[] =>
  effects.filter((effect): effect is Extract<Effect, { kind: 'ask-proof' }> => effect.kind === 'ask-proof')

export interface BenchOptions {
  self?: Partial<Self>
  settings?: Partial<SchedulerSettings>
  jobs?: Jobs
}

/**
 * One node's decisions on a bench: events in, one after another; the last step's facts and effects, and the state,
 * out. Time stands still but for `pass`. What the node sends goes nowhere: a test says what comes back.
 */
export class Bench {
  state: SchedulerState
  nowMs = 1_000_000
  /** Who is asked whether it can proves it at once; a test of proofs answers itself. */
  proves = true
  /** Everything that became true since the start. */
  readonly history: Fact[] = []
  facts: readonly Fact[] = []
  effects: readonly Effect[] = []
  #nextRequest = 1

  constructor({ self = {}, settings = {}, jobs = new Map() }: BenchOptions = {}) {
    const state = initialState({
      settings: { ...defaultSchedulerSettings, ...settings },
      self: {
        peerId: tower,
        name: 'tower',
        fitness,
        slots: 1,
        ioSlots: 1,
        state: 'awake',
        fellowMembers: 0,
        ...self
      },
      jobs,
      nextSeq: jobs.size + 1,
      nowMs: this.nowMs
    })
    // As after `node-started`, which tests of recovery turn themselves.
    this.state = { ...state, started: true }
  }

  turn(event: Event): Step {
    let result = step(this.state, event, this.nowMs)
    for (let asked = proofsIn(result); this.proves && asked.length > 0; asked = proofsIn(result)) {
      result = { ...result, effects: result.effects.filter(({ kind }) => kind !== 'ask-proof') }
      for (const { askId, jobId, to: peerId } of asked) {
        const answer = { kind: 'can' } as const
        const next = step(result.state, { kind: 'proof-answered', askId, jobId, peerId, answer }, this.nowMs)
        result = {
          ...next,
          facts: [...result.facts, ...next.facts],
          effects: [...result.effects, ...next.effects]
        }
      }
    }
    this.state = result.state
    this.facts = result.facts
    this.effects = result.effects
    this.history.push(...result.facts)
    return result
  }

  /** Time passes, and the clock ticks once at its end. */
  pass(ms: number): Step {
    this.nowMs += ms
    return this.turn({ kind: 'clock-ticked' })
  }

  /** As `pass`, for a chain. */
  passed(ms: number): this {
    this.pass(ms)
    return this
  }

  // What is there

  get job(): JobRecord {
    return this.jobOf(jobA)
  }

  jobOf(jobId: JobId): JobRecord {
    return this.state.jobs.get(jobId)!
  }

  task(no: number, jobId: JobId = jobA): Task {
    return this.jobOf(jobId).tasks.find((task) => task.no === no)!
  }

  /** How each attempt of a task stands, in order. */
  attempts(no: number, jobId: JobId = jobA): string[] {
    return this.task(no, jobId).attempts.map(({ peerId, status }) => `${peerId} ${status}`)
  }

  kinds(): string[] {
    return this.facts.map(({ kind }) => kind)
  }

  ordered<K extends Effect['kind']>(kind: K): Extract<Effect, { kind: K }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { kind: K }> => effect.kind === kind)
  }

  /** What the last step told workers, as `nuc acknowledged aaaaaaaaaa.1.1`. */
  told(): string[] {
    return this.ordered('send-down').map(
      ({ to, message }: { to: PeerId; message: LeaseDown }) => `${to} ${message.kind} ${message.leaseId}`
    )
  }

  // Jobs

  queue(jobId: JobId = jobA, change: Partial<JobRequest> = {}): Step {
    return this.turn({ kind: 'job-requested', jobId, request: requestOf(change) })
  }

  plan(plan: JobPlan, jobId: JobId = jobA): Step {
    return this.turn({ kind: 'job-planned', jobId, plan })
  }

  /** A queued and planned job. */
  given(plan: JobPlan, jobId: JobId = jobA, change: Partial<JobRequest> = {}): this {
    this.queue(jobId, change)
    this.plan(plan, jobId)
    return this
  }

  command(command: JobCommand, jobId: JobId = jobA): Step {
    return this.turn({ kind: 'job-commanded', jobId, command })
  }

  // Peers

  /** Connected, and its status has come. */
  connect(peerId: PeerId, change: Partial<NodeStatus> = {}): this {
    const bootId = change.bootId ?? `${peerId}-1`
    this.turn({ kind: 'peer-connected', peerId, name: peerId, bootId })
    this.hearStatus(peerId, change)
    return this
  }

  hearStatus(peerId: PeerId, change: Partial<NodeStatus> = {}): Step {
    return this.turn({ kind: 'status-received', peerId, status: statusOf(peerId, change) })
  }

  disconnect(peerId: PeerId): Step {
    return this.turn({ kind: 'peer-disconnected', peerId })
  }

  /** A worker asks; the leases that it is granted. */
  steal(from: PeerId, slots = 1, io = 0): readonly LeaseKey[] {
    const requestId = this.#nextRequest++
    this.turn({
      kind: 'message-received',
      message: { kind: 'steal', from, request: { requestId, slots, io } }
    })
    return this.ordered('grant-leases').find((grant) => grant.requestId === requestId)!.leases
  }

  /** As `steal`, when exactly one lease is expected. */
  stealOne(from: PeerId, io = 0): LeaseKey {
    const leases = this.steal(from, io > 0 ? 0 : 1, io)
    if (leases.length !== 1) throw new Error(`${from} was granted ${leases.length} leases`)
    return leases[0]!
  }

  hearWorker(from: PeerId, message: LeaseUp): Step {
    return this.turn({ kind: 'message-received', message: { kind: 'lease-up', from, message } })
  }

  heartbeat(from: PeerId, leases: readonly LeaseKey[], units = 0): Step {
    const progress = { units, fps: 25, sizeBytes: 1 }
    return this.hearWorker(from, {
      kind: 'heartbeat',
      leases: leases.map((lease) => ({ leaseId: leaseIdOf(lease), progress }))
    })
  }

  outcome(from: PeerId, lease: LeaseKey, outcome: TaskOutcome): Step {
    return this.hearWorker(from, { kind: 'outcome', leaseId: leaseIdOf(lease), outcome })
  }

  fail(from: PeerId, lease: LeaseKey, error = 'ffmpeg crashed'): Step {
    return this.outcome(from, lease, { kind: 'failed', error, fault: 'task' })
  }

  /** The worker delivers and it is not yet known whether it is right. */
  deliver(from: PeerId, lease: LeaseKey, result: Json = `of ${from}`): Step {
    return this.outcome(from, lease, { kind: 'finished', result })
  }

  verdict(lease: LeaseKey, ok: boolean, result: Json = null): Step {
    const verdict = ok ? { ok } : { ok, reason: 'a frame is missing', transient: false }
    return this.turn({ kind: 'result-verified', lease, result, verdict })
  }

  /** The worker delivers, and it verifies. */
  finish(from: PeerId, lease: LeaseKey): Step {
    const result = `of ${from}`
    this.deliver(from, lease, result)
    return this.verdict(lease, true, result)
  }

  /** The worker delivers, and it does not verify. */
  reject(from: PeerId, lease: LeaseKey): Step {
    this.deliver(from, lease)
    return this.verdict(lease, false)
  }
}

/** A bench with a job of two pieces of 50 frames and a join, and a fit peer, `nuc`. */
export const benchWithJob = (options: BenchOptions = {}): Bench =>
  new Bench(options).connect(nuc).given(splitPlan())
