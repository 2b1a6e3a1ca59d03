import stringWidth from 'string-width'
import { bindings, type Command } from './keys.ts'
import { actingCommands } from './reduce-watching.ts'
import { helpPage, peerPage, refusedPage } from './screens/details.ts'
import { jobPage } from './screens/job.ts'
import { type Body, chunksScreen, filled, jobsScreen, logScreen, peersScreen } from './screens/lists.ts'
import { pairPage } from './screens/pairing.ts'
import { taskPage } from './screens/task.ts'
import { wizardPage } from './screens/wizard.ts'
import { frameLines } from './scroll.ts'
import { totals } from './selectors.ts'
import type { Overlay, ScreenState } from './state.ts'
import { baseName, clean, count, fitText, formatFps, formatLeft } from './text/format.ts'
import { inStyle, type Style } from './text/style.ts'
import { wrap } from './text/wrap.ts'
import { levelShades } from './widgets/events.ts'
import { fieldText } from './widgets/field.ts'
import { headerLine, ruleLine, tabsLine } from './widgets/header.ts'

/** Smaller terminals get one summing line. */
export const leastColumns = 60
export const leastRows = 15

/** The whole screen: exactly `rows` lines, none wider than `columns`. Pure. */
export function frameOf(state: ScreenState, style: Style): readonly string[] {
  const { columns, rows } = state
  const lines = columns < leastColumns || rows < leastRows ? summary(state, style) : fullFrame(state, style)
  return inStyle(filled(lines, rows), style)
}

/** One line for a terminal with no room, and how much it takes for more. */
function summary(state: ScreenState, style: Style): string[] {
  const sum = totals(state.feed)
  const parts = [
    ...(state.watching === null ? [] : [`watching ${clean(state.watching)}`]),
    state.link.status === 'lost' ? 'NODE GONE' : `${sum.peersHere}/${count(sum.peersKnown, 'peer')}`,
    count(sum.open, 'job'),
    sum.failed > 0 ? `${sum.failed} failed` : '',
    formatFps(sum.fps),
    sum.left === null ? '' : `left ${formatLeft(sum.left)}`
  ].filter((part) => part !== '')
  const hint = `${leastColumns}x${leastRows} shows more; q quits`
  return [
    style.paint('strong', fitText(parts.join('  '), state.columns)),
    ...(state.rows > 1 ? [style.paint('faint', fitText(hint, state.columns))] : [])
  ]
}

function fullFrame(state: ScreenState, style: Style): string[] {
  const { columns: width, rows, feed } = state
  const overlay = state.overlays.at(-1)
  const self = [...feed.peers.values()].find(({ peer }) => peer.status === 'self')?.peer
  const head = [
    headerLine(
      {
        name: feed.node?.name ?? state.watching,
        watching: state.watching !== null,
        totals: totals(feed),
        fps: feed.fps,
        link: state.link,
        state: self?.state && self.state !== 'awake' ? self.state : null
      },
      width,
      style
    ),
    tabsLine(
      {
        tab: state.tab,
        filter: state.filters[state.tab],
        selected: state.tab === 'jobs' ? state.selected.size : 0
      },
      width,
      style
    ),
    ruleLine(overlay ? overlayTitle(overlay, state) : '', width, style)
  ]
  const body: Body = { width, height: rows - frameLines, style }
  const shown = filled(bodyOf(state, body), body.height)
  return [...head, ...shown, lowerRule(state, style), footer(state, style)]
}

function bodyOf(state: ScreenState, body: Body): readonly string[] {
  const overlay = state.overlays.at(-1)
  switch (overlay?.kind) {
    case 'help':
      return helpPage(overlay, body)
    case 'job':
      return jobPage(state, overlay, body)
    case 'task':
      return taskPage(overlay, body)
    case 'peer':
      return peerPage(state, overlay, body)
    case 'pair':
      return pairPage(state, overlay, body)
    case 'refused':
      return refusedPage(overlay, body)
    case 'wizard':
      return wizardPage(overlay, body)
    case 'confirm':
      return [
        '',
        '',
        ...overlay.lines.flatMap((line, i) =>
          wrap(line, body.width - 6).map((part) => `   ${i === 0 ? body.style.paint('strong', part) : part}`)
        ),
        '',
        '   y: yes    n: no'
      ]
    case undefined:
      break
  }
  if (state.feed.node === null) return ['', '  Waiting for the node…']
  switch (state.tab) {
    case 'jobs':
      return jobsScreen(state, body)
    case 'chunks':
      return chunksScreen(state, body)
    case 'peers':
      return peersScreen(state, body)
    case 'log':
      return logScreen(state, body)
  }
}

function overlayTitle(overlay: Overlay, state: ScreenState): string {
  switch (overlay.kind) {
    case 'help':
      return 'help'
    case 'confirm':
      return 'really?'
    case 'job':
      return `job ${overlay.id}`
    case 'task': {
      const source = overlay.loaded?.source ?? state.feed.jobs.get(overlay.jobId)?.job.source
      return `task #${overlay.taskId}${source === undefined ? '' : ` of ${baseName(source)}`}`
    }
    case 'peer':
      return 'machine'
    case 'pair':
      return overlay.mode === 'invite' ? 'let a machine in' : 'join a mesh'
    case 'refused':
      return 'not queued'
    case 'wizard':
      return ''
  }
}

/** What a person should hear now, in place of the rule. */
function lowerRule(state: ScreenState, style: Style): string {
  const { columns: width, notice, link } = state
  if (link.status === 'lost') {
    return style.paint(
      'bad',
      fitText(` The node went away: ${clean(link.reason)}. What is shown is what it said last.`, width)
    )
  }
  if (notice === null) return ruleLine('', width, style)
  const shade = levelShades[notice.level]
  const text = fitText(` ${clean(notice.text)}`, width)
  return shade === null ? style.paint('strong', text) : style.paint(shade, text)
}

function footer(state: ScreenState, style: Style): string {
  const { columns: width, prompt } = state
  if (prompt !== null) {
    const mark = prompt.kind === 'filter' ? '/' : ':'
    return ` ${mark}${fieldText(prompt.field, width - 4, true, style)}`
  }
  const overlay = state.overlays.at(-1)
  const keys = fitting(overlay ? overlayKeys(overlay) : listKeys(state), width)
  return keys.map(([key, label]) => ` ${style.paint('strong', key)} ${label}`).join(' ')
}

/** Keys that fit side by side: the last two (help and the way out) always, then the first ones. */
function fitting(keys: readonly KeyLabel[], width: number): readonly KeyLabel[] {
  const takes = ([key, label]: KeyLabel): number => stringWidth(key) + stringWidth(label) + 3
  const last = keys.slice(-2)
  let room = width + 1 - last.reduce((sum, key) => sum + takes(key), 0)
  const first: KeyLabel[] = []
  for (const key of keys.slice(0, -2)) {
    room -= takes(key)
    if (room < 0) break
    first.push(key)
  }
  return [...first, ...last]
}

type KeyLabel = readonly [key: string, label: string]

function listKeys(state: ScreenState): KeyLabel[] {
  const works = (command: Command): boolean => state.watching === null || !actingCommands.has(command)
  return bindings.flatMap(({ keys, label, place, command }): KeyLabel[] =>
    label !== null && (place === state.tab || place === 'lists') && works(command)
      ? [[keys[0] as string, label]]
      : []
  )
}

function overlayKeys(overlay: Overlay): readonly KeyLabel[] {
  switch (overlay.kind) {
    case 'confirm':
      return [
        ['y', 'yes'],
        ['n', 'no']
      ]
    case 'job':
      return [
        ['↑↓', 'tasks'],
        ['Enter', 'open the task'],
        ['Esc', 'back'],
        ['?', 'help']
      ]
    case 'task':
      return [
        ['↑↓', 'scroll'],
        ['y', 'copy the command'],
        ['l', 'load the log again'],
        ['Esc', 'back']
      ]
    case 'pair':
      return overlay.mode === 'invite'
        ? [
            ['y', 'copy'],
            ['r', 'another'],
            ['Esc', 'close']
          ]
        : [
            ['Enter', overlay.result === null ? 'join' : 'close'],
            ['Esc', 'close']
          ]
    case 'wizard':
      return wizardKeys[overlay.step]
    default:
      return [
        ['↑↓', 'scroll'],
        ['Esc', 'back']
      ]
  }
}

const wizardKeys: Readonly<Record<Extract<Overlay, { kind: 'wizard' }>['step'], readonly KeyLabel[]>> = {
  files: [
    ['Space', 'choose'],
    ['Enter', 'open/next'],
    ['↑↓', 'move'],
    ['Tab', 'next'],
    ['←', 'up'],
    ['type', 'filter'],
    ['Esc', 'leave']
  ],
  preset: [
    ['↑↓', 'move'],
    ['Enter', 'take it'],
    ['type', 'filter'],
    ['Esc', 'back']
  ],
  place: [
    ['↑↓', 'field'],
    ['←→', 'change'],
    ['Enter', 'go on'],
    ['Esc', 'back']
  ],
  review: [
    ['Enter', 'queue'],
    ['↑↓', 'scroll'],
    ['Esc', 'back']
  ]
}
