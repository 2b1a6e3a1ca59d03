import { maxOffers, type Offer } from '../model/index.ts'
import { needsOf } from './fit.ts'
import { openJobs } from './owner-handout.ts'
import type { SchedulerState } from './state.ts'
import { lateCount } from './straggler.ts'
import { readyCount } from './summary.ts'

/** What this owner announces: its most urgent jobs that have tasks for others, at most `maxOffers`. */
export function offersOf(state: SchedulerState, nowMs: number): Offer[] {
  const offers: Offer[] = []
  if (state.stopping) return offers
  for (const job of openJobs({ state })) {
    const needs = needsOf(job)
    const readyTasks = readyCount(job, 'slot', false)
    const lateTasks = lateCount(state, job)
    if (needs.ownerOnly || readyTasks + lateTasks === 0) continue
    offers.push({
      jobId: job.id,
      priority: job.priority,
      readyTasks,
      lateTasks,
      ageMs: Math.max(0, Math.round(nowMs - (state.waitingSinceMs.get(job.id) ?? nowMs))),
      needs
    })
    if (offers.length === maxOffers) break
  }
  return offers
}
