import {
  type GrantedLease,
  isEnded,
  type JobRecord,
  type Json,
  type LeaseKey,
  leaseIdOf,
  type ProofAnswer,
  type Task
} from '../../src/model/index.ts'
import type { ChoreVerdict, Effect } from '../../src/scheduler/index.ts'
import { checkGranted } from './checkers/leases.ts'
import { must } from './checkers/violation.ts'
import type { SimNode } from './sim-node.ts'
import type { World } from './world.ts'

type OwnerEffect = Extract<
  Effect,
  {
    kind:
      | 'plan-job'
      | 'ask-proof'
      | 'grant-leases'
      | 'verify-result'
      | 'collect-result'
      | 'publish-output'
      | 'clean-job'
  }
>

const trouble = { ok: false, reason: 'storage is slow', transient: true } as const

/** An owner's pretend work on storage, with storage in its way at times. */
export class Desk {
  readonly #world: World
  readonly #node: SimNode

  constructor(world: World, node: SimNode) {
    this.#world = world
    this.#node = node
  }

  perform(effect: OwnerEffect): void {
    switch (effect.kind) {
      case 'plan-job':
        this.#plan(effect)
        return
      case 'ask-proof':
        this.#askProof(effect)
        return
      case 'grant-leases':
        this.#grant(effect)
        return
      case 'verify-result':
        this.#soon(() => this.#verify(effect.lease, effect.result))
        return
      case 'collect-result':
        this.#soon(() => this.#collect(effect.lease))
        return
      case 'publish-output':
        this.#publish(effect.lease)
        return
      case 'clean-job':
        this.#soon(() => {
          const job = this.#node.state?.jobs.get(effect.jobId)
          // Retried while the order waited: its files are wanted.
          if (!job || !isEnded(job.status)) return
          const verdict: ChoreVerdict = this.#inTheWay() ? trouble : { ok: true }
          if (verdict.ok) this.#world.storage.clean(effect.jobId)
          this.#node.turn({ kind: 'job-files-cleaned', jobId: effect.jobId, verdict })
        })
    }
  }

  #soon(work: () => void): void {
    const { random, faults, calm } = this.#world
    this.#node.after(random.int(1, calm ? 60 : faults.slowStorageMs), work)
  }

  #inTheWay(): boolean {
    const { random, faults, calm } = this.#world
    return !calm && faults.storageTrouble > 0 && random.chance(faults.storageTrouble)
  }

  #plan({ jobId }: { jobId: JobRecord['id'] }): void {
    this.#node.after(this.#world.random.int(20, 800), () => {
      if (this.#inTheWay()) {
        this.#node.turn({ kind: 'job-plan-failed', jobId, error: 'storage is away', transient: true })
        return
      }
      this.#world.storage.plannedAtMs.set(jobId, this.#world.nowMs)
      this.#node.turn({ kind: 'job-planned', jobId, plan: this.#world.planOf(jobId) })
    })
  }

  /** As the real node asks: one answer, or none in time; but here answers are doubled, too, and come after all. */
  #askProof({ askId, jobId, to }: Extract<Effect, { kind: 'ask-proof' }>): void {
    const node = this.#node
    const { bootId } = node
    const heard = (answer: ProofAnswer): void => {
      // No answer reaches another life of the process that asked.
      if (node.bootId === bootId) node.turn({ kind: 'proof-answered', askId, jobId, peerId: to, answer })
    }
    const asked = this.#world.nodeOf(to)
    if (asked === node) node.hands.prove(heard)
    else if (asked) this.#world.network.ask(node, asked, (answer) => asked.hands.prove(answer), heard)
    node.after(8_000, () => {
      // It was answered long since, mostly: that nobody need be told.
      if (node.state?.proofs.get(to)?.get(jobId)?.askId === askId) heard({ kind: 'unanswered' })
    })
  }

  #grant({ to, requestId, leases, ttlMs }: Extract<Effect, { kind: 'grant-leases' }>): void {
    const node = this.#node
    for (const lease of leases) checkGranted(lease, node.ledger.history)
    const answer = { requestId, leases: leases.map((key) => this.#granted(key, ttlMs)) }
    const worker = this.#world.nodeOf(to)
    if (worker) this.#world.network.send(node, worker, { kind: 'grant', from: node.peerId, answer })
  }

  #task({ jobId, taskNo }: LeaseKey): { job: JobRecord; task: Task } | null {
    const job = this.#node.state?.jobs.get(jobId)
    const task = job && this.#world.subject.scheduler.findTask(job, taskNo)
    return task ? { job, task } : null
  }

  #granted(key: LeaseKey, ttlMs: number): GrantedLease {
    const { job, task } = this.#task(key)!
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

  #verify(lease: LeaseKey, result: Json): void {
    const hindered = this.#inTheWay()
    const range = this.#task(lease)?.task.range ?? null
    const { storage, nowMs } = this.#world
    const verdict = (): ChoreVerdict => {
      if (hindered) return trouble
      if (storage.isReplaced(lease.jobId, nowMs))
        return { ok: false, reason: 'the source was replaced', transient: false, ends: true }
      const reason = storage.verify(lease, range)
      return reason === null ? { ok: true } : { ok: false, reason, transient: false }
    }
    this.#node.turn({ kind: 'result-verified', lease, result, verdict: verdict() })
  }

  #collect(lease: LeaseKey): void {
    const { storage, faults, random, calm } = this.#world
    const leaseId = leaseIdOf(lease)
    const stale = !calm && faults.staleHandles > 0 && random.chance(faults.staleHandles)
    if (stale) this.#node.ledger.kept.forget(leaseId)
    const file = stale ? undefined : storage.read(lease.jobId, leaseId)
    this.#node.turn({ kind: 'result-collected', lease, result: file ? storage.resultOf(file) : null })
  }

  #publish(lease: LeaseKey): void {
    const { random, faults, calm, storage } = this.#world
    const node = this.#node
    // The moment between the last verdict and the end of a job is short: crashes are helped to hit it.
    if (!calm && random.chance(Math.min(0.4, faults.crashesPerMinute / 10))) {
      node.after(random.int(0, 60), () => this.#world.crash(node))
    }
    this.#soon(() => {
      if (this.#inTheWay()) {
        node.turn({ kind: 'output-published', lease, verdict: trouble })
        return
      }
      // As the real node does: canceled or retried while the order waited, nothing becomes visible any more.
      const found = this.#task(lease)
      if (found?.task.status !== 'done' || isEnded(found.job.status)) return
      const file = storage.toPublish(lease)
      const { totalUnits } = storage.specs.get(lease.jobId)!
      node.ledger.frames.published(lease.jobId, file.leaseId, file.parts ?? [], totalUnits)
      node.turn({ kind: 'output-published', lease, verdict: { ok: true } })
    })
  }
}
