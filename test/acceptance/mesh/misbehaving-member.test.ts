import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { noise } from '@chainsafe/libp2p-noise'
import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import type { Connection } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import * as lp from 'it-length-prefixed'
import { createLibp2p, type Libp2p } from 'libp2p'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  ask,
  type Hello,
  helloProtocol,
  rosterProtocol,
  statusProtocol
} from '../../../src/protocol/index.ts'
import { Bench, of, seenBy, type TestNode } from './harness.ts'

let bench: Bench
let host: Libp2p | null = null
beforeEach(() => {
  bench = new Bench()
})
afterEach(async () => {
  await host?.stop()
  host = null
  await bench.close()
})

/** An honest node, and a connection to it by a program of ours that holds a member's key. */
async function imposter(): Promise<{
  node: TestNode
  member: TestNode
  connection: Connection
  hello: Hello
}> {
  const [node, member] = await bench.meshOf('honest', 'imposter')
  await bench.allMet([node!, member!])
  await member!.mesh.stop()
  const key = await readFile(join(member!.home, 'identity.key'), 'utf8')
  host = await createLibp2p({
    privateKey: privateKeyFromProtobuf(Buffer.from(key, 'base64')),
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false }
  })
  const connection = await host.dial(multiaddr(`/ip4/127.0.0.1/tcp/${node!.port}/p2p/${node!.mesh.self}`))
  const hello: Hello = {
    protocol: 1,
    meshId: node!.mesh.meshId,
    name: 'imposter\u001b[2J',
    version: '0.1.0',
    ffmpegVersion: null,
    bootId: 'x',
    agreement: '0.1',
    rosterDigest: 'f'.repeat(64),
    addresses: []
  }
  return { node: node!, member: member!, connection, hello }
}

const frame = (text: string) => lp.encode.single(new TextEncoder().encode(text))

test('garbage, oversized and ill-shaped messages close their stream, are counted, and hurt nothing else', async () => {
  const { node, connection, hello } = await imposter()
  await ask(helloProtocol, connection, hello)
  for (const [reason, bytes] of [
    ['malformed-message', frame('{"kind":"status","status":{}}')],
    ['malformed-message', frame('not json')],
    ['oversized-frame', lp.encode.single(new Uint8Array(65 * 1024))]
  ] as const) {
    const before = node.mesh.faults()[`${statusProtocol.id} ${reason}`] ?? 0
    const stream = await connection.newStream(statusProtocol.id)
    stream.send(bytes)
    await bench.until('the stream is reset', () => stream.status === 'reset')
    expect(node.mesh.faults()[`${statusProtocol.id} ${reason}`]).toBe(before + 1)
  }
  expect(connection.status).toBe('open')
  expect(of(node, 'status').filter(({ status }) => status.name.startsWith('imposter\u001b'))).toEqual([])
})

test('streams before the hello are refused', async () => {
  const { connection } = await imposter()
  const stream = await connection.newStream(statusProtocol.id)
  await bench.until('the stream is reset', () => stream.status === 'reset')
})

test('a hello that is not one is counted, and without a good one the connection is closed', async () => {
  const { node, connection, hello } = await imposter()
  await expect(ask(helloProtocol, connection, { ...hello, meshId: 'x' })).rejects.toMatchObject({
    code: 'stream-closed'
  })
  expect(node.mesh.faults()[`${helloProtocol.id} malformed-message`]).toBe(1)
  await bench.until('it is closed', () => connection.status !== 'open', 15_000)
})

test('a member that says another mesh in its hello is shown as such and gets nothing', async () => {
  const { node, member, connection, hello } = await imposter()
  await ask(helloProtocol, connection, { ...hello, meshId: '0'.repeat(32) })
  await connection.newStream(statusProtocol.id)
  await bench.until('it is shown', () => seenBy(node, member)?.state === 'incompatible')
  expect(seenBy(node, member)).toMatchObject({ reason: 'it is in another mesh now', name: 'imposter [2J' })
})

test('a forged roster changes nothing', async () => {
  const { node, member, connection, hello } = await imposter()
  await ask(helloProtocol, connection, hello)
  const sig = 'A'.repeat(86)
  const stranger = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8' as TestNode['mesh']['self']
  const theirs = await ask(rosterProtocol, connection, {
    meshId: node.mesh.meshId,
    founder: node.mesh.self,
    statements: [
      { kind: 'member', peer: stranger, name: 'evil', by: node.mesh.self, sig },
      { kind: 'removed', peer: node.mesh.self, name: '', by: member.mesh.self, sig }
    ]
  })
  expect(theirs.statements).toHaveLength(2)
  expect(node.mesh.members()).toHaveLength(2)
  await bench.until('it was told', () =>
    node.logs.some((line) => line.includes('statements of a roster were refused'))
  )
})

test('who asks far too often is refused, and the others are not', async () => {
  const { node, connection, hello } = await imposter()
  const results = await Promise.allSettled(
    Array.from({ length: 60 }, () => ask(helloProtocol, connection, hello))
  )
  expect(results.some((result) => result.status === 'rejected')).toBe(true)
  for (let i = 0; i < 6; i++) {
    await Promise.allSettled(Array.from({ length: 12 }, () => ask(helloProtocol, connection, hello)))
  }
  expect(node.mesh.faults()[`${helloProtocol.id} too-fast`]).toBeGreaterThan(0)
})
