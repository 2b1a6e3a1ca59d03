import {
  type ChunkMap,
  type ChunkState,
  type EventRow,
  isEnded,
  type JobRow,
  type LeftRange,
  type PeerRow
} from '../model/index.ts'
import { fpsOf, type Paces } from './pace.ts'
import type { Feed, ScreenState, Wizard } from './state.ts'

/** A line of the jobs list: a job, or the batch that the jobs below belong to. */
export type JobLine =
  | { readonly kind: 'job'; readonly key: string; readonly row: JobRow; readonly inBatch: boolean }
  | {
      readonly kind: 'batch'
      readonly key: string
      readonly id: string
      readonly rows: readonly JobRow[]
      readonly folded: boolean
    }

/** Keeps the last result of a function, as long as its arguments are the very same. */
function memo<A extends readonly unknown[], R>(compute: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | null = null
  return (...args) => {
    if (last?.args.every((arg, i) => arg === args[i])) return last.result
    last = { args, result: compute(...args) }
    return last.result
  }
}

/** Whether a text holds all the words, in whatever case. */
export const containsWords = (text: string, words: string): boolean => contains(text.toLowerCase(), words)

const contains = (text: string, words: string): boolean =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))

const jobText = ({ job }: JobRow): string =>
  `${job.id} ${job.source} ${job.preset} ${job.status} ${job.error ?? ''} ${job.note ?? ''}`.toLowerCase()

const isOpen = ({ job }: JobRow): boolean => !isEnded(job.status)

const linesOf = memo(
  (
    jobs: Feed['jobs'],
    filter: string,
    folded: ReadonlySet<string>,
    unfolded: ReadonlySet<string>
  ): readonly JobLine[] => {
    const batches = new Map<string, JobRow[]>()
    for (const row of jobs.values()) {
      if (filter !== '' && !contains(jobText(row), filter)) continue
      const batch = batches.get(row.job.batch)
      if (batch) batch.push(row)
      else batches.set(row.job.batch, [row])
    }
    // What is under way comes first, the oldest on top; below it what has ended, the newest on top.
    const all = [...batches.entries()]
    const open = all.filter(([, rows]) => rows.some(isOpen))
    const ended = all.filter(([, rows]) => !rows.some(isOpen)).reverse()
    return [...open, ...ended].flatMap(([id, rows]): JobLine[] => {
      if (rows.length === 1) return rows.map((row) => jobLine(row, false))
      const isFolded = rows.some(isOpen) ? folded.has(id) : !unfolded.has(id)
      const head: JobLine = { kind: 'batch', key: `batch:${id}`, id, rows, folded: isFolded && filter === '' }
      return head.folded ? [head] : [head, ...rows.map((row) => jobLine(row, true))]
    })
  }
)

const jobLine = (row: JobRow, inBatch: boolean): JobLine => ({
  kind: 'job',
  key: `job:${row.job.id}`,
  row,
  inBatch
})

/** The jobs list as it is folded and filtered. */
export const jobLines = (state: ScreenState): readonly JobLine[] =>
  linesOf(state.feed.jobs, state.filters.jobs, state.folded, state.unfolded)

/** Index of the line under the cursor; where it was when the line is gone. -1 in an empty list. */
export function jobCursor(state: ScreenState): number {
  const lines = jobLines(state)
  const at = lines.findIndex(({ key }) => key === state.jobAt)
  return at === -1 ? Math.min(state.jobIndex, lines.length - 1) : at
}

/** The job whose chunks are shown: the one under the cursor, or the first open one of a batch under it. */
export function lookedAt(state: ScreenState): JobRow | null {
  const line = jobLines(state)[jobCursor(state)]
  if (!line) return null
  if (line.kind === 'job') return line.row
  return (
    line.rows.find(({ job }) => job.status === 'active') ?? line.rows.find(isOpen) ?? line.rows[0] ?? null
  )
}

/** Jobs that p, x, r, + and - act on: the selected ones, else those under the cursor. */
export function targets(state: ScreenState): readonly JobRow[] {
  if (state.selected.size > 0) {
    return [...state.selected].flatMap((id) => state.feed.jobs.get(id) ?? [])
  }
  const line = jobLines(state)[jobCursor(state)]
  if (!line) return []
  return line.kind === 'job' ? [line.row] : line.rows
}

/** The queue wizard, wherever it lies; null while it is closed. */
export const openWizard = ({ overlays }: ScreenState): Wizard | null =>
  overlays.find((overlay) => overlay.kind === 'wizard') ?? null

export interface Totals {
  peersHere: number
  peersKnown: number
  open: number
  failed: number
  running: number
  fps: number
  left: LeftRange | null
}

export const totals = memo((feed: Feed): Totals => {
  const jobs = [...feed.jobs.values()]
  const peers = [...feed.peers.values()]
  const open = jobs.filter(isOpen)
  return {
    peersHere: peers.filter(({ peer }) => peer.status === 'self' || peer.status === 'connected').length,
    peersKnown: peers.length,
    open: open.length,
    failed: jobs.filter(({ job }) => job.status === 'failed').length,
    running: open.filter(({ fps }) => fps > 0).length,
    fps: fpsOf(jobs, feed.paces),
    left: leftOfAll(open)
  }
})

/**
 * How long some jobs take together: those that run share the machines with those that wait, so that the frames of all
 * pass at the speed of the moment. Null while nothing runs, or while a job's length is not known.
 */
export function leftOfAll(rows: readonly JobRow[]): LeftRange | null {
  const open = rows.filter((row) => isOpen(row) && row.job.status !== 'paused')
  const running = open.filter(({ left }) => left !== null)
  const fps = running.reduce((sum, row) => sum + row.fps, 0)
  if (fps <= 0 || open.some(({ job }) => job.progress.totalUnits === 0)) return null
  const unitsOf = (some: readonly JobRow[]) =>
    some.reduce((sum, { job }) => sum + Math.max(0, job.progress.totalUnits - job.progress.units), 0)
  const bestMs = (unitsOf(open) / fps) * 1000
  // As uncertain as those that run are on the whole.
  const known = running.reduce((sum, { left }) => sum + (left?.minMs ?? 0), 0)
  const worst = running.reduce((sum, { left }) => sum + (left?.maxMs ?? 0), 0)
  const spread = known > 0 ? worst / known : 1
  const longestMs = Math.max(...running.map(({ left }) => left?.maxMs ?? 0))
  return { minMs: Math.round(bestMs), maxMs: Math.round(Math.max(bestMs * spread, longestMs)) }
}

export interface BatchSum {
  files: number
  done: number
  failed: number
  canceled: number
  running: number
  waiting: number
  paused: number
  units: number
  totalUnits: number
  fps: number
  left: LeftRange | null
}

/** A batch in one row. */
export function batchSum(rows: readonly JobRow[], paces: Paces): BatchSum {
  const number = (test: (row: JobRow) => boolean) => rows.filter(test).length
  const statusIs = (status: JobRow['job']['status']) => number(({ job }) => job.status === status)
  const [done, failed, canceled, paused] = [
    statusIs('completed'),
    statusIs('failed'),
    statusIs('canceled'),
    statusIs('paused')
  ]
  const waiting = statusIs('queued') + statusIs('planning')
  return {
    files: rows.length,
    done,
    failed,
    canceled,
    paused,
    waiting,
    running: rows.length - done - failed - canceled - paused - waiting,
    units: rows.reduce((sum, { job }) => sum + job.progress.units, 0),
    totalUnits: rows.reduce((sum, { job }) => sum + job.progress.totalUnits, 0),
    fps: fpsOf(rows, paces),
    left: leftOfAll(rows)
  }
}

/** Chunks of a map. */
export const cellCount = (map: ChunkMap): number => map.runs.reduce((sum, { count }) => sum + count, 0)

export interface Cell {
  state: ChunkState
  peer: number | null
  task: string | null
}

/** Cells `from` to `to` (exclusive) of a map. */
export function cellsBetween(map: ChunkMap, from: number, to: number): Cell[] {
  const cells: Cell[] = []
  let start = 0
  for (const { state, count, peer, firstTask } of map.runs) {
    const end = start + count
    for (let i = Math.max(from, start); i < Math.min(to, end); i++) {
      cells.push({ state, peer, task: firstTask === null ? null : String(firstTask + i - start) })
    }
    start = end
    if (start >= to) break
  }
  return cells
}

const stateTold: Readonly<Record<ChunkState, string>> = {
  waiting: 'waits',
  encoding: 'is encoded by',
  verifying: 'is verified, from',
  second: 'is encoded twice, now also by',
  done: 'done by',
  failed: 'failed',
  canceled: 'canceled'
}

/** A cell in words; what a filter looks at. */
export function cellTold(cell: Cell, map: ChunkMap): string {
  if (cell.task === null) return 'not cut yet: handed out when a machine asks for work'
  const peer = cell.peer === null ? '' : ` ${map.peers[cell.peer]?.name ?? 'somebody'}`
  return `#${cell.task} ${stateTold[cell.state]}${peer}`
}

/** How many chunks are in which state. */
export function chunkCounts(map: ChunkMap): Record<ChunkState, number> {
  const counts = { waiting: 0, encoding: 0, verifying: 0, second: 0, done: 0, failed: 0, canceled: 0 }
  for (const { state, count } of map.runs) counts[state] += count
  return counts
}

/**
 * The next cell after `at` that failed or runs twice, or that the filter shows, from the start again after the last;
 * null when there is none.
 */
export function nextTrouble(map: ChunkMap, at: number, filter: string): number | null {
  const places = cellsBetween(map, 0, cellCount(map)).flatMap((cell, place) => {
    const isTrouble = cell.state === 'failed' || cell.state === 'second'
    return (filter === '' ? isTrouble : containsWords(cellTold(cell, map), filter)) ? [place] : []
  })
  return places.find((place) => place > at) ?? places[0] ?? null
}

const ranks: Readonly<Record<PeerRow['peer']['status'], number>> = {
  self: 0,
  connected: 1,
  suspect: 2,
  incompatible: 3,
  connecting: 4,
  lost: 5,
  offline: 6
}

const peersOf = memo((peers: Feed['peers'], filter: string): readonly PeerRow[] =>
  [...peers.values()]
    .filter(({ peer }) => {
      const text = `${peer.name} ${peer.peerId} ${peer.status} ${peer.state ?? ''} ${peer.reason ?? ''} ${peer.encoders.join(' ')}`
      return filter === '' || contains(text.toLowerCase(), filter)
    })
    .sort(
      (a, b) =>
        ranks[a.peer.status] - ranks[b.peer.status] ||
        (a.peer.name < b.peer.name ? -1 : a.peer.name > b.peer.name ? 1 : 0)
    )
)

/** This machine, then those that are here, then the others. */
export const peerList = (state: ScreenState): readonly PeerRow[] =>
  peersOf(state.feed.peers, state.filters.peers)

export function peerCursor(state: ScreenState): number {
  const rows = peerList(state)
  const at = rows.findIndex(({ peer }) => peer.peerId === state.peerAt)
  return at === -1 ? Math.min(0, rows.length - 1) : at
}

export const peerFps = ({ peer }: PeerRow): number => peer.running.reduce((sum, { fps }) => sum + fps, 0)

const eventsOf = memo((events: Feed['events'], filter: string): readonly EventRow[] =>
  filter === '' ? events : events.filter(({ text }) => contains(text.toLowerCase(), filter))
)

export const eventList = (state: ScreenState): readonly EventRow[] =>
  eventsOf(state.feed.events, state.filters.log)

/** Index of the event under the cursor: the newest unless a person went up. -1 in an empty list. */
export function eventCursor(state: ScreenState): number {
  const events = eventList(state)
  if (state.eventAt === null) return events.length - 1
  const at = events.findIndex(({ seq }) => seq === state.eventAt)
  return at === -1 ? events.length - 1 : at
}

/** First of the lines to show, so that the cursor stays near the middle once it is past the first half. */
export const windowTop = (cursor: number, height: number, count: number): number =>
  Math.max(0, Math.min(cursor - Math.floor(height / 2), count - height))
