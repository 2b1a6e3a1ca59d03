import type { Fact, JobId } from '../../../src/model/index.ts'
import type { SimNode } from '../sim-node.ts'
import type { World } from '../world.ts'
import { hasWorkFor, waitingJobs } from './idle.ts'
import { must } from './violation.ts'

/** How many times the others may be served first: more than what was asked for before the job came, or had failed. */
const limitPerSlot = 4

/**
 * L5: no job starves. A job that waits is passed over when a node that could serve it, and has proved it, gets a new
 * piece of a job that is less urgent, or as urgent and queued later by the same owner.
 */
export class StarvingChecker {
  readonly #world: World
  readonly #passed = new Map<JobId, number>()

  constructor(world: World) {
    this.#world = world
  }

  /** Before the fact is noted. */
  committed(owner: SimNode, fact: Fact): void {
    if (fact.kind !== 'lease-granted') return
    this.#passed.delete(fact.jobId)
    const granted = owner.history.jobs.get(fact.jobId)
    const task = granted?.tasks.get(fact.taskNo)
    const worker = this.#world.nodeOf(fact.peerId)
    if (!granted || !worker || !task || task.fileWork) return
    for (const job of waitingJobs(owner)) {
      const waiting = owner.history.jobs.get(job.id)
      if (!waiting || job.id === fact.jobId || job.blocked[fact.peerId] !== undefined) continue
      const first =
        waiting.priority > granted.priority ||
        (waiting.priority === granted.priority && waiting.seq < granted.seq)
      if (!first || !owner.fitness.isProved(job.id, fact.peerId) || worker.is.broken) continue
      if (!hasWorkFor(job, fact.peerId)) continue
      const passed = (this.#passed.get(job.id) ?? 0) + 1
      this.#passed.set(job.id, passed)
      const slots = this.#world.nodes.reduce((sum, { self }) => sum + self.slots, 0)
      must(passed <= slots * limitPerSlot, 'L5', () => `${job.id} was passed over ${passed} times`)
    }
  }
}
