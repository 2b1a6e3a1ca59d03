import { totalmem } from 'node:os'
import type { NodeStatus } from '../model/index.ts'
import { conditionOf, doubtsOf, offersOf, type SchedulerState, usableFitness } from '../scheduler/index.ts'

/** What this node says of itself, from what it decides by. */
export function statusOf(
  state: SchedulerState,
  about: { version: string; bootId: string; cores: number },
  nowMs: number
): NodeStatus {
  const { self } = state
  const held = [...state.holds.values()].filter(({ status }) => status !== 'ended')
  return {
    peerId: self.peerId,
    name: self.name,
    version: about.version,
    bootId: about.bootId,
    cores: about.cores,
    memoryBytes: totalmem(),
    slots: { total: self.slots, busy: held.filter(({ lease }) => lease.pool === 'slot').length },
    ...usableFitness(state),
    ...conditionOf(state),
    offers: offersOf(state, nowMs),
    doubts: doubtsOf(state),
    running: held.slice(0, 64).map(({ lease, owner, progress }) => ({
      leaseId: lease.leaseId,
      kind: lease.taskKind,
      ownerId: owner,
      progress
    }))
  }
}
