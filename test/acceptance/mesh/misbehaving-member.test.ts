import * as lp from 'it-length-prefixed'
import type { Libp2p } from 'libp2p'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask, helloProtocol, rosterProtocol, statusProtocol } from '../../../src/protocol/index.ts'
import { Bench, of, seenBy, type TestNode } from './harness.ts'
import { frame, type Imposter, imposterTo } from './imposter.ts'

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

async function imposter(): Promise<Imposter> {
  const made = await imposterTo(bench)
  host = made.host
  return made
}

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
  // The muxer itself ends a connection that opens streams in numbers before the other end has set it up.
  await ask(helloProtocol, connection, hello)
  const results = await Promise.allSettled(
    Array.from({ length: 60 }, () => ask(helloProtocol, connection, hello))
  )
  expect(results.some((result) => result.status === 'rejected')).toBe(true)
  for (let i = 0; i < 6; i++) {
    await Promise.allSettled(Array.from({ length: 12 }, () => ask(helloProtocol, connection, hello)))
  }
  expect(node.mesh.faults()[`${helloProtocol.id} too-fast`]).toBeGreaterThan(0)
})
