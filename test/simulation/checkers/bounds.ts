import type { Fact } from '../../../src/model/index.ts'
import { isEnded } from '../../../src/model/index.ts'
import type { SchedulerSettings, SchedulerState } from '../../../src/scheduler/index.ts'
import type { History } from './history.ts'
import { fail, must } from './violation.ts'

/** S8: no more than `maxCopies` of a task run at a time. After the fact is noted. */
export function checkCopies(fact: Fact, history: History, { maxCopies }: SchedulerSettings): void {
  if (fact.kind !== 'lease-granted' && fact.kind !== 'lease-revived') return
  const running = history.task(fact.jobId, fact.taskNo)?.running ?? 0
  must(running <= maxCopies, 'S8', () => `${running} copies of ${fact.jobId}.${fact.taskNo} run`)
}

/** S8: rooms are not overfilled, and every queue is bounded. After every turn. */
export class BoundsChecker {
  #holds: SchedulerState['holds'] | null = null

  turned(state: SchedulerState): void {
    const { peers } = state
    if (state.endedLeases.length > 512) fail('S8', 'ended leases pile up')
    if (state.steals.size > peers.size + 1) fail('S8', 'steals pile up')
    if (state.proofs.size > peers.size + 1) fail('S8', 'proofs pile up')
    if (state.holds === this.#holds) return
    this.#holds = state.holds
    checkRooms(state)
  }
}

function checkRooms(state: SchedulerState): void {
  let slot = 0
  let io = 0
  for (const { lease, status } of state.holds.values()) {
    if (status === 'ended') continue
    if (lease.pool === 'slot') slot += 1
    else io += 1
  }
  const { slots, ioSlots } = state.self
  if (slot > slots) fail('S8', `${slot} tasks run in ${slots} slots`)
  if (io > ioSlots) fail('S8', `${io} tasks run in ${ioSlots} places for file work`)
  const kept = state.holds.size - slot - io
  if (kept > state.settings.maxKeptOutcomes) fail('S8', 'outcomes pile up')
}

/** S8: nothing is remembered of jobs that have ended. When all have. */
export function checkNothingKept(name: string, state: SchedulerState): void {
  const isOver = (key: string): boolean => {
    const job = state.jobs.get(key.slice(0, 10) as never)
    return !job || isEnded(job.status)
  }
  for (const [peerId, proofs] of state.proofs) {
    for (const key of proofs.keys())
      must(!isOver(key), 'S8', () => `${name} keeps what ${peerId} said of ${key}`)
  }
  for (const [what, keys] of [
    ['clocks', state.clocks.keys()],
    ['speeds', state.speeds.keys()],
    ['cool-downs', state.cooling.keys()],
    ['waiting times', state.waitingSinceMs.keys()]
  ] as const) {
    for (const key of keys) must(!isOver(key), 'S8', () => `${name} keeps ${what} of ${key}, which is over`)
  }
}
