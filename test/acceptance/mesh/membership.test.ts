import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { noise } from '@chainsafe/libp2p-noise'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { encodeInvite, parseInvite } from '../../../src/node/mesh/invite.ts'
import { leaseProtocol, logProtocol, pairProtocolId, statusProtocol } from '../../../src/protocol/index.ts'
import { Bench, of, seenBy, type TestNode } from './harness.ts'

let bench: Bench
const strangers: Libp2p[] = []
const servers: Server[] = []
beforeEach(() => {
  bench = new Bench()
})
afterEach(async () => {
  await Promise.all(strangers.splice(0).map((stranger) => stranger.stop()))
  for (const server of servers.splice(0)) server.close()
  await bench.close()
})

/** A libp2p node of nobody's mesh. */
async function stranger(): Promise<Libp2p> {
  const host = await createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }
  })
  strangers.push(host)
  return host
}

const addressOf = (node: TestNode) => multiaddr(`/ip4/127.0.0.1/tcp/${node.port}/p2p/${node.mesh.self}`)

test('a stranger is not let in while no invite is open', async () => {
  const node = await bench.node('a')
  const other = await stranger()
  const talked = other.dial(addressOf(node)).then((connection) => connection.newStream(statusProtocol.id))
  await expect(talked).rejects.toThrow()
  await bench.until('the stranger is gone', () => other.getConnections().length === 0)
  await bench.until('it was told', () => node.logs.some((line) => line.includes('not a member of this mesh')))
})

test('a node of another mesh that dials in gets nothing, and neither appears at the other', async () => {
  const a = await bench.node('a')
  const b = await bench.node('b', { peers: [`127.0.0.1:${a.port}`] })
  await bench.until('b says why', () => b.logs.some((line) => line.includes('not a member')))
  expect([...a.mesh.peers(), ...b.mesh.peers()]).toEqual([])
  expect([...of(a, 'connected'), ...of(b, 'connected')]).toEqual([])
})

test('a stranger meets only the pairing protocol while an invite is open, and is soon dismissed', async () => {
  const node = await bench.node('a', { timings: { strangerMs: 600 } })
  await node.mesh.invite()
  const other = await stranger()
  const connection = await other.dial(addressOf(node))
  for (const id of ['/ipfs/id/1.0.0', '/ipfs/ping/1.0.0'])
    await expect(connection.newStream(id)).rejects.toThrow()
  for (const id of [statusProtocol.id, leaseProtocol.id, logProtocol.id]) {
    const stream = await connection.newStream(id)
    await bench.until(`${id} was reset`, () => stream.status === 'reset')
  }
  expect(Object.keys(node.mesh.faults()).filter((key) => key.endsWith('not-a-member'))).toHaveLength(3)
  const pair = await connection.newStream(pairProtocolId)
  expect(pair.status).toBe('open')
  pair.abort(new Error('changed my mind'))
  await bench.until('it was dismissed', () => connection.status !== 'open', 25_000)
})

test('no more than 8 strangers are there at once', async () => {
  const node = await bench.node('a')
  await node.mesh.invite()
  const dials = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const other = await stranger()
      return other.dial(addressOf(node)).catch(() => null)
    })
  )
  await bench.until('the surplus is gone', () => dials.filter((dial) => dial?.status === 'open').length <= 8)
  expect(dials.filter((dial) => dial?.status === 'open').length).toBeGreaterThan(0)
})

test('both ends of a pairing learn the other name and id, and an invite works once', async () => {
  const [a, b, c] = [await bench.node('tower'), await bench.node('laptop'), await bench.node('late')]
  const { invite, expiresAt } = await a.mesh.invite()
  expect(invite).toMatch(/^proxima-invite:[A-Za-z0-9_-]+$/)
  expect(expiresAt.getTime() - Date.now()).toBeGreaterThan(9.9 * 60_000)
  expect(await b.mesh.join(invite)).toEqual({
    meshId: a.mesh.meshId,
    inviterId: a.mesh.self,
    inviterName: 'tower'
  })
  expect(a.mesh.members().map((member) => member.name)).toEqual(['laptop', 'tower'])
  await bench.until('the inviter says who came', () =>
    a.logs.some((line) => line.includes(`laptop (…${b.mesh.self.slice(-6)}) joined`))
  )
  // Another invite is open, so that the used one is judged and not only kept out at the door.
  await a.mesh.invite()
  await expect(c.mesh.join(invite)).rejects.toMatchObject({ code: 'invite-refused' })
  expect(c.mesh.members()).toHaveLength(1)
  expect(a.mesh.members()).toHaveLength(2)
})

test('wrong, used and expired invites are refused with the same words', async () => {
  const [a, b, c] = [await bench.node('a'), await bench.node('b'), await bench.node('c')]
  const hasty = await bench.node('hasty', { timings: { inviteMs: 1 } })
  const used = (await a.mesh.invite()).invite
  await b.mesh.join(used)
  // With another one open, so that they are judged and not only kept out at the door.
  await a.mesh.invite()
  const wrong = encodeInvite({ ...parseInvite(used), token: Buffer.alloc(16, 7) })
  const expired = (await hasty.mesh.invite()).invite
  const said: string[] = []
  for (const line of [used, wrong, expired]) {
    await c.mesh.join(line).then(
      () => said.push('joined'),
      (error: Error) => said.push(error.message)
    )
  }
  expect(said).toHaveLength(3)
  expect(new Set(said).size).toBe(1)
  expect(said[0]).toContain('wrong, was used already, or has expired')
})

test('after 3 wrong tokens every further one is answered slowly', async () => {
  const [a, b] = [await bench.node('a'), await bench.node('b')]
  const good = (await a.mesh.invite()).invite
  const wrong = encodeInvite({ ...parseInvite(good), token: Buffer.alloc(16, 7) })
  const timeOf = async () => {
    const startMs = performance.now()
    await expect(b.mesh.join(wrong)).rejects.toMatchObject({ code: 'invite-refused' })
    return performance.now() - startMs
  }
  for (let i = 0; i < 3; i++) await timeOf()
  expect(await timeOf()).toBeGreaterThan(950)
  await b.mesh.join(good)
  expect(b.mesh.meshId).toBe(a.mesh.meshId)
})

test('a machine that shares a mesh with others does not leave it by accident', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  const c = await bench.node('c')
  const { invite } = await c.mesh.invite()
  const before = b!.mesh.meshId
  await expect(b!.mesh.join(invite)).rejects.toMatchObject({
    code: 'mesh-has-members',
    hint: expect.stringContaining('mesh create')
  })
  expect(b!.mesh.meshId).toBe(before)
  await expect(b!.mesh.join((await a!.mesh.invite()).invite)).rejects.toMatchObject({
    code: 'already-member'
  })
  await b!.mesh.create()
  expect(b!.mesh.members()).toHaveLength(1)
  await b!.mesh.join(invite)
  await bench.allMet([b!, c])
  await bench.until('a lost it', () => seenBy(a!, b!)?.state !== 'connected')
})

test('an invite of a machine that is off says that it cannot be reached', async () => {
  const [a, b] = [await bench.node('a'), await bench.node('b')]
  const { invite } = await a.mesh.invite()
  await a.mesh.stop()
  await expect(b.mesh.join(invite)).rejects.toMatchObject({
    code: 'inviter-unreachable',
    message: expect.stringContaining(`127.0.0.1:${a.port}`)
  })
})

test('a removed member is cut off at once everywhere and cannot come back with the same key', async () => {
  const [a, b, c] = await bench.meshOf('a', 'b', 'c')
  await bench.until('c is known to b', () => b!.mesh.members().length === 3)
  await bench.until('a is connected', () => a!.mesh.peers().every((peer) => peer.state === 'connected'))
  await a!.mesh.remove(c!.mesh.self)
  await bench.until('it is gone', () =>
    [a!, b!].every((node) => node.mesh.members().length === 2 && !seenBy(node, c!))
  )
  await bench.until('c is cut off', () => c!.mesh.peers().every((peer) => peer.state !== 'connected'))
  await bench.until('c knows', () => c!.logs.some((line) => line.includes('was removed from its mesh')))
  expect(c!.mesh.members().some((member) => member.self)).toBe(false)
  await bench.until('c says why', () =>
    c!.mesh.peers().every(({ reason }) => reason === 'this machine was removed from its mesh')
  )
  await c!.mesh.create()
  await expect(c!.mesh.join((await a!.mesh.invite()).invite)).rejects.toMatchObject({
    code: 'invite-refused'
  })
  expect(a!.mesh.members()).toHaveLength(2)
})

test('a member that leaves is gone everywhere at once, and comes back as a new machine', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  const c = await bench.node('c', { peers: [`127.0.0.1:${b!.port}`] })
  await c.mesh.join((await a!.mesh.invite()).invite)
  await bench.allMet([a!, b!, c])
  expect(await c.mesh.leave()).toEqual({ told: 2, others: 2 })
  await bench.until('it is gone', () =>
    [a!, b!].every((node) => node.mesh.members().length === 2 && !seenBy(node, c))
  )
  expect(c.logs.filter((line) => line.includes('was removed'))).toEqual([])
  const again = await bench.node('c', { home: c.home, peers: [`127.0.0.1:${b!.port}`] })
  expect(again.mesh.self).not.toBe(c.mesh.self)
  expect(again.mesh.members()).toHaveLength(1)
  await again.mesh.join((await a!.mesh.invite()).invite)
  await bench.allMet([a!, b!, again])
})

test('a machine that is away when another leaves hears of it from those that were not', async () => {
  const [a, b, c] = await bench.meshOf('a', 'b', 'c')
  await bench.until('all know each other', () =>
    [a!, b!, c!].every((node) => node.mesh.members().length === 3)
  )
  await bench.until('c is connected', () => seenBy(c!, a!)?.state === 'connected')
  await b!.mesh.stop()
  expect(await c!.mesh.leave()).toEqual({ told: 1, others: 2 })
  const again = await bench.node('b', { home: b!.home, peers: [`127.0.0.1:${a!.port}`] })
  await bench.until('b heard of it', () => again.mesh.members().length === 2)
})

test('a machine that is alone has no mesh to leave, and none removes itself', async () => {
  const a = await bench.node('a')
  await expect(a.mesh.leave()).rejects.toMatchObject({ code: 'alone' })
  await expect(a.mesh.remove(a.mesh.self)).rejects.toMatchObject({ code: 'unknown-peer' })
  expect(a.mesh.members()).toHaveLength(1)
})

test('a machine that lost its roster is invited in again with its old key', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  await b!.mesh.stop()
  await rm(join(b!.home, 'roster.json'))
  const again = await bench.node('b', { home: b!.home })
  expect(again.mesh.self).toBe(b!.mesh.self)
  expect(again.mesh.meshId).not.toBe(a!.mesh.meshId)
  const { invite } = await a!.mesh.invite()
  expect(await again.mesh.join(invite)).toMatchObject({ meshId: a!.mesh.meshId, inviterName: 'a' })
  await bench.allMet([a!, again])
  expect(a!.mesh.members()).toHaveLength(2)
})

test('a machine that left comes back to the mesh that still knows it', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  const c = await bench.node('c', { peers: [`127.0.0.1:${b!.port}`] })
  await c.mesh.join((await a!.mesh.invite()).invite)
  await bench.allMet([a!, b!, c])
  await c.mesh.create()
  // Of a member that did not invite it the first time.
  await c.mesh.join((await b!.mesh.invite()).invite)
  await bench.allMet([a!, b!, c])
})

test('a member with a wrong invite is refused like a stranger', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await b!.mesh.create()
  const { invite } = await a!.mesh.invite()
  const wrong = encodeInvite({ ...parseInvite(invite), token: Buffer.alloc(16, 7) })
  await expect(b!.mesh.join(wrong)).rejects.toMatchObject({ code: 'invite-refused' })
  expect(a!.logs.some((line) => line.includes('wrong, used or expired invite'))).toBe(true)
  await b!.mesh.join(invite)
  await bench.allMet([a!, b!])
})

test('the identity is kept private, and a damaged one is not replaced', async () => {
  const a = await bench.node('a')
  await a.mesh.stop()
  const path = join(a.home, 'identity.key')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const key = await readFile(path, 'utf8')
  await writeFile(path, key.slice(0, 20))
  await expect(bench.node('a', { home: a.home })).rejects.toMatchObject({
    code: 'identity-unreadable',
    message: expect.stringContaining(path)
  })
  expect(await readFile(path, 'utf8')).toBe(key.slice(0, 20))
})

test('a damaged roster stops the start with a clear error', async () => {
  const a = await bench.node('a')
  await a.mesh.stop()
  const path = join(a.home, 'roster.json')
  const roster = JSON.parse(await readFile(path, 'utf8'))
  for (const text of [
    '{',
    '{}',
    JSON.stringify({ ...roster, founder: '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8' })
  ]) {
    await writeFile(path, text)
    await expect(bench.node('a', { home: a.home })).rejects.toMatchObject({ code: 'roster-unreadable' })
  }
})

test('a port that was asked for must be free; another one is replaced', async () => {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = (server.address() as { port: number }).port
  await expect(
    bench.node('a', { listen: { host: '127.0.0.1', port, explicit: true } })
  ).rejects.toMatchObject({
    code: 'port-taken',
    message: expect.stringContaining(String(port))
  })
  const b = await bench.node('b', { listen: { host: '127.0.0.1', port, explicit: false } })
  expect(b.port).not.toBe(port)
  expect(b.port).toBeGreaterThan(0)
  await expect(
    bench.node('c', { listen: { host: '203.0.113.7', port: 0, explicit: false } })
  ).rejects.toMatchObject({ code: 'address-unavailable' })
})
