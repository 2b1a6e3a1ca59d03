import { afterEach, beforeEach, expect, test } from 'vitest'
import { type JobId, leaseIdOf, type PeerMessage } from '../../../src/model/index.ts'
import { Bench, of, seenBy, statusOf } from './harness.ts'

let bench: Bench
beforeEach(() => {
  bench = new Bench()
})
afterEach(() => bench.close())

const jobId = '0123456789' as JobId
const leaseId = leaseIdOf({ jobId, taskNo: 1, attempt: 1 })

test('a first start founds a mesh of its own and keeps its identity', async () => {
  const first = await bench.node('solo')
  expect(first.mesh.members()).toEqual([{ peerId: first.mesh.self, name: 'solo', self: true }])
  expect(first.mesh.peers()).toEqual([])
  await first.mesh.stop()
  await first.mesh.stop()
  const again = await bench.node('solo', { home: first.home })
  expect(again.mesh.self).toBe(first.mesh.self)
  expect(again.mesh.meshId).toBe(first.mesh.meshId)
})

test('two nodes meet after an invite, and know each other by name and version', async () => {
  const [a, b] = await bench.meshOf('tower', 'laptop')
  await bench.allMet([a!, b!])
  expect(a!.mesh.meshId).toBe(b!.mesh.meshId)
  expect(seenBy(a!, b!)).toMatchObject({ name: 'laptop', state: 'connected', reason: null, version: '0.1.0' })
  expect(seenBy(b!, a!)).toMatchObject({ name: 'tower', state: 'connected', ffmpegVersion: '5.1.9' })
  expect(of(a!, 'connected')[0]).toMatchObject({
    peer: b!.mesh.self,
    introduction: { name: 'laptop', compatible: true }
  })
})

test('three nodes that one of them invited all learn of each other and connect', async () => {
  const nodes = await bench.meshOf('a', 'b', 'c')
  await bench.until('every roster has three', () => nodes.every((node) => node.mesh.members().length === 3))
  await bench.until('everybody is connected to the inviter', () =>
    nodes.slice(1).every((node) => seenBy(node, nodes[0]!)?.state === 'connected')
  )
  // b and c have never heard each other's address: what mDNS would tell, `--peer` tells here.
  const [, b, c] = nodes
  await c!.mesh.stop()
  const again = await bench.node('c', { home: c!.home, peers: [`127.0.0.1:${b!.port}`] })
  await bench.allMet([nodes[0]!, b!, again])
})

test('a status arrives at once, again on change, and carries its authenticated sender', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  await bench.until('b heard a', () => of(b!, 'status').some(({ status }) => status.name === 'a'))
  a!.mesh.setStatus(statusOf(b!.mesh.self, 'a', { slots: { total: 7, busy: 3 } }))
  const heard = await bench.until('b heard the change', () =>
    of(b!, 'status').find(({ status }) => status.slots.total === 7)
  )
  expect(heard.peer).toBe(a!.mesh.self)
  expect(heard.status.peerId).toBe(a!.mesh.self)
  expect(seenBy(b!, a!)?.status?.slots).toEqual({ total: 7, busy: 3 })
})

test('changes that follow each other quickly are pushed together, and the last one arrives', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  const before = of(b!, 'status').length
  for (let busy = 0; busy < 500; busy++) a!.mesh.setStatus({ ...a!.status, slots: { total: 500, busy } })
  await bench.until('the last change arrived', () => of(b!, 'status').at(-1)?.status.slots.busy === 499)
  expect(of(b!, 'status').length - before).toBeLessThan(10)
})

test('messages of every kind flow both ways, large ones too, signed by the connection and not by themselves', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  const payload = { frames: 'x'.repeat(60 * 1024) }
  const grant: PeerMessage = {
    kind: 'grant',
    from: b!.mesh.self,
    answer: {
      requestId: 1,
      leases: [
        {
          leaseId,
          jobId,
          taskNo: 1,
          attempt: 1,
          jobKind: 'transcode',
          taskKind: 'encode-chunk',
          range: { start: 0, end: 48 },
          pool: 'slot',
          ttlMs: 15_000,
          payload
        }
      ]
    }
  }
  const up: PeerMessage = {
    kind: 'lease-up',
    from: a!.mesh.self,
    message: { kind: 'outcome', leaseId, outcome: { kind: 'finished', result: payload } }
  }
  const steal: PeerMessage = { kind: 'steal', from: a!.mesh.self, request: { requestId: 1, slots: 2, io: 1 } }
  const down: PeerMessage = {
    kind: 'lease-down',
    from: a!.mesh.self,
    message: { kind: 'acknowledged', leaseId }
  }
  b!.mesh.send(a!.mesh.self, steal)
  a!.mesh.send(b!.mesh.self, grant)
  b!.mesh.send(a!.mesh.self, up)
  a!.mesh.send(b!.mesh.self, down)
  await bench.until('all arrived', () => of(a!, 'message').length === 2 && of(b!, 'message').length === 2)
  expect(of(a!, 'message').map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      { ...steal, from: b!.mesh.self },
      { ...up, from: b!.mesh.self }
    ])
  )
  expect(of(b!, 'message').map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      { ...grant, from: a!.mesh.self },
      { ...down, from: a!.mesh.self }
    ])
  )
})

test('a thousand messages arrive in order, in spite of the rate limit', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  for (let requestId = 0; requestId < 1000; requestId++) {
    a!.mesh.send(b!.mesh.self, { kind: 'steal', from: a!.mesh.self, request: { requestId, slots: 1, io: 0 } })
  }
  await bench.until('all arrived', () => of(b!, 'message').length === 1000)
  expect(
    of(b!, 'message').map(({ message }) => (message.kind === 'steal' ? message.request.requestId : -1))
  ).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  expect(b!.mesh.faults()).toEqual({})
})

test('the log of a task comes from the peer that ran it, bounded', async () => {
  const log = {
    lines: Array.from({ length: 500 }, (_, i) => `line ${i}\u0007`),
    command: ['ffmpeg', '-i', 'in.mov']
  }
  const a = await bench.node('a')
  const b = await bench.node('b', { log })
  await b.mesh.join((await a.mesh.invite()).invite)
  await bench.allMet([a, b])
  const got = await a.mesh.requestLog(b.mesh.self, leaseId)
  expect(got?.command).toEqual(log.command)
  expect(got?.lines).toHaveLength(200)
  expect(got?.lines.at(-1)).toBe('line 499')
  expect(await b.mesh.requestLog(a.mesh.self, leaseId)).toBeNull()
  await b.mesh.stop()
  await expect(a.mesh.requestLog(b.mesh.self, leaseId)).rejects.toMatchObject({ code: 'peer-unreachable' })
})

test('a peer of another version is shown with the reason, says its status, and gets no messages', async () => {
  const a = await bench.node('a')
  const b = await bench.node('b', { version: '0.2.0' })
  await b.mesh.join((await a.mesh.invite()).invite)
  await bench.until('both see it', () =>
    [seenBy(a, b), seenBy(b, a)].every((peer) => peer?.state === 'incompatible')
  )
  expect(seenBy(a, b)?.reason).toContain('0.2.0')
  expect(of(a, 'connected')[0]?.introduction).toMatchObject({ compatible: false })
  await bench.until('a has its status', () => seenBy(a, b)?.status)
  b.mesh.send(a.mesh.self, { kind: 'steal', from: b.mesh.self, request: { requestId: 1, slots: 1, io: 0 } })
  const statuses = of(a, 'status').length
  await bench.until('another status came', () => of(a, 'status').length > statuses)
  expect(of(a, 'message')).toEqual([])
})
