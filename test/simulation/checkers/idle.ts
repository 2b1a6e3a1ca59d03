import { isEnded, type JobRecord, type PeerId, type Task } from '../../../src/model/index.ts'
import type { SchedulerState } from '../../../src/scheduler/index.ts'
import type { SimNode } from '../sim-node.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/** How long a fit node may idle beside ready work. */
const limitMs = 2_000

/**
 * L2: no fit peer idles for more than 2 s beside ready work. Looked at 4 times a second, once the dust has settled; a
 * node that had all its slots in use between two looks begins anew, as the looks may fall in step with its tasks.
 */
export class IdleChecker {
  readonly #world: World
  readonly #sinceMs = new Map<PeerId, number>()

  constructor(world: World) {
    this.#world = world
  }

  /** After each turn of a node. */
  turned({ peerId, state }: SimNode): void {
    if (this.#sinceMs.has(peerId) && state && slotsInUse(state) >= state.self.slots)
      this.#sinceMs.delete(peerId)
  }

  check(): void {
    const { nodes, nowMs } = this.#world
    const work = nodes.flatMap((owner) => waitingJobs(owner).map((job) => ({ owner, job })))
    for (const node of nodes) {
      const beside = work.length > 0 ? this.#idlesBeside(node, work) : null
      if (beside === null) {
        this.#sinceMs.delete(node.peerId)
        continue
      }
      const since = this.#sinceMs.get(node.peerId) ?? nowMs
      this.#sinceMs.set(node.peerId, since)
      must(nowMs - since <= limitMs, 'L2', () => `${node.is.name} idles beside ${beside}`)
    }
  }

  #idlesBeside(node: SimNode, work: readonly { owner: SimNode; job: JobRecord }[]): string | null {
    const { network, subject, storage, nowMs } = this.#world
    const { state } = node
    // A machine that fails everything is kept from work on purpose.
    if (!state || node.is.broken) return null
    if (slotsInUse(state) >= state.self.slots) return null
    // A node that seems fit must have been asked by now, and have answered.
    const { whyNotPeer, whyUnsuited } = subject.scheduler
    const why = node.is.unable ? whyNotPeer : whyUnsuited
    for (const { owner, job } of work) {
      if (owner !== node && !network.isLinked(owner, node)) continue
      // Whoever fails a frame or a source that nobody can encode waits a while before it gets more of the job.
      if (storage.specs.get(job.id)?.poison != null || storage.isReplaced(job.id, nowMs)) continue
      if (why(owner.state!, job, node.peerId) !== null) continue
      const ready = job.tasks.find((task) => isReadyFor(task, node.peerId))
      if (ready) return `task ${job.id}.${ready.no} of ${owner.is.name}`
      if (job.remaining.length > 0) return `uncut frames of ${job.id} of ${owner.is.name}`
    }
    return null
  }
}

function slotsInUse({ holds }: SchedulerState): number {
  let used = 0
  for (const { lease, status } of holds.values()) if (status !== 'ended' && lease.pool === 'slot') used += 1
  return used
}

/** An owner's jobs that have something for other nodes to do, by what the records say. */
export function waitingJobs(owner: SimNode): JobRecord[] {
  const found: JobRecord[] = []
  if (!owner.state) return found
  for (const job of owner.state.jobs.values()) {
    if (isEnded(job.status) || job.status === 'paused' || !job.plan) continue
    if (job.remaining.length > 0 || job.tasks.some(isReady)) found.push(job)
  }
  return found
}

/** Whether a job has something that this node could be given: not only what it has failed. */
export const hasWorkFor = (job: JobRecord, peerId: PeerId): boolean =>
  job.remaining.length > 0 || job.tasks.some((task) => isReadyFor(task, peerId))

const isReady = (task: Task): boolean => task.status === 'ready' && task.pool === 'slot' && !task.ownerOnly

/** A ready task that this node has not failed. */
const isReadyFor = (task: Task, peerId: PeerId): boolean =>
  isReady(task) &&
  !task.attempts.some(
    (attempt) => attempt.peerId === peerId && (attempt.status === 'failed' || attempt.status === 'rejected')
  )
