import type {
  JobRecord,
  JobRow,
  JobView,
  LeftRange,
  PeerId,
  PeerRow,
  PeerView,
  TaskProgress
} from '../model/index.ts'
import { isEnded, leaseIdOf } from '../model/index.ts'
import type { SchedulerState } from '../scheduler/index.ts'
import { uncutPieces } from './chunk-map.ts'

/** A job's row of a screen. */
export function jobRow(state: SchedulerState, job: JobRecord, view: JobView): JobRow {
  const pace = paceOf(state, job)
  return { job: view, chunks: chunkCount(job), fps: pace.fps, left: leftRange(view, pace) }
}

/** How fast a job goes. */
interface Pace {
  /** As ffmpeg says it now; where it has only begun, as the machine showed over its pieces before. */
  fps: number
  /** As the machines at work showed over their pieces; where that is not known yet, as ffmpeg says it. */
  measuredFps: number
  /** What the slowest running piece still takes. */
  slowestMs: number
}

/** ffmpeg's figure is an average from its start: before this it is mostly the time that opening the source took. */
const tellingMs = 2_000

/** Whether ffmpeg has run for long enough that its figure says how fast the machine is. */
const tells = ({ units, fps }: TaskProgress): boolean => fps > 0 && (units / fps) * 1000 >= tellingMs

function paceOf(state: SchedulerState, job: JobRecord): Pace {
  const pace: Pace = { fps: 0, measuredFps: 0, slowestMs: 0 }
  for (const task of job.tasks) {
    if (task.status !== 'leased') continue
    const length = task.range
      ? task.range.end - task.range.start
      : task.final && job.shape === 'whole'
        ? (job.plan?.totalUnits ?? 0)
        : 0
    for (const attempt of task.attempts) {
      if (attempt.status !== 'running' || length === 0) continue
      const leaseId = leaseIdOf({ jobId: job.id, taskNo: task.no, attempt: attempt.attempt })
      const progress = state.clocks.get(leaseId)?.progress
      const speed = state.speeds.get(`${job.id}/${attempt.peerId}`) ?? 0
      const now = progress?.fps ?? 0
      pace.fps += speed > 0 && !(progress && tells(progress)) ? speed : now
      pace.measuredFps += speed > 0 ? speed : now
      const slowest = speed > 0 ? speed : now
      const left = Math.max(0, length - (progress?.units ?? 0))
      if (slowest > 0) pace.slowestMs = Math.max(pace.slowestMs, (left / slowest) * 1000)
    }
  }
  return { ...pace, fps: Math.round(pace.fps * 10) / 10 }
}

function chunkCount(job: JobRecord): JobRow['chunks'] {
  const pieces = job.tasks.filter(({ range }) => range !== null)
  if (pieces.length === 0) return null
  const uncut = uncutPieces(job)
  return {
    done: pieces.filter(({ status }) => status === 'done').length,
    total: pieces.length + uncut,
    estimated: uncut > 0
  }
}

/** So much of the time is not known at the beginning, and less with every frame that is done. */
const unknownAtStart = 0.3
/** Joining and verifying take about this part of the encoding's time more. */
const joinPart = 0.05

/**
 * The time until a job's frames are done, between the best and the worst that was measured: the speed of this moment,
 * and the speed that the peers at work showed over their pieces. No less than what the slowest running piece needs.
 */
function leftRange(view: JobView, { fps, measuredFps, slowestMs }: Pace): LeftRange | null {
  const { units, totalUnits } = view.progress
  // What runs of a paused job goes on to its end; the job does not.
  if (isEnded(view.status) || view.status === 'paused' || totalUnits === 0 || fps <= 0) return null
  const left = Math.max(0, totalUnits - units)
  const spread = 1 + unknownAtStart * (left / totalUnits)
  const bestMs = (left / Math.max(fps, measuredFps)) * 1000
  const worstMs = Math.max((left / Math.min(fps, measuredFps)) * 1000 * spread, slowestMs) * (1 + joinPart)
  return { minMs: Math.round(bestMs), maxMs: Math.round(Math.max(bestMs, worstMs)) }
}

interface Tally {
  taken: number
  done: number
  failed: number
}

/** What each peer did for this node's jobs. Records never change, so that each is counted once. */
export class PeerTallies {
  readonly #byJob = new WeakMap<JobRecord, ReadonlyMap<PeerId, Tally>>()

  /** Over all given jobs. */
  of(jobs: Iterable<JobRecord>): ReadonlyMap<PeerId, Tally> {
    const sums = new Map<PeerId, Tally>()
    for (const job of jobs) {
      for (const [peerId, { taken, done, failed }] of this.#ofJob(job)) {
        const sum = tallyOf(sums, peerId)
        sum.taken += taken
        sum.done += done
        sum.failed += failed
      }
    }
    return sums
  }

  #ofJob(job: JobRecord): ReadonlyMap<PeerId, Tally> {
    const known = this.#byJob.get(job)
    if (known) return known
    const tallies = new Map<PeerId, Tally>()
    for (const { attempts } of job.tasks) {
      for (const { peerId, status } of attempts) {
        const tally = tallyOf(tallies, peerId)
        tally.taken += 1
        if (status === 'done') tally.done += 1
        if (status === 'failed' || status === 'rejected' || status === 'hindered') tally.failed += 1
      }
    }
    this.#byJob.set(job, tallies)
    return tallies
  }
}

function tallyOf(tallies: Map<PeerId, Tally>, peerId: PeerId): Tally {
  const known = tallies.get(peerId)
  if (known) return known
  const tally = { taken: 0, done: 0, failed: 0 }
  tallies.set(peerId, tally)
  return tally
}

/** A machine's row of a screen. */
export function peerRow(peer: PeerView, tally: Tally | undefined, goneAt: string | null): PeerRow {
  return { peer, taken: tally?.taken ?? 0, done: tally?.done ?? 0, failed: tally?.failed ?? 0, goneAt }
}
