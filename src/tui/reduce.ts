import type { ChunkMap, ScreenPart } from '../model/index.ts'
import type { KeyPress } from './keys.ts'
import type { Answer } from './orders.ts'
import { reduceAnswer } from './reduce-answer.ts'
import { changeFeed, replaceFeed, withFps, withLetters } from './reduce-feed.ts'
import { reduceListKey } from './reduce-lists.ts'
import { reduceOverlayKey } from './reduce-overlay.ts'
import { reducePrompt } from './reduce-prompt.ts'
import { onlyWatching } from './reduce-watching.ts'
import { lookedAt, openWizard } from './selectors.ts'
import type { LinkStatus, ScreenState } from './state.ts'
import { type ScreenStep, still } from './step.ts'

/** Everything that can happen to a screen. */
export type ScreenAction =
  | { kind: 'pressed'; key: KeyPress }
  /** Everything that a node said at first. */
  | { kind: 'synced'; parts: readonly ScreenPart[] }
  /** What it said since. */
  | { kind: 'told'; parts: readonly ScreenPart[] }
  | { kind: 'chunks-told'; map: ChunkMap }
  | { kind: 'link-changed'; link: LinkStatus }
  | { kind: 'resized'; columns: number; rows: number }
  /** A second has passed. */
  | { kind: 'ticked'; nowMs: number }
  | { kind: 'answered'; answer: Answer }

/** How often an open job or task is looked at again. */
const reloadTicks = 2

/** What a screen becomes by an action, and what it wants done. Pure. */
export function reduce(state: ScreenState, action: ScreenAction): ScreenStep {
  const step = stepBy(state, action)
  // In whatever way a plan came to be of no use, the node is not to go on with it.
  const wizard = openWizard(state)
  const isAbandoned = wizard?.planState === 'running' && openWizard(step.state)?.planOf !== wizard.planOf
  if (!isAbandoned || wizard.planOf === null) return step
  return { ...step, orders: [{ kind: 'abandon-plan', wish: wizard.planOf }, ...step.orders] }
}

function stepBy(state: ScreenState, action: ScreenAction): ScreenStep {
  switch (action.kind) {
    case 'pressed':
      return reduceKey(state, action.key)
    case 'synced':
      return still(settled({ ...replaceFeed(state, action.parts), link: { status: 'live' } }))
    case 'told': {
      const { state: next, orders } = changeFeed(state, action.parts)
      return { state: settled(next), orders }
    }
    case 'chunks-told':
      return still(withChunks(state, action.map))
    case 'link-changed':
      return still({ ...state, link: action.link })
    case 'resized':
      return still({ ...state, columns: action.columns, rows: action.rows })
    case 'ticked':
      return tick(state, action.nowMs)
    case 'answered':
      return reduceAnswer(state, action.answer)
  }
}

function reduceKey(state: ScreenState, key: KeyPress): ScreenStep {
  if (key.name === 'ctrl-c') return { state, orders: [{ kind: 'quit', stopNode: false }] }
  const step = state.prompt
    ? reducePrompt(state, state.prompt, key)
    : state.overlays.length > 0
      ? reduceOverlayKey(state, key)
      : reduceListKey(state, key)
  const allowed = state.watching === null ? step : onlyWatching(state, step, state.watching)
  return { ...allowed, state: settled(allowed.state) }
}

/** Without what stands for something that is not there any more. */
function settled(state: ScreenState): ScreenState {
  const job = lookedAt(state)?.job.id ?? null
  const chunks = state.chunks !== null && state.chunks.jobId === job ? state.chunks : null
  const gone = [...state.selected].some((id) => !state.feed.jobs.has(id))
  const selected = gone
    ? new Set([...state.selected].filter((id) => state.feed.jobs.has(id)))
    : state.selected
  return { ...state, chunks, chunkAt: chunks === null ? 0 : state.chunkAt, selected }
}

function withChunks(state: ScreenState, map: ChunkMap): ScreenState {
  if (lookedAt(state)?.job.id !== map.jobId) return state
  const letters = withLetters(
    state.feed.letters,
    map.peers.map(({ peerId }) => peerId)
  )
  const feed = letters === state.feed.letters ? state.feed : { ...state.feed, letters }
  return { ...state, chunks: map.gone ? null : map, feed }
}

function tick(state: ScreenState, nowMs: number): ScreenStep {
  const notice = state.notice !== null && state.notice.untilMs <= nowMs ? null : state.notice
  const next = { ...state, nowMs, notice, feed: withFps(state.feed, nowMs) }
  const top = state.overlays.at(-1)
  const isDue = Math.floor(nowMs / 1000) % reloadTicks === 0
  if (!isDue || state.link.status !== 'live' || (top?.kind !== 'job' && top?.kind !== 'task'))
    return still(next)
  const id = top.kind === 'job' ? top.id : top.jobId
  // What has ended stays as it is.
  const isOver = top.loaded?.endedAt !== null && top.loaded !== null
  return isOver ? still(next) : { state: next, orders: [{ kind: 'load-job', id }] }
}
