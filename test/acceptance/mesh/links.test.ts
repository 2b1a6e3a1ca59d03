import { cp } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Bench, of, seenBy, type TestNode } from './harness.ts'
import { connectionsOf } from './peek.ts'

/** A cable: TCP connections pass through it until it is pulled, silently, or cut. */
class Cable {
  readonly #server: Server
  readonly #pairs = new Set<[Socket, Socket]>()
  readonly #target: () => number
  #pulled = false

  constructor(target: () => number) {
    this.#target = target
    this.#server = createServer((near) => {
      if (this.#pulled) return
      const far = connect(this.#target(), '127.0.0.1')
      const pair: [Socket, Socket] = [near, far]
      this.#pairs.add(pair)
      near.pipe(far).pipe(near)
      for (const end of pair) {
        end.on('error', () => end.destroy())
        end.on('close', () => {
          this.#pairs.delete(pair)
          if (!this.#pulled) for (const other of pair) other.destroy()
        })
      }
    })
  }
  open(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.listen(0, '127.0.0.1', () => resolve((this.#server.address() as { port: number }).port))
    })
  }
  /** Nothing passes any more, and nobody is told. */
  pull(): void {
    this.#pulled = true
    for (const [near, far] of this.#pairs) {
      near.unpipe(far)
      far.unpipe(near)
      near.resume()
      far.resume()
    }
  }
  plug(): void {
    this.#pulled = false
  }
  /** Every connection breaks. */
  cut(): void {
    for (const pair of this.#pairs) for (const end of pair) end.resetAndDestroy()
  }
  get count(): number {
    return this.#pairs.size
  }
  close(): void {
    this.#server.close()
    for (const pair of this.#pairs) for (const end of pair) end.destroy()
  }
}

let bench: Bench
const cables: Cable[] = []
beforeEach(() => {
  bench = new Bench()
})
afterEach(async () => {
  await bench.close()
  for (const cable of cables.splice(0)) cable.close()
})

/** Two members that know each other by a cable only. */
async function wired(): Promise<{ a: TestNode; b: TestNode; cable: Cable }> {
  const [first, second] = await bench.meshOf('a', 'b')
  await bench.allMet([first!, second!])
  await first!.mesh.stop()
  await second!.mesh.stop()
  const port = { value: 0 }
  const cable = new Cable(() => port.value)
  cables.push(cable)
  // Both listen on other ports now, so that what they remember of each other leads nowhere.
  const a = await bench.node('a', { home: first!.home })
  port.value = a.port
  const b = await bench.node('b', { home: second!.home, peers: [`127.0.0.1:${await cable.open()}`] })
  await bench.allMet([a, b])
  return { a, b, cable }
}

test('a broken connection is noticed at once and made again', async () => {
  const { a, b, cable } = await wired()
  cable.cut()
  await bench.until('both noticed', () => [a, b].every((node) => of(node, 'disconnected').length > 0))
  // By the break itself, without waiting for a silence to grow long.
  const reasons = [a, b].map((node) => of(node, 'disconnected')[0]?.reason)
  expect(reasons).toEqual(['the connection was closed', 'the connection was closed'])
  await bench.until('both came back', () => [a, b].every((node) => of(node, 'connected').length >= 2))
  await bench.allMet([a, b])
})

test('a pulled cable is suspected, then lost, and plugged in again it heals', async () => {
  const { a, b, cable } = await wired()
  cable.pull()
  await bench.until('a suspects', () => seenBy(a, b)?.state === 'suspect' || of(a, 'disconnected').length > 0)
  const lost = await bench.until('a lost it', () => of(a, 'disconnected')[0])
  expect(lost.reason).toMatch(/nothing was heard/)
  cable.plug()
  await bench.allMet([a, b])
})

test('a peer that is stopped says goodbye and is offline, not lost', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  await b!.mesh.stop()
  const gone = await bench.until('a knows', () => of(a!, 'disconnected')[0])
  expect(gone.reason).toBe('it was stopped')
  expect(seenBy(a!, b!)).toMatchObject({ state: 'offline', reason: 'it was stopped' })
})

test('what was sent just before a stop still arrives', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  for (let requestId = 0; requestId < 100; requestId++) {
    b!.mesh.send(a!.mesh.self, { kind: 'steal', from: b!.mesh.self, request: { requestId, slots: 1, io: 1 } })
  }
  await b!.mesh.stop()
  await bench.until('all came', () => of(a!, 'message').length === 100)
})

test('a peer that was started again is told apart by its boot id', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  const first = of(a!, 'connected')[0]!.introduction.bootId
  await b!.mesh.stop()
  const again = await bench.node('b', { home: b!.home })
  await bench.allMet([a!, again])
  const boots = of(a!, 'connected').map(({ introduction }) => introduction.bootId)
  expect(boots.at(-1)).not.toBe(first)
  const kinds = a!.heard.filter((heard) => heard.kind === 'connected' || heard.kind === 'disconnected')
  expect(kinds.map((heard) => heard.kind)).toEqual(['connected', 'disconnected', 'connected'])
})

test('nodes that dial each other at the same moment end with one connection, and are told of one', async () => {
  const nodes = await bench.meshOf('a', 'b', 'c', 'd')
  await bench.until('all rosters are full', () => nodes.every((node) => node.mesh.members().length === 4))
  await Promise.all(nodes.map((node) => node.mesh.stop()))
  const peers = nodes.map((node) => `127.0.0.1:${node.port}`)
  const again = await Promise.all(
    nodes.map((node, i) =>
      bench.node(`n${i}`, {
        home: node.home,
        listen: { host: '127.0.0.1', port: node.port, explicit: true },
        peers: peers.filter((_, j) => j !== i)
      })
    )
  )
  await bench.allMet(again)
  await bench.until('one connection per pair', () => again.every((node) => connectionsOf(node.mesh) === 3))
  for (const node of again) {
    const connected = of(node, 'connected').length
    expect(connected - of(node, 'disconnected').length).toBe(3)
  }
})

test('after a while alone a node says what to check', async () => {
  const [a, b] = await bench.meshOf('a', 'b')
  await bench.allMet([a!, b!])
  await a!.mesh.stop()
  await b!.mesh.stop()
  const alone = await bench.node('a', { home: a!.home, timings: { lonelyMs: 300 } })
  const line = await bench.until('it complains', () =>
    alone.logs.find((entry) => entry.includes('--peer HOST:PORT'))
  )
  expect(line).toContain('UDP 5353')
  expect(seenBy(alone, b!)).toMatchObject({ state: expect.stringMatching(/offline|connecting/) })
})

test('a peer that is started again and again is taken for one; a copy of its home is found out', async () => {
  const [a, b] = (await bench.meshOf('a', 'b')) as [TestNode, TestNode]
  await bench.allMet([a, b])
  const peers = [`127.0.0.1:${a.port}`]
  let last = b
  for (let i = 0; i < 3; i++) {
    await last.mesh.stop()
    last = await bench.node('b', { home: b.home, peers })
    await bench.allMet([a, last])
    expect(seenBy(a, b)).toMatchObject({ state: 'connected', reason: null })
  }
  const copy = await bench.home()
  await cp(b.home, copy, { recursive: true })
  await bench.node('b', { home: copy, peers })
  await bench.until('the copy is told', () =>
    seenBy(a, b)?.reason?.startsWith('two machines run with its key')
  )
})
