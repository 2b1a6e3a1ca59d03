import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PeerId } from '../../model/index.ts'

/** The two ends of a pairing and their nonces: a proof is good for this conversation only. */
export interface PairContext {
  joiner: PeerId
  inviter: PeerId
  joinerNonce: string
  inviterNonce: string
}

/**
 * HMAC-SHA256 under the token over who proves it, both peer ids (which noise has authenticated) and both nonces:
 * it cannot be replayed, reflected, or passed on over another connection.
 */
export function proofOf(token: Uint8Array, side: 'joiner' | 'inviter', context: PairContext): string {
  const { joiner, inviter, joinerNonce, inviterNonce } = context
  return createHmac('sha256', token)
    .update(JSON.stringify(['proxima-pair/1', side, joiner, inviter, joinerNonce, inviterNonce]))
    .digest('hex')
}

/** Compares in constant time. */
export function sameProof(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')]
  return left.length === right.length && timingSafeEqual(left, right)
}
