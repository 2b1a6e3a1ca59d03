import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PeerId } from '../../../../src/model/index.ts'
import { hostPortOf, parseHostPort, plainAddress } from '../../../../src/node/mesh/address.ts'
import { MeshError } from '../../../../src/node/mesh/errors.ts'
import { encodeInvite, OpenInvites, parseInvite } from '../../../../src/node/mesh/invite.ts'
import { type PairContext, proofOf } from '../../../../src/protocol/index.ts'

const inviter = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8' as PeerId
const joiner = '12D3KooWGzQpyrHuNEioYqJAe97oGQ1x5gMT5Nu2mf8EnkzjJADb' as PeerId
const context: PairContext = { joiner, inviter, joinerNonce: 'a'.repeat(64), inviterNonce: 'b'.repeat(64) }
const addresses = ['/ip4/192.168.1.20/tcp/47470', '/ip6/fd00::1/tcp/47470', '/dns/tower.local/tcp/1']

test('an invite is one line without spaces and comes back whole, line breaks of copying included', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.integer({ min: 1, max: 60 }),
      (token, width) => {
        const line = encodeInvite({ inviter, token, addresses })
        expect(line).toMatch(/^proxima-invite:[\w-]+$/)
        const wrapped = line.replaceAll(new RegExp(`.{${width}}`, 'g'), '$&\n  ')
        const invite = parseInvite(` ${wrapped}\n`)
        expect({ ...invite, token: [...invite.token] }).toEqual({ inviter, token: [...token], addresses })
      }
    )
  )
})

test('anything else is refused as not an invite, and never crashes', () => {
  const line = encodeInvite({ inviter, token: new Uint8Array(16), addresses })
  for (const text of ['', 'hello', line.slice(0, -30), line.slice(1), `${line}x`.repeat(200)]) {
    expect(() => parseInvite(text)).toThrow(MeshError)
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const dressed = `proxima-invite:${Buffer.from(text).toString('base64url')}`
      expect(() => parseInvite(dressed)).toThrow(expect.objectContaining({ code: 'invite-malformed' }))
    })
  )
})

test('an invite without a usable address is refused', () => {
  const body = (hosts: string[]) =>
    `proxima-invite:${Buffer.from(JSON.stringify([1, inviter, 'A'.repeat(22), hosts])).toString('base64url')}`
  expect(parseInvite(body(['10.0.0.1:1'])).addresses).toEqual(['/ip4/10.0.0.1/tcp/1'])
  for (const hosts of [[], ['10.0.0.1'], ['-x:1'], ['10.0.0.1:99999'], ['a/b:1']]) {
    expect(() => parseInvite(body(hosts))).toThrow(MeshError)
  }
})

test('a token is good once and until it expires', () => {
  const invites = new OpenInvites()
  const token = invites.issue(0, 1_000)
  const proof = proofOf(token, 'joiner', context)
  expect(invites.redeem(proofOf(new Uint8Array(16), 'joiner', context), context, 1)).toBeNull()
  expect(invites.redeem(proof, context, 2)).toEqual(token)
  expect(invites.redeem(proof, context, 3)).toBeNull()
  const late = proofOf(invites.issue(0, 1_000), 'joiner', context)
  expect(invites.anyOpen(999)).toBe(true)
  expect(invites.redeem(late, context, 1_000)).toBeNull()
  expect(invites.anyOpen(1_000)).toBe(false)
})

test('several invites are open side by side, but not without end', () => {
  const invites = new OpenInvites()
  const tokens = Array.from({ length: 64 }, () => invites.issue(0, 1_000))
  expect(() => invites.issue(0, 1_000)).toThrow(expect.objectContaining({ code: 'too-many-invites' }))
  expect(invites.redeem(proofOf(tokens[40]!, 'joiner', context), context, 1)).toEqual(tokens[40])
  expect(invites.issue(1, 1_000)).toHaveLength(16)
  invites.clear()
  expect(invites.anyOpen(1)).toBe(false)
})

test('HOST:PORT is read for IPv4, IPv6 and names, and written back the same', () => {
  for (const text of ['10.0.0.1:47470', '[fd00::1]:1', 'tower:65535', 'a.b-c.example:80']) {
    expect(hostPortOf(parseHostPort(text)!)).toBe(text)
  }
  for (const text of ['10.0.0.1', '10.0.0.1:0', 'fd00::1:80', '[10.0.0.1]:1', 'x y:1', ':1', 'http://a:1']) {
    expect(parseHostPort(text)).toBeNull()
  }
})

test('only plain TCP addresses of a peer are ever dialled', () => {
  expect(plainAddress(`/ip4/10.0.0.1/tcp/1/p2p/${inviter}`)).toBe('/ip4/10.0.0.1/tcp/1')
  for (const text of [
    '/ip4/10.0.0.1/udp/1',
    '/ip4/10.0.0.1/tcp/1/ws',
    '/unix/tmp%2Fx',
    `/ip4/10.0.0.1/tcp/1/p2p/${inviter}/p2p-circuit`,
    '/ip4/10.0.0.1/tcp/0',
    'nonsense',
    '/ip4/999.0.0.1/tcp/1'
  ]) {
    expect(plainAddress(text)).toBeNull()
  }
})
