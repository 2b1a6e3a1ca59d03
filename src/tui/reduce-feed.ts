import { type EventRow, eventBlockSize, eventBlocks, isEnded, type ScreenPart } from '../model/index.ts'
import type { ScreenOrder } from './orders.ts'
import { nextPaces } from './pace.ts'
import { batchSum, totals } from './selectors.ts'
import { emptyFeed, type Feed, type Notice, type ScreenState } from './state.ts'
import { noticeMs } from './step.ts'

const maxEvents = eventBlockSize * eventBlocks
/** Two minutes of frames a second, a value a second. */
const maxFps = 120

/** `v` and `x` mean something else in the grid. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuwyz'

/** The feed with everything that a node told at first, in place of what another told before. */
export function replaceFeed(state: ScreenState, parts: readonly ScreenPart[]): ScreenState {
  const { fps, letters: before } = state.feed
  return { ...state, feed: withParts({ ...emptyFeed, fps, letters: before }, parts) }
}

/** The feed with what the node told since, and what a person should hear of it. */
export function changeFeed(
  state: ScreenState,
  parts: readonly ScreenPart[]
): { state: ScreenState; orders: ScreenOrder[] } {
  const feed = withParts(state.feed, parts)
  const ended = endedBatches(state.feed, feed, parts)
  const next = { ...state, feed, ...(ended.length > 0 ? { notice: noticeOf(ended, state.nowMs) } : {}) }
  const orders: ScreenOrder[] =
    ended.length > 0 && state.notify !== 'off'
      ? [{ kind: 'notify', way: state.notify, text: ended.map(({ text }) => text).join('; ') }]
      : []
  return { state: next, orders }
}

function withParts(feed: Feed, parts: readonly ScreenPart[]): Feed {
  let { node, events } = feed
  const touches = (...kinds: ScreenPart['kind'][]) => parts.some(({ kind }) => kinds.includes(kind))
  // Copied only when they change: selectors remember their last result by the very map.
  const jobs = touches('job', 'job-gone') ? new Map(feed.jobs) : null
  const peers = touches('peer', 'peer-gone') ? new Map(feed.peers) : null
  for (const part of parts) {
    switch (part.kind) {
      case 'node':
        node = part.node
        break
      case 'job':
        jobs?.set(part.row.job.id, part.row)
        break
      case 'job-gone':
        jobs?.delete(part.id)
        break
      case 'peer':
        peers?.set(part.row.peer.peerId, part.row)
        break
      case 'peer-gone':
        peers?.delete(part.id)
        break
      case 'events':
        events = withEvents(events, part.events)
        break
      case 'synced':
        break
    }
  }
  return {
    ...feed,
    node,
    events,
    jobs: jobs ?? feed.jobs,
    peers: peers ?? feed.peers,
    letters: peers ? withLetters(feed.letters, [...peers.keys()]) : feed.letters
  }
}

/** A block comes again with each event that is added to it. */
function withEvents(events: readonly EventRow[], block: readonly EventRow[]): readonly EventRow[] {
  const newest = events.at(-1)?.seq ?? 0
  const added = block.filter(({ seq }) => seq > newest)
  return added.length === 0 ? events : [...events, ...added].slice(-maxEvents)
}

/** Every peer keeps its letter for as long as the screen is open. */
export function withLetters(known: Feed['letters'], peerIds: readonly string[]): Feed['letters'] {
  const fresh = peerIds.filter((id) => !known.has(id))
  if (fresh.length === 0) return known
  const next = new Map(known)
  for (const id of fresh) next.set(id, letters[next.size] ?? '?')
  return next
}

/** What was done in the last second, and a value of the frames a second of everything. */
export function withFps(feed: Feed, nowMs: number): Feed {
  const next = { ...feed, paces: nextPaces(feed.paces, feed.jobs.values(), nowMs) }
  return { ...next, fps: [...feed.fps, totals(next).fps].slice(-maxFps) }
}

interface EndedBatch {
  text: string
  failed: boolean
}

/** Batches of which the last job ended with these parts. */
function endedBatches(before: Feed, after: Feed, parts: readonly ScreenPart[]): EndedBatch[] {
  const ids = new Set<string>()
  for (const part of parts) {
    if (part.kind !== 'job' || !isEnded(part.row.job.status)) continue
    const was = before.jobs.get(part.row.job.id)
    if (was && !isEnded(was.job.status) && part.row.job.status !== 'canceled') ids.add(part.row.job.batch)
  }
  return [...ids].flatMap((id) => {
    const rows = [...after.jobs.values()].filter(({ job }) => job.batch === id)
    if (rows.some(({ job }) => !isEnded(job.status))) return []
    const { files, failed, done } = batchSum(rows, after.paces)
    const [only] = rows
    const name = only?.job.source.split(/[\\/]/).at(-1) ?? ''
    const text =
      files === 1
        ? `${name} ${failed > 0 ? 'failed' : 'is finished'}`
        : failed > 0
          ? `${failed} of ${files} files failed, ${done} ${done === 1 ? 'is' : 'are'} finished`
          : `${done} files are finished`
    return [{ text, failed: failed > 0 }]
  })
}

const noticeOf = (ended: readonly EndedBatch[], nowMs: number): Notice => ({
  text: ended.map(({ text }) => text).join('; '),
  level: ended.some(({ failed }) => failed) ? 'bad' : 'good',
  untilMs: nowMs + noticeMs
})
