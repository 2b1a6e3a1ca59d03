import { setTimeout as delay } from 'node:timers/promises'
import type { PeerView } from '../../model/index.ts'
import type { ControlClient } from '../../node/control/connect.ts'
import { CliError } from '../errors.ts'
import { findPeer } from './peers.ts'

const lookMs = 250

/**
 * The member that a person means by its name, its id or the end of it, or this machine. One that is away is waited for
 * at most `waitMs`: a node that was just started has to meet the others first.
 * @throws CliError `no-such-peer` (status 2), `peer-away` (status 3)
 */
export async function connectedPeer(client: ControlClient, which: string, waitMs = 0): Promise<PeerView> {
  const deadline = performance.now() + waitMs
  for (;;) {
    const { self, peers } = await client.call('peers', {})
    const peer = findPeer([self, ...peers], which, 2)
    if (peer.status === 'self' || peer.status === 'connected' || peer.status === 'suspect') return peer
    if (performance.now() >= deadline || peer.status === 'incompatible') throw away(peer)
    await delay(lookMs)
  }
}

function away({ name, status, reason }: PeerView): CliError {
  const because = reason === null ? '' : `: ${reason}`
  return status === 'incompatible'
    ? new CliError('peer-away', `${name} does not fit this machine${because}`, { exitStatus: 3 })
    : new CliError('peer-away', `${name} is not connected${because}`, {
        hint: `Is it switched on, and does its node run there? \`proxima-node peer ${name}\` tells more`,
        exitStatus: 3
      })
}
