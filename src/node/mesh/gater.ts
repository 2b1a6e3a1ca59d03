import type { ConnectionGater } from '@libp2p/interface'
import { isPeerId, type PeerId } from '../../model/index.ts'
import type { Logger } from '../../protocol/index.ts'

export interface GaterCollaborators {
  logger: Logger
  isMember: (peer: PeerId) => boolean
  /** Whether one more stranger may connect now: an invite is open and not too many are here. */
  mayAdmitStranger: () => boolean
  /** The inviter that this node is joining now, or null. */
  joining: () => PeerId | null
}

/** The same stranger is told of once in this time. */
const tellEveryMs = 60_000

/**
 * libp2p's allow-list: the roster. A stranger is let in only while an invite is open, and then meets no protocol but
 * `pair` (every handler asks again). An address without a peer id may be dialled: the handshake tells who is there.
 */
export function createGater(collaborators: GaterCollaborators): ConnectionGater {
  const { logger, isMember, mayAdmitStranger, joining } = collaborators
  const told = new Map<string, number>()
  const tell = (peer: string, message: string) => {
    const nowMs = performance.now()
    const lastMs = told.get(peer)
    if (lastMs !== undefined && nowMs - lastMs < tellEveryMs) return
    if (told.size > 200) told.clear()
    told.set(peer, nowMs)
    logger.warn({ peer }, message)
  }
  const mayDial = (peer: string): boolean => isPeerId(peer) && (isMember(peer) || joining() === peer)

  return {
    denyDialPeer: (peer) => !mayDial(peer.toString()),
    denyDialMultiaddr: (address) => {
      const peer = address.getComponents().findLast((component) => component.name === 'p2p')?.value
      return peer !== undefined && !mayDial(peer)
    },
    denyOutboundEncryptedConnection: (peer, connection) => {
      const id = peer.toString()
      if (mayDial(id)) return false
      tell(id, `the node at ${connection.remoteAddr} is not a member of this mesh: invite it first`)
      return true
    },
    denyInboundEncryptedConnection: (peer, connection) => {
      const id = peer.toString()
      if (isPeerId(id) && isMember(id)) return false
      if (mayAdmitStranger()) return false
      tell(id, `refused a connection from ${connection.remoteAddr}: it is not a member of this mesh`)
      return true
    }
  }
}
