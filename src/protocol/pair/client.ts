import { randomBytes } from 'node:crypto'
import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import { converse } from '../conversation.ts'
import { asProtocolError } from '../errors.ts'
import type { RosterData } from '../roster/index.ts'
import {
  challengeSchema,
  type Knock,
  pairDeadlineMs,
  pairFrameBytes,
  pairProtocolId,
  verdictSchema
} from './messages.ts'
import { proofOf, sameProof } from './proof.ts'

/** What the joiner brings along. */
export interface JoinerSide {
  self: PeerId
  inviter: PeerId
  token: Uint8Array
  name: string
  addresses: string[]
}

export type PairResult = { kind: 'welcome'; inviterName: string } | { kind: 'refused' }

/**
 * The joiner's side: proves the token to the inviter over `connection` and hands the roster to `adopt`, whose return
 * is told to the inviter. An inviter that cannot prove the token itself counts as a refusal.
 * Throws ProtocolError when the conversation breaks, and whatever `adopt` throws.
 */
export async function pairAsJoiner(
  connection: Connection,
  side: JoinerSide,
  adopt: (roster: RosterData, inviterName: string) => Promise<void>
): Promise<PairResult> {
  const signal = AbortSignal.timeout(pairDeadlineMs)
  const stream = await connection.newStream(pairProtocolId, { signal }).catch((error: unknown) => {
    throw asProtocolError(error, pairProtocolId)
  })
  let refusedRoster: { error: unknown } | null = null
  const talking = converse(
    stream,
    { name: pairProtocolId, maxFrameBytes: pairFrameBytes, signal },
    async (conversation): Promise<PairResult> => {
      const joinerNonce = randomBytes(32).toString('hex')
      const knock: Knock = { kind: 'knock', nonce: joinerNonce, name: side.name, addresses: side.addresses }
      conversation.write(knock)
      const { nonce: inviterNonce } = await conversation.read(challengeSchema)
      const context = { joiner: side.self, inviter: side.inviter, joinerNonce, inviterNonce }
      conversation.write({ kind: 'proof', mac: proofOf(side.token, 'joiner', context) })
      const verdict = await conversation.read(verdictSchema)
      if (verdict.kind === 'refused') return { kind: 'refused' }
      if (!sameProof(verdict.mac, proofOf(side.token, 'inviter', context))) return { kind: 'refused' }
      await adopt(verdict.roster, verdict.name).catch((error: unknown) => {
        refusedRoster = { error }
        throw error
      })
      conversation.write({ kind: 'joined' })
      return { kind: 'welcome', inviterName: verdict.name }
    }
  )
  return talking.catch((error: unknown) => {
    // What `adopt` threw is about this machine, not about the wire.
    throw refusedRoster ? refusedRoster.error : error
  })
}
