import { type LeaseId, leaseIdOf } from '../../../src/model/index.ts'
import type { SimNode } from '../sim-node.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/** Beyond the lease's own time: until it is known to have started, and a look at the disk. */
const slackMs = 15_000

/** L3: lost work is offered again: no lease outlives its worker for long. Once faults have stopped. */
export class OfferedAgainChecker {
  readonly #world: World
  readonly #orphanedSinceMs = new Map<LeaseId, number>()

  constructor(world: World) {
    this.#world = world
  }

  check(): void {
    for (const owner of this.#world.nodes) if (owner.state) this.#checkOwner(owner)
  }

  #checkOwner(owner: SimNode): void {
    const { nowMs, settings } = this.#world
    for (const job of owner.state!.jobs.values()) {
      for (const task of job.tasks) {
        if (task.status !== 'leased') continue
        for (const { attempt, peerId, status } of task.attempts) {
          if (status !== 'running') continue
          const leaseId = leaseIdOf({ jobId: job.id, taskNo: task.no, attempt })
          const held = this.#world.nodeOf(peerId)?.state?.holds.has(leaseId)
          if (held || owner.state!.chores.has(`result:${leaseId}`)) {
            this.#orphanedSinceMs.delete(leaseId)
            continue
          }
          const since = this.#orphanedSinceMs.get(leaseId) ?? nowMs
          this.#orphanedSinceMs.set(leaseId, since)
          must(
            nowMs - since <= settings.leaseTtlMs + slackMs,
            'L3',
            () => `${leaseId} is held by nobody for ${nowMs - since} ms, and not offered again`
          )
        }
      }
    }
  }
}
