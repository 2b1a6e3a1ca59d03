import type { PeerView } from '../../model/index.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { nearest } from '../nearest.ts'
import { peerDetails, peersTable } from '../output/peers.ts'
import { withRunningNode } from './with-node.ts'

/** `peers`: this node and every member, and why one gets no work. */
export function listPeers(context: CommandContext): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const view = await client.call('peers', {})
    if (context.print.json) context.print.data(view)
    else context.print.lines(peersTable(view, context.print.width))
    return exitCodes.done
  })
}

/** `peer ID`: one of them, by its id, the end of its id, or its name. */
export function showPeer(context: CommandContext, which: string): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const { self, peers } = await client.call('peers', {})
    const peer = findPeer([self, ...peers], which)
    if (context.print.json) context.print.data(peer)
    else context.print.lines(peerDetails(peer))
    return exitCodes.done
  })
}

/** Throws CliError `no-such-peer`, with the exit status given, also when several are meant. */
export function findPeer(peers: readonly PeerView[], which: string, exitStatus: 1 | 2 = 1): PeerView {
  const exact = peers.filter((peer) => peer.peerId === which || peer.name === which)
  const found =
    exact.length > 0 ? exact : peers.filter((peer) => which.length >= 4 && peer.peerId.endsWith(which))
  if (found.length === 1 && found[0]) return found[0]
  if (found.length > 1) {
    throw new CliError('no-such-peer', `${found.length} peers are called ${which}`, {
      hint: 'Give the end of the id instead, see `proxima-node peers`',
      exitStatus
    })
  }
  const near = nearest(
    which,
    peers.map((peer) => peer.name)
  )
  throw new CliError('no-such-peer', `no peer ${which}`, {
    hint: near ? `Did you mean ${near}?` : 'See `proxima-node peers`',
    exitStatus
  })
}
