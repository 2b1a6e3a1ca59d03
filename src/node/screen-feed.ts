import {
  type ChunkMap,
  isEnded,
  type JobId,
  type JobRecord,
  type JobView,
  type NodeInfo,
  type PeerId,
  type PeersView,
  type ScreenPart
} from '../model/index.ts'
import type { SchedulerState } from '../scheduler/index.ts'
import { chunkMap, goneMap } from './chunk-map.ts'
import type { Happenings } from './happenings.ts'
import { wait } from './job-watch.ts'
import { jobRow, PeerTallies, peerRow } from './screen-rows.ts'

/** Screens are told at most this often (DESIGN section 12: 4 Hz). */
const tellMs = 250

export interface ScreenFeedCollaborators {
  state: () => SchedulerState
  view: (job: JobRecord) => JobView
  peers: () => PeersView
  info: () => NodeInfo
  happenings: Happenings
  /** Ends every feed, when the node stops. */
  stopping: AbortSignal
}

/** Everything at first, then what changed, four times a second at most. Ends when the signal aborts. */
export async function* screenParts(
  signal: AbortSignal,
  feed: ScreenFeedCollaborators
): AsyncGenerator<ScreenPart> {
  const differ = new FeedDiffer(feed)
  const ended = AbortSignal.any([signal, feed.stopping])
  yield { kind: 'node', node: feed.info() }
  yield* differ.changes()
  yield { kind: 'synced' }
  while (!ended.aborted) {
    await wait(tellMs, ended)
    if (signal.aborted) return
    yield* differ.changes()
  }
}

/** What has changed since it was last asked. */
class FeedDiffer {
  readonly #feed: ScreenFeedCollaborators
  readonly #tallies = new PeerTallies()
  readonly #jobs = new Map<JobId, { record: JobRecord; text: string }>()
  readonly #peers = new Map<string, string>()
  #toldSeq = 0

  constructor(feed: ScreenFeedCollaborators) {
    this.#feed = feed
  }

  *changes(): Generator<ScreenPart> {
    yield* this.#changedJobs()
    yield* this.#changedPeers()
    const { happenings } = this.#feed
    for (const { block, events } of happenings.since(this.#toldSeq)) {
      yield { kind: 'events', block, events: [...events] }
    }
    this.#toldSeq = happenings.newest
  }

  *#changedJobs(): Generator<ScreenPart> {
    const state = this.#feed.state()
    for (const record of state.jobs.values()) {
      const before = this.#jobs.get(record.id)
      // An ended job's row follows from its record alone; a running one's progress does not.
      if (before?.record === record && isEnded(record.status)) continue
      const row = jobRow(state, record, this.#feed.view(record))
      const text = JSON.stringify(row)
      this.#jobs.set(record.id, { record, text })
      if (before?.text !== text) yield { kind: 'job', row }
    }
    for (const id of this.#jobs.keys()) {
      if (state.jobs.has(id)) continue
      this.#jobs.delete(id)
      yield { kind: 'job-gone', id }
    }
  }

  *#changedPeers(): Generator<ScreenPart> {
    const { self, peers } = this.#feed.peers()
    const tallies = this.#tallies.of(this.#feed.state().jobs.values())
    const here = new Set<string>()
    for (const peer of [self, ...peers]) {
      here.add(peer.peerId)
      const gone = peer.status === 'self' || peer.status === 'connected'
      const row = peerRow(
        peer,
        tallies.get(peer.peerId as PeerId),
        gone ? null : this.#feed.happenings.goneAt(peer.peerId)
      )
      const text = JSON.stringify(row)
      if (this.#peers.get(peer.peerId) === text) continue
      this.#peers.set(peer.peerId, text)
      yield { kind: 'peer', row }
    }
    for (const id of this.#peers.keys()) {
      if (here.has(id)) continue
      this.#peers.delete(id)
      yield { kind: 'peer-gone', id }
    }
  }
}

export interface ChunkFeedCollaborators {
  state: () => SchedulerState
  stopping: AbortSignal
}

/** A job's chunks at first, then whenever they look different. Ends with the job, or when the signal aborts. */
export async function* chunkMaps(
  jobId: JobId,
  signal: AbortSignal,
  { state, stopping }: ChunkFeedCollaborators
): AsyncGenerator<ChunkMap> {
  const ended = AbortSignal.any([signal, stopping])
  let told = ''
  for (;;) {
    const job = state().jobs.get(jobId)
    if (!job) {
      yield goneMap(jobId)
      return
    }
    const map = chunkMap(state(), job)
    const text = JSON.stringify(map)
    if (text !== told) yield map
    told = text
    if (ended.aborted) return
    await wait(tellMs, ended)
    if (signal.aborted) return
  }
}
