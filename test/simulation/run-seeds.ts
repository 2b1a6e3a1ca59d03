import type { Subject } from './subject.ts'
import { type RunOptions, type RunResult, World } from './world.ts'

/** One in so many seeds turns also the ticks that are held to change nothing. */
const strictOneIn = 32

export const isStrict = (seed: number): boolean => seed % strictOneIn === 0

export interface SeedsResult {
  clean: number
  /** How the jobs of all clean runs ended. */
  ended: Record<string, number>
  /** The first run that broke something. */
  failure: RunResult | null
}

/** Runs one seed. */
export function runSeed(seed: number, subject: Subject, options: RunOptions = {}): RunResult {
  return new World(seed, subject, { strict: isStrict(seed), ...options }).run()
}

/** Runs `count` seeds from `from` on, up to the first that breaks something. */
export function runSeeds(
  from: number,
  count: number,
  subject: Subject,
  options: RunOptions = {}
): SeedsResult {
  const ended: Record<string, number> = {}
  for (let seed = from; seed < from + count; seed++) {
    const result = runSeed(seed, subject, options)
    if (result.violation) return { clean: seed - from, ended, failure: result }
    addCounts(ended, result.ended)
  }
  return { clean: count, ended, failure: null }
}

export function addCounts(sum: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [status, jobs] of Object.entries(more)) sum[status] = (sum[status] ?? 0) + jobs
}
