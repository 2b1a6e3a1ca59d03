import { type Command, commandOf, type KeyPress } from './keys.ts'
import { act, cancel, pause, prioritize } from './reduce-acts.ts'
import {
  cellCount,
  cellsBetween,
  eventCursor,
  eventList,
  jobCursor,
  jobLines,
  lookedAt,
  nextTrouble,
  peerCursor,
  peerList
} from './selectors.ts'
import { type Overlay, type ScreenState, type Tab, tabs, wizardAt } from './state.ts'
import { opened, type ScreenStep, still, withNotice } from './step.ts'
import { emptyField, fieldOf } from './text-field.ts'

/** A key where a list is shown. */
export function reduceListKey(state: ScreenState, key: KeyPress): ScreenStep {
  const command = commandOf(key, state.tab)
  return command === null ? still(state) : runCommand(state, command)
}

/** Cells of a row of the chunk grid: the screen's width within its margins. */
export const gridColumns = (columns: number): number => Math.max(1, columns - 2)

/** Lines of a page: what is left without header and footer. */
const pageOf = ({ rows }: ScreenState): number => Math.max(1, rows - 7)

export function runCommand(state: ScreenState, command: Command): ScreenStep {
  switch (command) {
    case 'jobs':
    case 'chunks':
    case 'peers':
    case 'log':
      return still({ ...state, tab: command })
    case 'next-tab':
      return still({ ...state, tab: neighbour(state.tab, 1) })
    case 'last-tab':
      return still({ ...state, tab: neighbour(state.tab, -1) })
    case 'up':
      return still(moved(state, state.tab === 'chunks' ? -gridColumns(state.columns) : -1))
    case 'down':
      return still(moved(state, state.tab === 'chunks' ? gridColumns(state.columns) : 1))
    case 'page-up':
      return still(moved(state, -pageOf(state) * (state.tab === 'chunks' ? gridColumns(state.columns) : 1)))
    case 'page-down':
      return still(moved(state, pageOf(state) * (state.tab === 'chunks' ? gridColumns(state.columns) : 1)))
    case 'first':
      return still(moved(state, Number.NEGATIVE_INFINITY))
    case 'last':
      return still(moved(state, Number.POSITIVE_INFINITY))
    case 'left':
      return still(state.tab === 'chunks' ? moved(state, -1) : fold(state, true))
    case 'right':
      return still(state.tab === 'chunks' ? moved(state, 1) : fold(state, false))
    case 'open':
      return open(state)
    case 'back':
      return still({
        ...state,
        filters: { ...state.filters, [state.tab]: '' },
        selected: new Set(),
        eventAt: null
      })
    case 'select':
      return still(moved(select(state), 1))
    case 'select-all':
      return still(selectAll(state))
    case 'add':
      return opened(state, wizardAt(state.folder, state.lastQueue), [
        { kind: 'browse', folder: state.folder }
      ])
    case 'pause':
      return pause(state)
    case 'cancel':
      return cancel(state)
    case 'retry':
      return act(
        state,
        'retry',
        'failed or was canceled',
        ({ job }) => job.status === 'failed' || job.status === 'canceled'
      )
    case 'raise':
      return prioritize(state, 1)
    case 'lower':
      return prioritize(state, -1)
    case 'drain':
      return drain(state)
    case 'invite':
      return opened(state, pairing(state, 'invite'), [{ kind: 'invite' }])
    case 'join':
      return opened(state, pairing(state, 'join'), [])
    case 'next-trouble':
      return trouble(state)
    case 'filter':
      return still({ ...state, prompt: { kind: 'filter', field: fieldOf(state.filters[state.tab]) } })
    case 'command':
      return still({ ...state, prompt: { kind: 'command', field: emptyField } })
    case 'help':
      return opened(state, { kind: 'help', top: 0 }, [])
    case 'quit':
      return { state, orders: [{ kind: 'quit', stopNode: false }] }
  }
}

const neighbour = (tab: Tab, by: number): Tab =>
  tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] as Tab

const clamp = (value: number, count: number): number => Math.max(0, Math.min(value, count - 1))

function moved(state: ScreenState, by: number): ScreenState {
  switch (state.tab) {
    case 'jobs': {
      const lines = jobLines(state)
      const index = clamp(jobCursor(state) + by, lines.length)
      return { ...state, jobAt: lines[index]?.key ?? null, jobIndex: index }
    }
    case 'chunks': {
      if (state.chunks === null) return state
      return { ...state, chunkAt: clamp(state.chunkAt + by, cellCount(state.chunks)) }
    }
    case 'peers': {
      const rows = peerList(state)
      return { ...state, peerAt: rows[clamp(peerCursor(state) + by, rows.length)]?.peer.peerId ?? null }
    }
    case 'log': {
      const events = eventList(state)
      const index = clamp(eventCursor(state) + by, events.length)
      // At the end the list follows what happens.
      return { ...state, eventAt: index >= events.length - 1 ? null : (events[index]?.seq ?? null) }
    }
  }
}

function fold(state: ScreenState, isFold: boolean): ScreenState {
  const line = jobLines(state)[jobCursor(state)]
  if (!line) return state
  const id = line.kind === 'batch' ? line.id : line.row.job.batch
  if (line.kind === 'job' && !line.inBatch) return state
  const [folded, unfolded] = [new Set(state.folded), new Set(state.unfolded)]
  if (isFold) {
    folded.add(id)
    unfolded.delete(id)
  } else {
    folded.delete(id)
    unfolded.add(id)
  }
  return { ...state, folded, unfolded, ...(isFold ? { jobAt: `batch:${id}` } : {}) }
}

function open(state: ScreenState): ScreenStep {
  switch (state.tab) {
    case 'jobs': {
      const line = jobLines(state)[jobCursor(state)]
      if (!line) return still(state)
      if (line.kind === 'batch') return still(fold(state, !line.folded))
      return openJob(state, line.row.job.id)
    }
    case 'chunks': {
      const job = lookedAt(state)?.job.id
      if (job === undefined || state.chunks === null) return still(state)
      const [cell] = cellsBetween(state.chunks, state.chunkAt, state.chunkAt + 1)
      if (!cell) return openJob(state, job)
      if (cell.task === null)
        return still(
          withNotice(state, 'info', 'This part is not cut yet: it is handed out when a machine asks for work')
        )
      return openTask(state, job, cell.task)
    }
    case 'peers': {
      const row = peerList(state)[peerCursor(state)]
      return row ? opened(state, { kind: 'peer', id: row.peer.peerId, top: 0 }, []) : still(state)
    }
    case 'log': {
      const event = eventList(state)[eventCursor(state)]
      if (event?.jobId && state.feed.jobs.has(event.jobId)) {
        return event.task ? openTask(state, event.jobId, event.task) : openJob(state, event.jobId)
      }
      if (event?.peerId && state.feed.peers.has(event.peerId))
        return opened(state, { kind: 'peer', id: event.peerId, top: 0 }, [])
      return still(state)
    }
  }
}

export const openJob = (state: ScreenState, id: string): ScreenStep =>
  opened(state, { kind: 'job', id, loaded: null, error: null, at: 0 }, [{ kind: 'load-job', id }])

export const openTask = (state: ScreenState, jobId: string, taskId: string): ScreenStep =>
  opened(
    state,
    { kind: 'task', jobId, taskId, loaded: null, log: null, logError: null, error: null, top: 0 },
    [
      { kind: 'load-job', id: jobId },
      { kind: 'load-log', id: jobId, task: taskId }
    ]
  )

const pairing = (state: ScreenState, mode: 'invite' | 'join'): Overlay => ({
  kind: 'pair',
  mode,
  invite: null,
  expiresAt: null,
  field: emptyField,
  busy: mode === 'invite',
  result: null,
  error: null,
  known: new Set(state.feed.peers.keys())
})

function select(state: ScreenState): ScreenState {
  const line = jobLines(state)[jobCursor(state)]
  if (!line) return state
  const ids = line.kind === 'job' ? [line.row.job.id] : line.rows.map(({ job }) => job.id)
  const selected = new Set(state.selected)
  const isAll = ids.every((id) => selected.has(id))
  for (const id of ids) {
    if (isAll) selected.delete(id)
    else selected.add(id)
  }
  return { ...state, selected }
}

function selectAll(state: ScreenState): ScreenState {
  const ids = jobLines(state).flatMap((line) =>
    line.kind === 'job' ? [line.row.job.id] : line.rows.map(({ job }) => job.id)
  )
  const isAll = ids.every((id) => state.selected.has(id))
  return { ...state, selected: new Set(isAll ? [] : ids) }
}

function drain(state: ScreenState): ScreenStep {
  const row = peerList(state)[peerCursor(state)]
  if (!row) return still(state)
  if (row.peer.status !== 'self') {
    return still(
      withNotice(
        state,
        'info',
        `Only this machine is drained by D; for that one: proxima-node drain --peer ${row.peer.name}`
      )
    )
  }
  return { state, orders: [{ kind: 'drain', on: row.peer.state === 'awake' }] }
}

function trouble(state: ScreenState): ScreenStep {
  const at = state.chunks && nextTrouble(state.chunks, state.chunkAt, state.filters.chunks)
  return still(
    at === null
      ? withNotice(
          state,
          'info',
          state.filters.chunks === '' ? 'No chunk failed or is tried twice' : 'No chunk like that'
        )
      : { ...state, chunkAt: at }
  )
}
