import { isEnded, type JobView, type NodeInfo, type PeersView, type PeerView } from '../../model/index.ts'
import { renderBars, summaryLine, type ViewSize, type ViewStyle } from './bars.ts'
import { baseName, clean, count, fitText, formatFps, shortPeerId } from './format.ts'
import { shadeOf } from './jobs.ts'

export interface StatusSnapshot {
  info: NodeInfo
  peers: PeersView
  jobs: readonly JobView[]
}

const maxEnded = 5

/** The plain status view: this node, its peers, its jobs. Pure; fits the size as `renderBars` does. */
export function renderStatus(
  { info, peers, jobs }: StatusSnapshot,
  size: ViewSize,
  style: ViewStyle
): string[] {
  const columns = Math.max(1, size.columns - 1)
  const room = Math.max(1, size.rows - 1)
  const connected = peers.peers.filter((peer) => peer.status === 'connected').length
  const head = [
    `proxima-node ${info.version}  ${clean(info.name)} (…${shortPeerId(info.peerId)})  ${connected} of ${count(peers.peers.length, 'peer')} connected`
  ]
  const peerLines = [peers.self, ...peers.peers].map((peer) => peerLine(peer))
  const open = jobs.filter((job) => !isEnded(job.status))
  const ended = jobs.filter((job) => isEnded(job.status)).slice(-maxEnded)
  const foot = ['Ctrl-C leaves']
  const free = room - head.length - foot.length - 2
  const shownPeers = peerLines.slice(0, Math.max(1, Math.floor(free / 3)))
  const barRows = Math.max(2, free - shownPeers.length - ended.length + 1)
  const bars =
    open.length > 0
      ? renderBars(open, { columns: size.columns, rows: barRows }, style)
      : [fitText(idleLine(jobs), columns)]
  const endedLines = ended.map((job) => {
    const text = `${job.status.padEnd(9)}  ${baseName(job.source)}${job.error ? `: ${job.error}` : ''}`
    return style.paint(shadeOf(job.status), fitText(clean(text), columns))
  })
  const plain = (lines: string[]) => lines.map((line) => fitText(line, columns))
  const body = [...plain(head), '', ...plain(shownPeers), '', ...endedLines, ...bars]
  return [...body.slice(0, Math.max(1, room - foot.length)), ...plain(foot)].slice(0, room)
}

const idleLine = (jobs: readonly JobView[]): string =>
  jobs.length === 0
    ? 'No jobs. Queue some in another terminal: proxima-node queue FILE --preset NAME'
    : summaryLine(jobs)

function peerLine(peer: PeerView): string {
  const fps = peer.running.reduce((sum, task) => sum + task.fps, 0)
  const parts = [
    clean(peer.name).padEnd(16),
    peer.status.padEnd(12),
    `${peer.slots.busy}/${peer.slots.total}`,
    formatFps(fps),
    peer.reason ?? ''
  ]
  return clean(parts.filter((part) => part !== '').join('  ')).trimEnd()
}
