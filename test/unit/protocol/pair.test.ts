import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PeerId } from '../../../src/model/index.ts'
import { type PairContext, proofOf, sameProof } from '../../../src/protocol/pair/proof.ts'

const context: PairContext = {
  joiner: '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8' as PeerId,
  inviter: '12D3KooWGzQpyrHuNEioYqJAe97oGQ1x5gMT5Nu2mf8EnkzjJADb' as PeerId,
  joinerNonce: 'a'.repeat(64),
  inviterNonce: 'b'.repeat(64)
}
const token = new Uint8Array(16).fill(1)

test('a proof is good for its token, its side, its two ends and its conversation only', () => {
  const proof = proofOf(token, 'joiner', context)
  expect(sameProof(proof, proofOf(token, 'joiner', context))).toBe(true)
  const others = [
    proofOf(new Uint8Array(16).fill(2), 'joiner', context),
    proofOf(token, 'inviter', context),
    proofOf(token, 'joiner', { ...context, joiner: context.inviter }),
    proofOf(token, 'joiner', { ...context, inviter: context.joiner }),
    proofOf(token, 'joiner', { ...context, joinerNonce: 'c'.repeat(64) }),
    proofOf(token, 'joiner', { ...context, inviterNonce: 'c'.repeat(64) })
  ]
  for (const other of others) expect(sameProof(proof, other)).toBe(false)
})

test('comparing never throws, whatever the other end calls a proof', () => {
  const proof = proofOf(token, 'joiner', context)
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(sameProof(proof, text)).toBe(false)
    })
  )
})
