import { isEnded, type JobRow, type JobStatus } from '../model/index.ts'

/** What came of one job lately. */
interface JobPace {
  readonly units: number
  /** Since when all that came of it is known, or it runs. */
  readonly sinceMs: number
  /** Frames that were added, each with the time of the look that found them; within the window. */
  readonly gains: readonly { readonly atMs: number; readonly units: number }[]
}

/** The frames that were done lately, as looks at the rows found them, one look a tick. */
export interface Paces {
  /** The last look; null before the first. */
  readonly atMs: number | null
  readonly jobs: ReadonlyMap<string, JobPace>
}

export const noPaces: Paces = { atMs: null, jobs: new Map() }

/** Heartbeats tell frames every 2 s: four of them level out, and what stands still is seen soon. */
const windowMs = 8_000
/** A look or two tell nothing yet. */
const leastSpanMs = 2_000

/** A job in these states makes frames; `completed` made the last of them. */
const making: readonly JobStatus[] = ['active', 'joining', 'verifying', 'completed']

/** The paces after another look. A clock that went backwards begins anew. */
export function nextPaces(before: Paces, rows: Iterable<JobRow>, nowMs: number): Paces {
  const lookedMs = before.atMs !== null && before.atMs < nowMs ? before.atMs : null
  const jobs = new Map<string, JobPace>()
  for (const { job } of rows) {
    const { units } = job.progress
    // A job that was not there yet has made all its frames since.
    const was = before.jobs.get(job.id) ?? { units: 0, sinceMs: lookedMs ?? nowMs, gains: [] }
    if (lookedMs === null || !making.includes(job.status)) {
      jobs.set(job.id, { units, sinceMs: nowMs, gains: [] })
      continue
    }
    const gains = was.gains.filter(({ atMs }) => atMs > nowMs - windowMs)
    if (units > was.units) gains.push({ atMs: nowMs, units: units - was.units })
    jobs.set(job.id, { ...was, units, gains })
  }
  return { atMs: nowMs, jobs }
}

/**
 * Frames a second of some jobs: what their running pieces say. A piece of a second or two ends before it says
 * anything: where less than half of what was done in the last seconds is told, it is that which was done.
 */
export function fpsOf(rows: readonly JobRow[], { atMs, jobs }: Paces): number {
  const told = rows.reduce((sum, { job, fps }) => sum + (isEnded(job.status) ? 0 : fps), 0)
  const isMaking = rows.some(({ job }) => ['planning', 'queued', 'active'].includes(job.status))
  if (atMs === null || !isMaking) return told
  const paces = rows.flatMap(({ job }) => jobs.get(job.id) ?? []).filter(({ gains }) => gains.length > 0)
  const sinceMs = Math.min(...paces.map((pace) => pace.sinceMs))
  const spanMs = Math.min(atMs - sinceMs, windowMs)
  if (paces.length === 0 || spanMs < leastSpanMs) return told
  const units = paces.reduce((sum, { gains }) => sum + gains.reduce((all, gain) => all + gain.units, 0), 0)
  const done = Math.round((units / spanMs) * 10_000) / 10
  return told * 2 < done ? done : told
}
