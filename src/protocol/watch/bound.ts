import type { ChunkMap, JobRow, NodeInfo, PeerRow, ScreenPart } from '../../model/index.ts'
import {
  maxAddresses,
  maxChunkPeers,
  maxChunkRuns,
  maxEncoders,
  maxEventChars,
  maxJobErrorChars,
  maxNameChars,
  maxPathChars,
  maxReasonChars,
  maxRoots,
  maxRunning,
  maxSideTasks,
  maxVersionChars,
  maxWarnings,
  maxWatchParts,
  watchBatchBytes
} from '../limits.ts'
import { cleanText } from '../schemas.ts'

// A cut may part a pair of surrogates, and JSON writes half of one in six bytes.
const cut = (text: string, maxChars: number): string => cleanText(text, maxChars).toWellFormed()
const cutOrNull = (text: string | null, maxChars: number): string | null =>
  text === null ? null : cut(text, maxChars)
const cutAll = (texts: readonly string[], most: number, maxChars: number): string[] =>
  texts.slice(0, most).map((text) => cut(text, maxChars))

/** The same part within what a watcher accepts: text is cut, the first of long lists stay. */
export function boundPart(part: ScreenPart): ScreenPart {
  switch (part.kind) {
    case 'node':
      return { kind: 'node', node: boundNode(part.node) }
    case 'job':
      return { kind: 'job', row: boundJob(part.row) }
    case 'peer':
      return { kind: 'peer', row: boundPeer(part.row) }
    case 'events':
      return {
        ...part,
        events: part.events.map((event) => ({ ...event, text: cut(event.text, maxEventChars) }))
      }
    default:
      return part
  }
}

const boundNode = (node: NodeInfo): NodeInfo => ({
  ...node,
  name: cut(node.name, maxNameChars),
  home: cut(node.home, maxPathChars),
  addresses: cutAll(node.addresses, maxAddresses, 255)
})

const boundJob = ({ job: { participants: _, ...job }, ...row }: JobRow): JobRow => ({
  ...row,
  job: {
    ...job,
    source: cut(job.source, maxPathChars),
    output: cut(job.output, maxPathChars),
    preset: cut(job.preset, 255),
    chosen: cutOrNull(job.chosen, maxReasonChars),
    error: cutOrNull(job.error, maxJobErrorChars),
    note: cutOrNull(job.note, maxReasonChars),
    warnings: cutAll(job.warnings, maxWarnings, maxReasonChars)
  }
})

const boundPeer = ({ peer, ...row }: PeerRow): PeerRow => ({
  ...row,
  peer: {
    ...peer,
    name: cut(peer.name, maxNameChars),
    reason: cutOrNull(peer.reason, maxReasonChars),
    version: cutOrNull(peer.version, maxVersionChars),
    ffmpegVersion: cutOrNull(peer.ffmpegVersion, maxVersionChars),
    encoders: peer.encoders.slice(0, maxEncoders),
    roots: peer.roots.slice(0, maxRoots),
    addresses: cutAll(peer.addresses, maxAddresses, 255),
    running: peer.running.slice(0, maxRunning)
  }
})

/** The same map within what a watcher accepts: of a job in more runs than that, the first. */
export function boundChunks(map: ChunkMap): ChunkMap {
  const peers = map.peers
    .slice(0, maxChunkPeers)
    .map(({ peerId, name }) => ({ peerId, name: cut(name, maxNameChars) }))
  const known = (peer: number | null): number | null => (peer !== null && peer < peers.length ? peer : null)
  return {
    ...map,
    peers,
    runs: map.runs.slice(0, maxChunkRuns).map((run) => ({ ...run, peer: known(run.peer) })),
    side: map.side.slice(0, maxSideTasks).map((task) => ({ ...task, peer: known(task.peer) }))
  }
}

/** Parts put together so that each list fits into a message. `parts` are bounded already. */
export function intoBatches(parts: readonly ScreenPart[]): ScreenPart[][] {
  const batches: ScreenPart[][] = []
  let sizeBytes = 0
  for (const part of parts) {
    const last = batches.at(-1)
    const isFull = !last || sizeBytes >= watchBatchBytes || last.length >= maxWatchParts
    if (isFull) {
      batches.push([part])
      sizeBytes = 0
    } else last.push(part)
    sizeBytes += Buffer.byteLength(JSON.stringify(part))
  }
  return batches
}
