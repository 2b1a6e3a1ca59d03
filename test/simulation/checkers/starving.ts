import type { Fact, JobId } from '../../../src/model/index.ts'
import type { SimNode } from '../sim-node.ts'
import type { World } from '../world.ts'
import { hasWorkFor, waitingJobs } from './idle.ts'
import { must } from './violation.ts'

/** How many times the others may be served first: more than what was asked for before the job came, or had failed. */
const limitPerSlot = 4
/** And for how long: a job may wait for answers before it is laid out. */
const limitMs = 20_000

/**
 * L5: no job starves. A job that waits is passed over when a node that could serve it, and has proved it, gets a new
 * piece of a job that is less urgent, or as urgent and queued later by the same owner.
 */
export class StarvingChecker {
  readonly #world: World
  readonly #passed = new Map<JobId, { times: number; sinceMs: number }>()

  constructor(world: World) {
    this.#world = world
  }

  /** Before the fact is noted. */
  committed(owner: SimNode, fact: Fact): void {
    if (fact.kind !== 'lease-granted') return
    this.#passed.delete(fact.jobId)
    const granted = owner.ledger.history.jobs.get(fact.jobId)
    const task = granted?.tasks.get(fact.taskNo)
    const worker = this.#world.nodeOf(fact.peerId)
    if (!granted || !worker || !task || task.fileWork) return
    const { nodes, nowMs } = this.#world
    const slots = nodes.reduce((sum, { self }) => sum + self.slots, 0)
    for (const job of waitingJobs(owner)) {
      const waiting = owner.ledger.history.jobs.get(job.id)
      if (!waiting || job.id === fact.jobId || job.blocked[fact.peerId] !== undefined) continue
      const first =
        waiting.priority > granted.priority ||
        (waiting.priority === granted.priority && waiting.seq < granted.seq)
      if (!first || !owner.ledger.fitness.isProved(job.id, fact.peerId) || worker.is.broken) continue
      if (!hasWorkFor(job, fact.peerId)) continue
      const { times, sinceMs } = this.#passed.get(job.id) ?? { times: 0, sinceMs: nowMs }
      this.#passed.set(job.id, { times: times + 1, sinceMs })
      const starves = times >= slots * limitPerSlot && nowMs - sinceMs > limitMs
      must(!starves, 'L5', () => `${job.id} was passed over ${times + 1} times in ${nowMs - sinceMs} ms`)
    }
  }
}
