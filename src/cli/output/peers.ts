import type { PeersView, PeerView, RootView } from '../../model/index.ts'
import { clean, formatFps, shortPeerId } from './format.ts'
import { type Column, renderTable } from './table.ts'

const columns: readonly Column[] = [
  { title: 'NAME', shrink: 'end' },
  { title: 'ID' },
  { title: 'STATUS' },
  { title: 'STATE' },
  { title: 'SLOTS', align: 'right' },
  { title: 'CORES', align: 'right' },
  { title: 'FPS', align: 'right' },
  { title: 'VERSION' },
  { title: 'FFMPEG', shrink: 'end' },
  { title: 'WHY', shrink: 'end' }
]

/** The listing of `peers`: this node first. */
export function peersTable({ self, peers }: PeersView, width: number | null): string[] {
  const lines = renderTable(columns, [self, ...peers].map(peerRow), width)
  if (peers.length === 0)
    lines.push('', 'No other members yet. Let a machine in with `proxima-node mesh invite`.')
  return lines
}

/** Whether a machine says something of itself now; of one that is away nothing is claimed. */
const isKnown = ({ state }: PeerView): boolean => state !== null

function peerRow(peer: PeerView): string[] {
  const fps = peer.running.reduce((sum, task) => sum + task.fps, 0)
  return [
    peer.name,
    shortPeerId(peer.peerId),
    peer.status,
    peer.state ?? '',
    isKnown(peer) ? `${peer.slots.busy}/${peer.slots.total}` : '',
    peer.cores === null ? '' : String(peer.cores),
    formatFps(fps).replace(' fps', ''),
    peer.version ?? '',
    peer.ffmpegVersion ?? '',
    peer.reason ?? ''
  ]
}

/** What `peer ID` prints. */
export function peerDetails(peer: PeerView): string[] {
  const facts: [string, string | null][] = [
    ['name', peer.name],
    ['id', peer.peerId],
    ['status', peer.reason === null ? peer.status : `${peer.status}: ${peer.reason}`],
    ['state', peer.state],
    ['version', peer.version],
    ['ffmpeg', peer.ffmpegVersion],
    ['encoders', peer.encoders.join(', ') || (isKnown(peer) ? 'none tried successfully' : null)],
    ['slots', isKnown(peer) ? `${peer.slots.busy} of ${peer.slots.total} busy` : null],
    ['cores', peer.cores === null ? null : String(peer.cores)],
    ['roots', peer.roots.join(', ') || (isKnown(peer) ? 'none' : null)],
    ['addresses', peer.addresses.join(', ') || 'none']
  ]
  const lines = facts.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(9)} ${clean(value)}`]
  )
  const running = peer.running.map((task) =>
    `runs      ${clean(`${task.kind} ${task.leaseId}  ${formatFps(task.fps)}`)}`.trimEnd()
  )
  return [...lines, ...running]
}

/** The listing of `roots`. */
export function rootsTable(roots: readonly RootView[], width: number | null): string[] {
  if (roots.length === 0) return ['No shared storage declared. Declare some with `proxima-node share PATH`.']
  const rows = roots.map((root) => [
    root.name,
    root.id,
    root.path,
    root.visible ? 'yes' : 'no',
    root.reason ?? ''
  ])
  return renderTable(
    [
      { title: 'NAME', shrink: 'end' },
      { title: 'ID' },
      { title: 'PATH', shrink: 'middle' },
      { title: 'VISIBLE' },
      { title: 'WHY', shrink: 'end' }
    ],
    rows,
    width
  )
}
