import {
  type GrantedLease,
  isEnded,
  type LeaseId,
  type ProofAnswer,
  type TaskOutcome,
  type UnitRange
} from '../../src/model/index.ts'
import type { Effect } from '../../src/scheduler/index.ts'
import { checkDiscard } from './checkers/done-sticks.ts'
import { checkRun } from './checkers/fitness.ts'
import { checkJoined } from './checkers/verified.ts'
import { must } from './checkers/violation.ts'
import type { SimNode } from './sim-node.ts'
import type { SimFile } from './storage.ts'
import type { World } from './world.ts'

type WorkerEffect = Extract<Effect, { kind: 'run-task' | 'stop-task' | 'discard-result' | 'check-health' }>

/** A worker's pretend ffmpeg: takes time, tells its progress, fails, and delivers files, right and wrong. */
export class Hands {
  readonly #world: World
  readonly #node: SimNode
  readonly #runs = new Map<LeaseId, { lease: GrantedLease; stopped: boolean }>()
  #refusesUntilMs = 0

  constructor(world: World, node: SimNode) {
    this.#world = world
    this.#node = node
  }

  perform(effect: WorkerEffect): void {
    switch (effect.kind) {
      case 'run-task':
        this.#run(effect.lease)
        return
      case 'stop-task':
        this.#stop(effect.leaseId, effect.reason)
        return
      case 'discard-result': {
        const { jobId, leaseId } = effect.lease
        const owner = this.#world.ownerOf(jobId)
        if (owner) checkDiscard(leaseId, owner.ledger.history)
        this.#world.storage.remove(jobId, leaseId)
        return
      }
      case 'check-health':
        // Its pretend disk and ffmpeg are never found to be ill: what its tasks' record says is all there is.
        this.#node.after(100, () =>
          this.#node.turn({ kind: 'health-checked', report: { machine: null, encoding: null, roots: [] } })
        )
    }
  }

  /** The machine goes down: nothing goes on, and some of it leaves half a file. */
  die(): void {
    const { random, faults, calm, storage } = this.#world
    for (const { lease } of this.#runs.values()) {
      if (calm || faults.tornFiles === 0 || !random.chance(faults.tornFiles)) continue
      storage.write(lease.jobId, this.#file(lease, { garbage: true }))
    }
    this.#runs.clear()
  }

  /** Whether it could run a job's tasks, answered in its own time. A machine that stands still misses the question. */
  prove(answer: (said: ProofAnswer) => void): void {
    const { random, faults } = this.#world
    const node = this.#node
    if (!node.isUp) return
    node.after(this.#world.calm ? random.int(5, 200) : random.int(5, 4_000), () => {
      const { nowMs, calm } = this.#world
      if (!calm && random.chance(faults.refusals)) this.#refusesUntilMs = nowMs + random.int(0, 20_000)
      if (node.is.unable) answer({ kind: 'cannot', reason: 'its overrides change the picture' })
      else if (!calm && this.#refusesUntilMs > nowMs)
        answer({ kind: 'cannot', reason: 'it sees another clip.mov' })
      else answer({ kind: 'can' })
    })
  }

  #run(lease: GrantedLease): void {
    const { random, storage, faults, calm } = this.#world
    const node = this.#node
    must(!this.#runs.has(lease.leaseId), 'S3', () => `${lease.leaseId} runs twice on ${node.is.name}`)
    const owner = this.#world.ownerOf(lease.jobId)
    const spec = storage.specs.get(lease.jobId)
    if (!owner || !spec) {
      // What was altered on its way names a job that nobody has: its payload makes no sense here.
      node.after(1, () =>
        this.#end(lease.leaseId, { kind: 'failed', error: 'there is no such source', fault: 'task' })
      )
      return
    }
    checkRun(lease, node.is, owner.is)
    const run = { lease, stopped: false }
    this.#runs.set(lease.leaseId, run)
    const units = lease.range ? lease.range.end - lease.range.start : spec.totalUnits
    const isJoin = lease.taskKind === 'join'
    const worksMs = isJoin ? 400 : (units * spec.msPerUnit) / node.is.speed + 200
    const steps = Math.max(1, Math.min(8, Math.floor(worksMs / 2000)))
    for (let i = 1; i < steps; i++) {
      node.after((worksMs * i) / steps, () => {
        if (run.stopped) return
        const progress = { units: Math.floor((units * i) / steps), fps: 1, sizeBytes: 1 }
        node.turn({ kind: 'task-progressed', leaseId: lease.leaseId, progress })
      })
    }
    const poisoned = isPoisoned(lease, spec.poison)
    const unlucky = !calm && faults.taskFails > 0 && random.chance(faults.taskFails)
    const replaced = storage.isReplaced(lease.jobId, this.#world.nowMs)
    const fails = (node.is.broken && !isJoin) || poisoned || replaced || unlucky
    const wrong = !calm && faults.wrongResult > 0 && random.chance(faults.wrongResult)
    node.after(fails ? random.int(50, 2_000) : worksMs, () => {
      if (run.stopped) return
      if (!fails) return this.#finish(lease, wrong)
      const fault = !node.is.broken && !poisoned && !replaced && random.chance(0.5) ? 'worker' : 'task'
      this.#end(lease.leaseId, { kind: 'failed', error: 'ffmpeg crashed', fault })
    })
  }

  #stop(leaseId: LeaseId, reason: string): void {
    const run = this.#runs.get(leaseId)
    if (!run || run.stopped) return
    run.stopped = true
    this.#node.after(this.#world.random.int(1, 60), () => this.#end(leaseId, { kind: 'returned', reason }))
  }

  #finish(lease: GrantedLease, wrong: boolean): void {
    const { random, storage } = this.#world
    const spec = storage.specs.get(lease.jobId)!
    let parts: UnitRange[] | null = null
    if (lease.taskKind === 'join') {
      parts = this.#join(lease)
      if (!parts) {
        this.#end(lease.leaseId, { kind: 'failed', error: 'a chunk is gone', fault: 'task' })
        return
      }
    } else if (!lease.range) parts = [{ start: 0, end: spec.totalUnits }]
    const ill = wrong ? random.int(0, 2) : null
    const garbage = ill === 0 || (wrong && !lease.range)
    const range = lease.range && ill !== null && !garbage ? otherFrames(lease.range, ill === 1) : lease.range
    const file = this.#file(lease, { range, garbage, parts })
    storage.write(lease.jobId, file)
    this.#end(lease.leaseId, { kind: 'finished', result: storage.resultOf(file) })
  }

  /** The ranges of the files that a join reads; null when one is gone, because its job has ended meanwhile. */
  #join(lease: GrantedLease): UnitRange[] | null {
    const { storage } = this.#world
    const leaseIds = lease.payload as LeaseId[]
    checkJoined(leaseIds, storage.verified)
    const files = leaseIds.map((leaseId) => storage.read(lease.jobId, leaseId))
    if (!files.includes(undefined)) return files.map((file) => file!.range!)
    const job = this.#node.state?.jobs.get(lease.jobId)
    const current = job?.tasks.some(({ no }) => no === lease.taskNo) && !isEnded(job.status)
    must(!current, 'S4', () => `a verified file of ${lease.jobId} is gone before its join`)
    return null
  }

  #file(lease: GrantedLease, what: Partial<SimFile>): SimFile {
    const { peerId, bootId } = this.#node
    return {
      leaseId: lease.leaseId,
      range: lease.range,
      garbage: false,
      parts: null,
      writer: { peerId, bootId },
      ...what
    }
  }

  #end(leaseId: LeaseId, outcome: TaskOutcome): void {
    this.#runs.delete(leaseId)
    this.#node.turn({ kind: 'task-ended', leaseId, outcome })
  }
}

const isPoisoned = ({ range, taskKind }: GrantedLease, frame: number | null): boolean =>
  frame !== null && (range ? range.start <= frame && frame < range.end : taskKind === 'encode-file')

/** One frame too few, or those of another chunk. */
const otherFrames = ({ start, end }: UnitRange, tooFew: boolean): UnitRange =>
  tooFew ? { start, end: end - 1 } : { start: end, end: end + (end - start) }
