import { randomBytes } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import { converse } from '../conversation.ts'
import type { RosterData } from '../roster/index.ts'
import {
  joinedSchema,
  type Knock,
  knockSchema,
  pairDeadlineMs,
  pairFrameBytes,
  pairProtocolId,
  proofSchema
} from './messages.ts'
import { type PairContext, proofOf } from './proof.ts'

export interface InviterHandlers {
  self: PeerId
  name: string
  /** Resolves when the attempt may be judged: at once, or later after many wrong ones. */
  mayJudge(): Promise<void>
  /** Consumes the open invite whose token makes this proof; null when there is none (wrong, used or expired). */
  redeem(proof: string, context: PairContext): { token: Uint8Array } | null
  /** Makes the joiner a member; null when that cannot be (its key was removed for good). */
  admit(joiner: PeerId, knock: Knock): Promise<RosterData | null>
}

/**
 * The inviter's side of a pairing on an inbound stream. Returns the joiner's introduction once it has written the
 * roster down, or null when it was refused. Throws ProtocolError when the conversation breaks.
 */
export async function pairAsInviter(
  stream: Stream,
  joiner: PeerId,
  handlers: InviterHandlers
): Promise<Knock | null> {
  const settings = {
    name: pairProtocolId,
    maxFrameBytes: pairFrameBytes,
    signal: AbortSignal.timeout(pairDeadlineMs)
  }
  return converse(stream, settings, async (conversation) => {
    const knock = await conversation.read(knockSchema)
    const inviterNonce = randomBytes(32).toString('hex')
    conversation.write({ kind: 'challenge', nonce: inviterNonce })
    const { mac } = await conversation.read(proofSchema)
    await handlers.mayJudge()
    const context = { joiner, inviter: handlers.self, joinerNonce: knock.nonce, inviterNonce }
    const redeemed = handlers.redeem(mac, context)
    const roster = redeemed ? await handlers.admit(joiner, knock) : null
    if (!redeemed || !roster) {
      conversation.write({ kind: 'refused' })
      // The joiner hangs up once it has read this; ending first could lose it.
      await conversation.end()
      return null
    }
    const proof = proofOf(redeemed.token, 'inviter', context)
    conversation.write({ kind: 'welcome', mac: proof, name: handlers.name, roster })
    await conversation.read(joinedSchema)
    return knock
  })
}
