import type { Fact, JobId, PeerId } from '../../src/model/index.ts'
import type { Event } from '../../src/scheduler/index.ts'
import { checkAttempts } from './checkers/attempts.ts'
import { checkCopies } from './checkers/bounds.ts'
import { checkDoneSticks } from './checkers/done-sticks.ts'
import { DurableChecker } from './checkers/durable.ts'
import { FitnessChecker } from './checkers/fitness.ts'
import { FramesChecker } from './checkers/frames.ts'
import { History } from './checkers/history.ts'
import { KeptChecker } from './checkers/kept.ts'
import { checkNumbering, checkTeller } from './checkers/leases.ts'
import { checkVerified } from './checkers/verified.ts'
import type { SimNode } from './sim-node.ts'
import type { World } from './world.ts'

/** Thrown out of a commit when the machine dies in the middle of it. Made once: nobody looks at its stack. */
export const powerCut = new Error('the power is cut')

/** The ledger cannot be written for now. */
export const diskTrouble = new Error('the disk is full')

/** A pretend ledger: survives crashes, fails at times, and is where every fact is held against the invariants. */
export class SimLedger {
  readonly facts: Fact[] = []
  fullUntilMs = 0
  /** What the disk says, by the checkers' own rules; and the checkers with a memory. */
  readonly history = new History()
  readonly durable = new DurableChecker()
  readonly frames = new FramesChecker()
  readonly fitness = new FitnessChecker()
  readonly kept = new KeptChecker()
  readonly #world: World
  readonly #node: SimNode

  constructor(world: World, node: SimNode) {
    this.#world = world
    this.#node = node
  }

  /**
   * All of it is durable when this returns, none when it throws, as SQLite promises.
   * @param event what the facts follow from
   * @throws diskTrouble, powerCut
   */
  commit(facts: readonly Fact[], event: Event | null): void {
    const { faults, random, calm, nowMs } = this.#world
    const full = this.fullUntilMs > nowMs || (faults.commitFails > 0 && random.chance(faults.commitFails))
    if (!calm && full) throw diskTrouble
    const dies = !calm && random.chance((faults.crashesPerMinute / 60) * faults.crashInCommit * 0.25)
    if (dies && random.chance(0.5)) throw powerCut
    for (const fact of facts) {
      this.#check(fact, event)
      this.facts.push(fact)
      this.history.note(fact)
      checkCopies(fact, this.history, this.#world.settings)
      if (fact.kind === 'job-purged') this.durable.acknowledged.delete(fact.jobId)
      this.#world.noteFact(this.#node, fact)
    }
    if (dies) throw powerCut
  }

  #check(fact: Fact, event: Event | null): void {
    const { history } = this
    checkDoneSticks(fact, history)
    checkNumbering(fact, history)
    if (event?.kind === 'message-received') checkTeller(fact, event.message, history)
    checkVerified(fact, this.#world.storage.verified)
    checkAttempts(fact, history, this.#world.settings, (...task) => this.#othersCouldTry(...task))
    this.frames.committed(fact)
    this.fitness.committed(fact, history)
    this.kept.committed(fact)
  }

  /** Whether a fit peer that this owner is connected with has not failed yet; the state is the one before the facts. */
  #othersCouldTry({ jobId, taskNo }: { jobId: JobId; taskNo: number }, failed: ReadonlySet<PeerId>): boolean {
    const { state, peerId } = this.#node
    const job = state?.jobs.get(jobId)
    if (!state || !job) return false
    const { whyNotPeer, findTask } = this.#world.subject.scheduler
    const peers = findTask(job, taskNo)?.ownerOnly ? [peerId] : [...state.peers.keys(), peerId]
    return peers.some((peer) => !failed.has(peer) && whyNotPeer(state, job, peer) === null)
  }
}
