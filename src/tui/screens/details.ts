import { lineCommands } from '../command-line.ts'
import { bindings } from '../keys.ts'
import type { ScreenState } from '../state.ts'
import { clean, column, count, fitText, formatFps } from '../text/format.ts'
import { flow, hanging } from '../text/wrap.ts'
import { ruleLine } from '../widgets/header.ts'
import { goneText, isHere, peerTold } from '../widgets/peers.ts'
import type { Body } from './lists.ts'
import { factLine, type Of, page, wrapped } from './page.ts'

/** A machine's page: what it is, what it can, what it runs, and why it gets no work. */
export function peerPage(state: ScreenState, overlay: Of<'peer'>, body: Body): string[] {
  const { width, style } = body
  const row = state.feed.peers.get(overlay.id)
  if (!row) return ['', '  This machine is no member any more. Esc goes back.']
  const { peer } = row
  const { word, shade } = peerTold(row)
  const gone = goneText(row, state.nowMs)
  const facts: [string, string | null][] = [
    ['why', peer.reason],
    ['id', peer.peerId],
    ['version', peer.version],
    ['ffmpeg', peer.ffmpegVersion],
    ['slots', isHere(row) ? `${peer.slots.busy} of ${peer.slots.total} busy` : null],
    ['cores', peer.cores === null ? null : String(peer.cores)],
    ['work', `took ${count(row.taken, 'task')} of this node, finished ${row.done}, failed ${row.failed}`],
    // Of a machine that is away these are not known.
    ['encoders', peer.encoders.join(', ') || (isHere(row) ? 'none that works' : null)],
    ['storage', peer.roots.join(', ') || (isHere(row) ? 'none that is shared' : null)],
    ['addresses', peer.addresses.join(', ') || 'none']
  ]
  const lines = [
    ` ${column('name', 10)}${style.paint('strong', clean(peer.name))}${peer.status === 'self' && state.watching === null ? ' (this machine)' : ''}`,
    ` ${column('state', 10)}${style.paint(shade, word)} (${peer.status}${gone === '' ? '' : `, ${gone}`})`,
    ...facts.flatMap(([name, value]) => (value === null ? [] : wrapped(name, value, width))),
    '',
    ruleLine('runs', width, style),
    ...(peer.running.length === 0
      ? ['  nothing']
      : peer.running.map(({ leaseId, kind, fps }) =>
          fitText(`  ${column(kind, 14)}${clean(leaseId)}  ${formatFps(fps)}${jobOf(state, leaseId)}`, width)
        ))
  ]
  return page(lines, overlay.top, body)
}

/** The file's name, where it is a job of this node. */
function jobOf(state: ScreenState, leaseId: string): string {
  const row = state.feed.jobs.get(leaseId.split('.')[0] ?? '')
  return row ? `  ${clean(row.job.source.split(/[\\/]/).at(-1) ?? '')}` : ''
}

const placeTitles = [
  ['lists', 'Everywhere'],
  ['everywhere', 'Screens'],
  ['jobs', 'Jobs'],
  ['chunks', 'Chunks'],
  ['peers', 'Peers']
] as const

const chunkMarks = [
  '█ done',
  'letter: the machine that encodes it',
  'v verifying',
  '2 a second copy runs',
  '! failed',
  'x canceled',
  '· to do (how many is a guess until it is cut)'
]

/** All keys and typed commands. */
export function helpPage(overlay: Of<'help'>, body: Body): string[] {
  const { width, style } = body
  const keys = placeTitles.flatMap(([place, title]) => [
    style.paint('strong', ` ${title}`),
    ...bindings
      .filter((binding) => binding.place === place)
      .flatMap(({ keys: some, help }) => hanging(`   ${column(some.join(' '), 12)}`, help, width)),
    ''
  ])
  const typed = lineCommands.flatMap(({ usage, help }) =>
    hanging(`   ${column(`:${usage}`, 30)}`, help, width)
  )
  const marks = flow(chunkMarks, width - 3).map((line) => `   ${line}`)
  return page(
    [
      ...keys,
      style.paint('strong', ' Typed commands'),
      ...typed,
      '',
      style.paint('strong', ' Chunks are drawn as'),
      ...marks
    ],
    overlay.top,
    body
  )
}

/** What was not queued, and why. */
export function refusedPage(overlay: Of<'refused'>, body: Body): string[] {
  const { width, style } = body
  const lines = overlay.lines.flatMap((line): string[] => {
    if (line.kind === 'exists') return [factLine('exists', `${line.source}: ${line.message}`, width)]
    if (line.kind === 'refused') {
      const why = line.error.hint ? `${line.error.message}. ${line.error.hint}` : line.error.message
      return wrapped('refused', why, width).map((text) => style.paint('bad', text))
    }
    return []
  })
  return page([` Not queued (${overlay.lines.length}):`, '', ...lines], overlay.top, body)
}
