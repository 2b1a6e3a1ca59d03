import {
  type ChunkMap,
  isJobId,
  type NodeStatus,
  type PeerId,
  type PeerView,
  type ScreenPart,
  type SteerOrder
} from '../model/index.ts'
import { NodeError } from './errors.ts'
import type { Mesh, MeshPeer } from './mesh/index.ts'
import { peersView } from './peer-views.ts'

export interface FellowsCollaborators {
  mesh: Pick<Mesh, 'peers' | 'watch' | 'steer'>
  status: () => NodeStatus
  whyNoWork: (peerId: PeerId) => string | null
  /** Ends every look, when the node stops. */
  stopping: AbortSignal
}

/** What this machine's commands and screens want of another member's node. */
export class Fellows {
  readonly #with: FellowsCollaborators

  constructor(collaborators: FellowsCollaborators) {
    this.#with = collaborators
  }

  /**
   * Tells it how much work to take; what `peers` says of it then.
   * @throws NodeError `unknown-peer`; MeshError `peer-unreachable`, `peer-refused`
   */
  async steer(peer: string, order: SteerOrder): Promise<PeerView> {
    const { mesh, status, whyNoWork } = this.#with
    const { peerId } = this.#member(peer)
    const answered = await mesh.steer(peerId, order)
    const [view] = peersView(status(), [], [{ ...this.#member(peer), status: answered }], whyNoWork).peers
    return view as PeerView
  }

  /** What its screen shows. @throws as `steer` */
  async *screen(peer: string, signal: AbortSignal): AsyncGenerator<ScreenPart> {
    const { mesh, stopping } = this.#with
    const ended = AbortSignal.any([signal, stopping])
    for await (const news of mesh.watch(this.#member(peer).peerId, { what: 'screen' }, ended)) {
      if (news.kind === 'parts') yield* news.parts
    }
  }

  /** The chunks of one of its jobs. @throws as `steer`; NodeError `unknown-job` */
  async *chunks(peer: string, jobId: string, signal: AbortSignal): AsyncGenerator<ChunkMap> {
    const { mesh, stopping } = this.#with
    if (!isJobId(jobId)) {
      throw new NodeError('unknown-job', `${jobId} is not the whole id of a job`, { exitStatus: 2 })
    }
    const ended = AbortSignal.any([signal, stopping])
    for await (const news of mesh.watch(this.#member(peer).peerId, { what: 'chunks', jobId }, ended)) {
      if (news.kind === 'chunks') yield news.map
    }
  }

  #member(peer: string): MeshPeer {
    const found = this.#with.mesh.peers().find(({ peerId }) => peerId === peer)
    if (found) return found
    throw new NodeError('unknown-peer', `${peer} is not another member of this mesh`, {
      hint: 'See `proxima-node peers`',
      exitStatus: 2
    })
  }
}
