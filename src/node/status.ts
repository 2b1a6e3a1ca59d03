import { totalmem } from 'node:os'
import type { NodeStatus } from '../model/index.ts'
import { offersOf, type SchedulerState } from '../scheduler/index.ts'

/** What this node says of itself, from what it decides by. */
export function statusOf(
  state: SchedulerState,
  about: { version: string; bootId: string; cores: number; reason: string | null },
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
    ...self.fitness,
    state: state.stopping ? 'draining' : self.state,
    reason: about.reason,
    offers: offersOf(state, nowMs),
    running: held.slice(0, 64).map(({ lease, owner, progress }) => ({
      leaseId: lease.leaseId,
      kind: lease.taskKind,
      ownerId: owner,
      progress
    }))
  }
}
