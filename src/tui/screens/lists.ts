import stringWidth from 'string-width'
import type { EventRow } from '../../model/index.ts'
import { fpsOf } from '../pace.ts'
import {
  cellCount,
  cellsBetween,
  cellTold,
  chunkCounts,
  eventCursor,
  eventList,
  jobCursor,
  jobLines,
  lookedAt,
  peerCursor,
  peerList,
  windowTop
} from '../selectors.ts'
import type { ScreenState } from '../state.ts'
import { baseName, clean, count, fitText, formatFps, formatLeft, formatPercent } from '../text/format.ts'
import type { Style } from '../text/style.ts'
import { wrap } from '../text/wrap.ts'
import { chunkGrid, chunkLegend, gridKey, gridRows, sideLine } from '../widgets/chunk-grid.ts'
import { eventsTable, fitsEvent, newestEvents } from '../widgets/events.ts'
import { ruleLine } from '../widgets/header.ts'
import { chunksText, jobsHead, jobsTable } from '../widgets/jobs-table.ts'
import { peersHead, peersStrip, peersTable } from '../widgets/peers.ts'

/** What a screen draws in: the body between header and footer. */
export interface Body {
  width: number
  height: number
  style: Style
}

/** Lines in words, for where a list would be. */
const taught = (lines: readonly string[], { width }: Body): string[] => [
  '',
  ...lines.flatMap((line) =>
    (stringWidth(line) <= width - 2 ? [line] : wrap(line, width - 2)).map((part) => `  ${part}`)
  )
]

const noJobs = [
  'No jobs yet.',
  '',
  'Press a to choose files, or in another terminal:',
  '  proxima-node queue FILE --preset NAME',
  '',
  'What is queued here is encoded by every machine of the mesh that is idle.'
]

/** Room of the panes of the jobs screen, in lines with their titles; 0 where there is none. */
export interface JobsLayout {
  jobs: number
  chunks: number
  peers: number
  events: number
}

/** The list comes first; what it does not need goes to chunks, machines and events. */
export function jobsLayout(
  height: number,
  wants: { jobs: number; chunks: number; peers: number; events: number }
): JobsLayout {
  if (height < 12) return { jobs: height, chunks: 0, peers: 0, events: 0 }
  const least = Math.max(4, Math.floor(height * 0.3))
  let free = height - Math.min(Math.max(least, wants.jobs), Math.floor(height * 0.55))
  const take = (want: number, most: number): number => {
    const lines = Math.min(want, Math.max(0, Math.min(most, free)))
    free -= lines
    return lines
  }
  const events = take(Math.min(2, wants.events), free)
  const peers = take(wants.peers, Math.max(3, Math.floor(height * 0.25)))
  const chunks = take(wants.chunks, free)
  const more = take(Math.max(0, wants.events - events), free)
  return { jobs: height - chunks - peers - events - more, chunks, peers, events: events + more }
}

/** Screen 1. */
export function jobsScreen(state: ScreenState, body: Body): string[] {
  const { width, height, style } = body
  const lines = jobLines(state)
  if (state.feed.jobs.size === 0) return withStrips(state, taught(noJobs, body), body)
  if (lines.length === 0)
    return withStrips(
      state,
      taught([`No job contains "${state.filters.jobs}". Esc ends the filter.`], body),
      body
    )
  const job = lookedAt(state)
  const map = state.chunks
  const columns = Math.max(1, width - 2)
  const events = state.feed.events.length
  const layout = jobsLayout(height, {
    jobs: lines.length + 1,
    chunks: map === null || cellCount(map) === 0 ? 0 : gridRows(map, columns) + 1,
    peers: state.feed.peers.size === 0 ? 0 : stripRows(state, width) + 1,
    events: events === 0 ? 0 : Math.min(events, 8) + 1
  })
  const listHeight = layout.jobs - 1
  const cursor = jobCursor(state)
  const top = windowTop(cursor, listHeight, lines.length)
  const list = [
    jobsHead(width, style),
    ...jobsTable(
      { lines, cursor, selected: state.selected, paces: state.feed.paces, top },
      width,
      listHeight,
      style
    )
  ]
  const parts = [filled(list, layout.jobs)]
  if (layout.chunks > 1 && map !== null && job !== null) {
    const title = `${baseName(job.job.source)}  chunks ${chunksText(job)} (letter = peer)`
    parts.push([
      ruleLine(title, width, style),
      ...chunkGrid(
        { map, letters: state.feed.letters, cursor: null, filter: '' },
        width,
        layout.chunks - 1,
        style
      )
    ])
  }
  parts.push(...strips(state, layout, body))
  return parts.flat()
}

function withStrips(state: ScreenState, lines: string[], body: Body): string[] {
  const events = state.feed.events.length
  const layout = jobsLayout(body.height, {
    jobs: lines.length + 1,
    chunks: 0,
    peers: state.feed.peers.size === 0 ? 0 : stripRows(state, body.width) + 1,
    events: events === 0 ? 0 : Math.min(events, 8) + 1
  })
  return [...filled(lines, layout.jobs), ...strips(state, layout, body).flat()]
}

const stripRows = (state: ScreenState, width: number): number =>
  Math.ceil(state.feed.peers.size / Math.max(1, Math.floor(width / 40)))

function strips(state: ScreenState, layout: JobsLayout, { width, style }: Body): string[][] {
  const parts: string[][] = []
  if (layout.peers > 1) {
    const rows = [...state.feed.peers.values()]
    const shown = rows.length > 0 ? peerList({ ...state, filters: { ...state.filters, peers: '' } }) : []
    const props = { rows: shown, letters: state.feed.letters, nowMs: state.nowMs }
    parts.push([ruleLine('peers', width, style), ...peersStrip(props, width, layout.peers - 1, style)])
  }
  if (layout.events > 1) {
    parts.push([
      ruleLine('events', width, style),
      ...newestEvents(state.feed.events, width, layout.events - 1, style)
    ])
  }
  return parts
}

/** Exactly `height` lines. */
export const filled = (lines: readonly string[], height: number): string[] => [
  ...lines.slice(0, height),
  ...Array<string>(Math.max(0, height - lines.length)).fill('')
]

/** Screen 2. */
export function chunksScreen(state: ScreenState, body: Body): string[] {
  const { width, height, style } = body
  const job = lookedAt(state)
  if (job === null)
    return taught(['No job is chosen.', '', 'Press 1, go to a job, and come back with 2.'], body)
  const { progress, status } = job.job
  const facts = [
    status,
    formatPercent(progress.units, progress.totalUnits),
    formatFps(fpsOf([job], state.feed.paces)),
    job.left === null ? '' : `left ${formatLeft(job.left)}`
  ].filter((part) => part !== '' && part !== '-')
  const told = `  ${clean(job.job.preset)}  ${facts.join('  ')}`
  const nameWidth = Math.max(8, width - 1 - stringWidth(told))
  const title = fitText(` ${fitText(clean(baseName(job.job.source)), nameWidth, 'middle')}${told}`, width)
  const head = [style.paint('strong', title)]
  const map = state.chunks
  if (map === null) return [...head, '', '  …']
  const props = { map, letters: state.feed.letters, cursor: state.chunkAt, filter: state.filters.chunks }
  const cells = cellCount(map)
  const side = sideLine(props, width)
  if (side !== '') head.push(side)
  if (cells === 0)
    return [...head, ...taught([whyNoChunks(map.side.length > 0, status), job.job.note ?? ''], body)]
  head.push(chunkLegend(map, width), '')
  const [cell] = cellsBetween(map, state.chunkAt, state.chunkAt + 1)
  const foot = ['', cell ? ` Under the cursor: ${clean(cellTold(cell, map))}` : '', ...peerKey(state, width)]
  if (height > 14) foot.push(style.paint('faint', gridKey(map)))
  const room = Math.max(1, height - head.length - foot.length)
  const grid = chunkGrid(props, width, room, style)
  const hidden = gridRows(map, Math.max(1, width - 2)) - grid.length
  if (hidden > 0) foot[0] = style.paint('faint', fitText(`   ${count(hidden, 'row')} more: ↑ ↓`, width))
  return [
    ...head,
    ...filled(grid, Math.min(room, Math.max(grid.length, 1))),
    ...foot.map((line) => fitText(line, width))
  ]
}

function whyNoChunks(isWhole: boolean, status: string): string {
  if (isWhole) return 'This job is encoded in one piece: there is nobody to share it with, or no need to.'
  if (status === 'completed' || status === 'canceled') return 'This job has ended; its chunks are gone.'
  return 'Nothing is cut yet: that happens when the first machine asks for work.'
}

/** Which letter is whom, for those that encode something of this job. */
function peerKey(state: ScreenState, width: number): string[] {
  const map = state.chunks
  if (map === null || chunkCounts(map).encoding + chunkCounts(map).second === 0) return []
  const at = new Set(
    map.runs.flatMap(({ state: look, peer }) => (look === 'done' || peer === null ? [] : [peer]))
  )
  const names = [...at].flatMap((index) => {
    const peer = map.peers[index]
    return peer ? [`${state.feed.letters.get(peer.peerId) ?? '?'} ${clean(peer.name)}`] : []
  })
  return names.length === 0 ? [] : [fitText(` ${names.join('  ')}`, width)]
}

const alone = [
  '',
  'No other machines yet.',
  '',
  'i  shows an invite for another machine',
  'J  joins the mesh of an invite that another machine shows'
]

const lonely = [
  '',
  'No other machine of this mesh answers. Check that',
  '  - proxima-node runs there (proxima-node --headless)',
  '  - both are on the same network, and no firewall blocks UDP 5353 or port 47470',
  '  - or name one here: proxima-node --peer HOST:PORT'
]

/** Screen 3. */
export function peersScreen(state: ScreenState, body: Body): string[] {
  const { width, height, style } = body
  const rows = peerList(state)
  if (rows.length === 0)
    return taught([`No machine contains "${state.filters.peers}". Esc ends the filter.`], body)
  const all = [...state.feed.peers.values()]
  const here = all.filter(({ peer }) => peer.status === 'connected').length
  const lesson = (all.length === 1 ? alone : here === 0 ? lonely : []).flatMap((line) =>
    hung(line, width - 2)
  )
  const listHeight = Math.max(1, height - 1 - (rows.length + lesson.length < height ? lesson.length : 0))
  const cursor = peerCursor(state)
  const top = windowTop(cursor, listHeight, rows.length)
  const list = peersTable(
    {
      rows,
      letters: state.feed.letters,
      nowMs: state.nowMs,
      watching: state.watching !== null,
      cursor,
      top
    },
    width,
    listHeight,
    style
  )
  return [peersHead(width, style), ...list, ...lesson.map((line) => `  ${line}`)]
}

/** A line of advice, its list mark hanging out where it has one, in as many lines as it needs. */
function hung(line: string, width: number): string[] {
  const mark = /^ *- /.exec(line)?.[0] ?? ''
  const lines = wrap(line.slice(mark.length), width - mark.length)
  return lines.length === 0 ? [''] : lines.map((text, i) => (i === 0 ? mark : ' '.repeat(mark.length)) + text)
}

/** Screen 4. */
export function logScreen(state: ScreenState, body: Body): string[] {
  const { width, height, style } = body
  const events = eventList(state)
  if (state.feed.events.length === 0)
    return taught(
      [
        'Nothing has happened since this node was started.',
        '',
        'Jobs of before are on screen 1: Enter tells their story.'
      ],
      body
    )
  if (events.length === 0)
    return taught([`No event contains "${state.filters.log}". Esc ends the filter.`], body)
  const cursor = eventCursor(state)
  const whole = wholeEvent(events[cursor], body)
  const room = height - whole.length
  const top =
    state.eventAt === null ? Math.max(0, events.length - room) : windowTop(cursor, room, events.length)
  return [...filled(eventsTable({ events, cursor, top }, width, room, style), room), ...whole]
}

/** What the event under the cursor says, where its line is too short for it. */
function wholeEvent(event: EventRow | undefined, { width, height, style }: Body): string[] {
  if (event === undefined || fitsEvent(event, width)) return []
  const lines = wrap(event.text, Math.max(8, width - 2)).slice(0, Math.floor(height / 2) - 1)
  return lines.length === 0
    ? []
    : [ruleLine('under the cursor', width, style), ...lines.map((line) => ` ${line}`)]
}
