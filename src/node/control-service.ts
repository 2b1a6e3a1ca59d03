import type { Ledger } from '../ledger/index.ts'
import type { JobId, JobKind, JobRecord, JobView, NodeInfo, NodeStatus, PeerId } from '../model/index.ts'
import type { Event, SchedulerState } from '../scheduler/index.ts'
import { actOnJobs, prioritizeJobs, unblockPeers } from './act-service.ts'
import type { ControlHandlers } from './control/index.ts'
import { checkNode } from './doctor.ts'
import { NodeError } from './errors.ts'
import type { Fellows } from './fellows.ts'
import { findJob } from './find-job.ts'
import type { Home } from './home.ts'
import { watchJobs } from './job-watch.ts'
import { readLog } from './log-service.ts'
import type { MediaDesk } from './media-desk.ts'
import type { Mesh } from './mesh/index.ts'
import type { Participants } from './participants.ts'
import { peersView } from './peer-views.ts'
import { planSources } from './plan-service.ts'
import { queueSources } from './queue-service.ts'
import type { ResolveDesk } from './resolve/index.ts'
import { refuseInUse } from './root-in-use.ts'
import { chunkMaps, type ScreenFeedCollaborators, screenParts } from './screen-feed.ts'
import type { NodeStorage } from './storage/index.ts'
import type { TaskLogs } from './task-logs.ts'
import { blockedPeers, jobWithTasks, linkView } from './views.ts'
import type { WatchFolders } from './watch-folders/index.ts'

export interface ControlCollaborators {
  kind: JobKind
  desk: MediaDesk
  storage: NodeStorage
  ledger: Ledger
  mesh: Mesh
  logs: TaskLogs
  resolve: ResolveDesk
  home: Home
  state: () => SchedulerState
  turn: (event: Event) => void
  view: (job: JobRecord) => JobView
  status: () => NodeStatus
  info: () => NodeInfo
  participants: Participants
  /** What this node's screens are told of. */
  feed: ScreenFeedCollaborators
  fellows: Fellows
  watches: WatchFolders
  /** What this node says of itself from now on, at a person's wish. */
  setSelf: (change: { state?: 'awake' | 'draining'; slots?: number }) => void
  /** Looks at roots and encoders again now. */
  look: () => Promise<void>
  stopping: AbortSignal
  onError: (error: unknown, what: string) => void
  stop: () => void
}

const logTimeoutMs = 10_000

/** What the node does for its commands: a thin layer that knows no flags and no terminals. */
export function createControlHandlers(node: ControlCollaborators): ControlHandlers {
  const { kind, desk, storage, ledger, mesh, logs, state, turn, view, info } = node
  const refuseWhileStopping = (): void => {
    if (node.stopping.aborted) throw new NodeError('stopping', 'the node is stopping', { exitStatus: 3 })
  }
  return {
    info: async () => info(),
    queue: async (params) => {
      refuseWhileStopping()
      const participants = (jobId: JobId) => node.participants.ofQueued(jobId)
      return queueSources(params, { kind, state, turn, view, participants, onError: node.onError })
    },
    plan: (params, signal) =>
      planSources(params, AbortSignal.any([node.stopping, ...(signal ? [signal] : [])]), {
        kind,
        state,
        participants: node.participants
      }),
    jobs: async () => ({ jobs: [...state().jobs.values()].map(view) }),
    job: async ({ id }) => {
      const job = findJob(state().jobs, id)
      return {
        ...jobWithTasks(state(), job, ledger),
        participants: node.participants.now(job),
        link: linkView(ledger.linkOf(job.id))
      }
    },
    log: async ({ id, task }) =>
      readLog(findJob(state().jobs, id), task, {
        self: mesh.self,
        readOwn: (leaseId) => logs.read(leaseId),
        readPeer: (peer, leaseId) => mesh.requestLog(peer, leaseId, AbortSignal.timeout(logTimeoutMs))
      }),
    peers: async () =>
      peersView(node.status(), [...mesh.addresses], mesh.peers(), (peerId) =>
        node.participants.whyNoWork(peerId)
      ),
    act: async ({ action, ids }) => {
      refuseWhileStopping()
      return actOnJobs(action, ids, { state, turn })
    },
    unblock: async ({ id, peer }) => {
      refuseWhileStopping()
      return unblockPeers(id, peer, { state, turn, blocked: (job) => blockedPeers(job, ledger) })
    },
    priority: async ({ ids, priority }) => {
      refuseWhileStopping()
      return prioritizeJobs(priority, ids, { state, turn })
    },
    share: async ({ path, name }) => {
      const root = await storage.share(path, name)
      await node.look()
      return root
    },
    roots: async () => ({ roots: await storage.roots() }),
    unshare: async ({ root }) => {
      const taken = await storage.unshare(root, (entry) => refuseInUse(entry, state().jobs, state().holds))
      await node.look()
      return taken
    },
    meshCreate: ({ name }) => mesh.create(name),
    meshInvite: async () => {
      const { invite, expiresAt } = await mesh.invite()
      return { invite, expiresAt: expiresAt.toISOString() }
    },
    meshJoin: ({ invite }) => mesh.join(invite),
    meshList: async () => ({ meshId: mesh.meshId, members: mesh.members() }),
    meshRemove: async ({ peer }) => {
      const name = mesh.members().find(({ peerId }) => peerId === peer)?.name ?? peer
      await mesh.remove(peer as PeerId)
      return { peerId: peer, name }
    },
    meshLeave: async () => {
      refuseWhileStopping()
      const heard = await mesh.leave()
      node.stop()
      return heard
    },
    doctor: async () => ({
      checks: await checkNode({
        desk,
        storage,
        ledger,
        mesh,
        home: node.home,
        status: node.status(),
        editing: () => node.resolve.check()
      })
    }),
    backUpLedger: async ({ path }) => ({ path, sizeBytes: await ledger.backUp(path) }),
    presets: async () => ({ presets: await desk.presets() }),
    preset: ({ name, forFile }) => desk.preset(name, forFile),
    drain: async ({ on }) => {
      node.setSelf({ state: on ? 'draining' : 'awake' })
      return peersView(node.status(), [...mesh.addresses], []).self
    },
    slots: async ({ total }) => {
      node.setSelf({ slots: total })
      return peersView(node.status(), [...mesh.addresses], []).self
    },
    watches: async () => ({ watches: node.watches.views() }),
    watchFolder: (params) => {
      refuseWhileStopping()
      return node.watches.watch(params)
    },
    unwatchFolder: ({ watch }) => node.watches.unwatch(watch),
    steer: ({ peer, order }) => node.fellows.steer(peer, order),
    link: async (params) => {
      refuseWhileStopping()
      return node.resolve.link(params)
    },
    stop: async () => {
      node.stop()
      return {}
    },
    watchJobs: ({ ids }, signal) => watchJobs(ids, signal, { state, view, stopping: node.stopping }),
    screen: (_, signal) => screenParts(signal, node.feed),
    chunks: ({ id }, signal) => chunkMaps(findJob(state().jobs, id).id, signal, node.feed),
    peerScreen: ({ peer }, signal) => node.fellows.screen(peer, signal),
    peerChunks: ({ peer, id }, signal) => node.fellows.chunks(peer, id, signal)
  }
}
