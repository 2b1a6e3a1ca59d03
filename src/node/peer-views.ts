import type { NodeStatus, PeerId, PeersView, PeerView } from '../model/index.ts'
import type { MeshPeer } from './mesh/index.ts'

const runningOf = (status: NodeStatus | null): PeerView['running'] =>
  (status?.running ?? []).map(({ leaseId, kind, progress }) => ({ leaseId, kind, fps: progress.fps }))

/**
 * `peers`: this node, and every other member as far as it is known.
 * @param whyNoWork why a connected peer gets nothing of the jobs that are here, in words for a person
 */
export function peersView(
  self: NodeStatus,
  addresses: string[],
  peers: readonly MeshPeer[],
  whyNoWork: (peerId: PeerId) => string | null = () => null
): PeersView {
  return {
    self: {
      peerId: self.peerId,
      name: self.name,
      status: 'self',
      state: self.state,
      reason: self.reason,
      version: self.version,
      ffmpegVersion: self.ffmpegVersion,
      encoders: [...self.encoders],
      slots: self.slots,
      roots: [...self.roots],
      cores: self.cores,
      addresses,
      running: runningOf(self)
    },
    peers: peers.map(
      ({ peerId, name, state, reason, addresses, status, version, ffmpegVersion }): PeerView => ({
        peerId,
        name,
        status: state,
        state: status?.state ?? null,
        reason: reason ?? status?.reason ?? whyNoWork(peerId),
        version,
        ffmpegVersion: status?.ffmpegVersion ?? ffmpegVersion,
        encoders: [...(status?.encoders ?? [])],
        slots: status?.slots ?? { total: 0, busy: 0 },
        roots: [...(status?.roots ?? [])],
        cores: status?.cores ?? null,
        addresses,
        running: runningOf(status)
      })
    )
  }
}
