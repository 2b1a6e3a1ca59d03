import type { PeerId } from '../../model/index.ts'
import type { LibLine } from './lib-line.ts'
import { type Link, twinsText } from './links.ts'
import type { LinkState, MeshPeer } from './types.ts'

export interface PeerFacts {
  peerId: PeerId
  /** As the roster has it. */
  rosterName: string
  /** Whether this machine itself still is one. */
  isMember: boolean
  link: Link<LibLine> | null
  dialling: boolean
  lastError: string | null
  addresses: string[]
}

/** What a person and the node see of a member. */
export function peerView(facts: PeerFacts): MeshPeer {
  const { link } = facts
  const hello = link?.active?.hello ?? link?.hello ?? null
  const { state, reason } = stateOf(facts)
  const connected = link?.active?.line.connection.remoteAddr.toString()
  return {
    peerId: facts.peerId,
    name: link?.status?.name || hello?.name || facts.rosterName,
    state,
    reason,
    addresses: [
      ...new Set([...(connected ? [connected.replace(/\/p2p\/.*$/, '')] : []), ...facts.addresses])
    ],
    status: link?.status ?? null,
    version: link?.status?.version ?? hello?.version ?? null,
    ffmpegVersion: link?.status?.ffmpegVersion ?? hello?.ffmpegVersion ?? null,
    bootId: hello?.bootId ?? null
  }
}

function stateOf(facts: PeerFacts): { state: LinkState; reason: string | null } {
  const { link, dialling, lastError } = facts
  if (link?.active) {
    if (link.active.refusal !== null) return { state: 'incompatible', reason: link.active.refusal }
    if (link.suspect) return { state: 'suspect', reason: 'nothing was heard from it for a few seconds' }
    return { state: 'connected', reason: link.twins ? twinsText : null }
  }
  if (!facts.isMember) return { state: 'offline', reason: 'this machine was removed from its mesh' }
  if (link?.saidBye) return { state: 'offline', reason: 'it was stopped' }
  if (link?.lostBecause) return { state: 'lost', reason: link.lostBecause }
  if (dialling || (link && link.sessions.size > 0)) return { state: 'connecting', reason: lastError }
  return { state: 'offline', reason: lastError ?? 'it was not seen on the network yet' }
}
