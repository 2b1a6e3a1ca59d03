import type { Health, SchedulerState } from '../../../src/scheduler/index.ts'
import { fail } from './violation.ts'

/**
 * L2: a machine that holds itself for unwell looks at itself again in time, and takes work again in time. After every
 * turn; `nowMs` by its own clock.
 */
export class ComesBackChecker {
  #health: Health | null = null

  turned({ health, settings }: SchedulerState, nowMs: number): void {
    if (health === this.#health) return
    this.#health = health
    const { barred, dueAtMs } = health
    const { maxCheckWaitMs, maxDoubtedMs } = settings
    if (barred !== null && barred.untilMs - nowMs > Math.max(maxCheckWaitMs, maxDoubtedMs)) {
      fail('L2', `it keeps itself from work for ${barred.untilMs - nowMs} ms: ${barred.reason}`)
    }
    if (dueAtMs !== null && dueAtMs - nowMs > maxCheckWaitMs)
      fail('L2', `it looks at itself again after ${dueAtMs - nowMs} ms only`)
  }
}
