import {
  type Attempt,
  type ChunkMap,
  type ChunkRun,
  type ChunkState,
  type JobRecord,
  type LeaseId,
  leaseIdOf,
  type PeerId,
  type Task,
  type UnitRange
} from '../model/index.ts'
import type { SchedulerState } from '../scheduler/index.ts'

/** Pieces get smaller towards the end: the next ones resemble the last that were cut. */
const recentPieces = 8
/** A grid beyond this many cells for what is not cut says nothing more. */
const maxUncut = 10_000

/** Attempts whose result is being looked at now. */
export function verifyingLeases(state: SchedulerState): ReadonlySet<LeaseId> {
  const leases = new Set<LeaseId>()
  for (const { effect } of state.chores.values()) {
    if (effect.kind === 'verify-result' || effect.kind === 'collect-result')
      leases.add(leaseIdOf(effect.lease))
  }
  return leases
}

const countUnits = (ranges: readonly UnitRange[]): number =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0)

const isPiece = (task: Task): task is Task & { range: NonNullable<Task['range']> } => task.range !== null

/** About how many pieces will be cut from what is left. Zero before the first was cut: nobody knows. */
export function uncutPieces(job: JobRecord): number {
  const left = countUnits(job.remaining)
  if (left === 0) return 0
  const work = job.plan?.split?.work
  const pieces = job.tasks.filter(isPiece).slice(-recentPieces)
  if (pieces.length === 0 || !work) return 0
  const typical = work.fixedUnits ?? countUnits(pieces.map(({ range }) => range)) / pieces.length
  return Math.min(maxUncut, Math.max(job.remaining.length, Math.round(left / Math.max(1, typical))))
}

/** All chunks of a job in the order of the picture, told as runs of equals. */
export function chunkMap(state: SchedulerState, job: JobRecord): ChunkMap {
  const verifying = verifyingLeases(state)
  const peers = new PeerIndex()
  const stateOf = (task: Task): { state: ChunkState; peer: number | null } => {
    const running = task.attempts.filter(({ status }) => status === 'running')
    const isLooked = task.attempts.some((attempt) =>
      verifying.has(leaseIdOf({ jobId: job.id, taskNo: task.no, attempt: attempt.attempt }))
    )
    const by = task.status === 'done' ? task.attempts.find(({ status }) => status === 'done') : running.at(-1)
    return { state: lookOf(task, running.length, isLooked), peer: by ? peers.of(by) : null }
  }
  const pieces = job.tasks.filter(isPiece).map((task) => ({
    at: task.range.start,
    count: 1,
    firstTask: task.no as number | null,
    ...stateOf(task)
  }))
  const uncut = uncutPieces(job)
  const left = countUnits(job.remaining)
  // Each gap gets its share of the guess; what rounding leaves over does not matter in a guess.
  const gaps =
    uncut === 0
      ? []
      : job.remaining.map(({ start, end }) => ({
          at: start,
          count: Math.max(1, Math.round((uncut * (end - start)) / left)),
          firstTask: null,
          state: 'waiting' as const,
          peer: null
        }))
  const runs = runsOf([...pieces, ...gaps].sort((a, b) => a.at - b.at))
  return {
    jobId: job.id,
    runs,
    uncut: gaps.reduce((sum, { count }) => sum + count, 0),
    side: job.tasks
      .filter((task) => task.range === null)
      .map((task) => ({ id: String(task.no), kind: task.kind, ...stateOf(task) })),
    peers: peers.list,
    gone: false
  }
}

/** What a screen is told of a job that was purged while it looked. */
export const goneMap = (jobId: string): ChunkMap => ({
  jobId,
  runs: [],
  uncut: 0,
  side: [],
  peers: [],
  gone: true
})

function lookOf(task: Task, running: number, isLooked: boolean): ChunkState {
  if (task.status === 'done' || task.status === 'failed' || task.status === 'canceled') return task.status
  if (isLooked) return 'verifying'
  if (running > 1) return 'second'
  return running === 1 ? 'encoding' : 'waiting'
}

function runsOf(cells: readonly ChunkRun[]): ChunkRun[] {
  const runs: ChunkRun[] = []
  for (const { state, count, peer, firstTask } of cells) {
    const last = runs.at(-1)
    const follows =
      last !== undefined &&
      (firstTask === null
        ? last.firstTask === null
        : last.firstTask !== null && last.firstTask + last.count === firstTask)
    if (last && follows && last.state === state && last.peer === peer) last.count += count
    else runs.push({ state, count, peer, firstTask })
  }
  return runs
}

/** Peers by the order in which they are met. */
class PeerIndex {
  readonly list: { peerId: PeerId; name: string }[] = []
  readonly #numbers = new Map<PeerId, number>()

  of({ peerId, peerName }: Attempt): number {
    const known = this.#numbers.get(peerId)
    if (known !== undefined) return known
    this.list.push({ peerId, name: peerName })
    this.#numbers.set(peerId, this.list.length - 1)
    return this.list.length - 1
  }
}
