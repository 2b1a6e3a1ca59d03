import type { SchedulerState } from '../../src/scheduler/index.ts'

/** What a node has done so far, by its own clock. */
export interface LastTurns {
  /** Whatever it turned last. */
  turnMs: number
  tickMs: number
  /** At the last tick. */
  chores: SchedulerState['chores'] | null
}

/**
 * Whether a tick can come to nothing, so that it need not be turned: `step` is pure, and looks at the time in these
 * places alone. What any turn looks at counts from the last turn, what ticks alone look at from the last tick.
 * (Runs with `strict` turn every tick all the same, and hold this against what it came to.)
 */
export function isNothingDue(state: SchedulerState, last: LastTurns, nowMs: number): boolean {
  if (state.chores !== last.chores) return false
  const { barred, dueAtMs: lookAtMs, checking } = state.health
  if (
    !checking &&
    Math.min(lookAtMs ?? Number.POSITIVE_INFINITY, barred?.untilMs ?? Number.POSITIVE_INFINITY) <= nowMs
  )
    return false
  if (state.holds.size > 0 && state.nextHeartbeatMs <= nowMs) return false
  for (const { expiresAtMs } of state.clocks.values()) if (expiresAtMs <= nowMs) return false
  for (const { dueAtMs } of state.chores.values()) if (dueAtMs !== null && dueAtMs <= nowMs) return false
  for (const { deadlineMs } of state.steals.values()) if (deadlineMs <= nowMs) return false
  for (const untilMs of state.dryUntilMs.values()) if (untilMs > last.turnMs && untilMs <= nowMs) return false
  for (const proofs of state.proofs.values()) {
    for (const { askAgainAtMs } of proofs.values())
      if (askAgainAtMs > last.tickMs && askAgainAtMs <= nowMs) return false
  }
  return true
}
