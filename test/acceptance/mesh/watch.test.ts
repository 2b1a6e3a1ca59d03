import { once } from 'node:events'
import type { Stream } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobId, ScreenPart, WatchNews } from '../../../src/model/index.ts'
import { partKey } from '../../../src/model/index.ts'
import { framesOf } from '../../../src/protocol/framing.ts'
import { ask, boundPart, helloProtocol, steerProtocol, watchProtocolId } from '../../../src/protocol/index.ts'
import { sceneChunks, sceneJobId, sceneParts } from '../../support/scene.ts'
import { waitFor } from '../../support/wait-for.ts'
import { Bench, seenBy, statusOf, type TestNode } from './harness.ts'
import { frame, type Imposter, imposterTo } from './imposter.ts'

let bench: Bench
let host: Libp2p | null = null
const leaving: AbortController[] = []
beforeEach(() => {
  bench = new Bench()
})
afterEach(async () => {
  for (const one of leaving.splice(0)) one.abort()
  await host?.stop()
  host = null
  await bench.close()
})

/** A look that a test ends. */
function look(): AbortSignal {
  const one = new AbortController()
  leaving.push(one)
  return one.signal
}

const aborted = (signal: AbortSignal) => (signal.aborted ? null : once(signal, 'abort'))

/** Shows the scene, then what `more` gives, until the watcher leaves. */
const shows = (more: readonly WatchNews[] = []) =>
  async function* (_question?: unknown, _from?: unknown, signal?: AbortSignal): AsyncGenerator<WatchNews> {
    yield { kind: 'parts', parts: sceneParts.map(boundPart) }
    yield* more
    if (signal) await aborted(signal)
  }

async function two(watched: NonNullable<Parameters<Bench['node']>[1]>): Promise<[TestNode, TestNode]> {
  const desk = await bench.node('desk')
  const tower = await bench.node('tower', watched)
  await tower.mesh.join((await desk.mesh.invite()).invite)
  await bench.allMet([desk, tower])
  return [desk, tower]
}

/** A program of ours that said a good hello, with a member's key. */
async function imposter(
  settings: NonNullable<Parameters<Bench['node']>[1]>,
  agreement = '0.1'
): Promise<Imposter> {
  const made = await imposterTo(bench, settings)
  host = made.host
  await ask(helloProtocol, made.connection, { ...made.hello, agreement })
  return made
}

const firstWords = async (stream: Stream): Promise<string> => {
  const first = await framesOf(stream, 10_000)[Symbol.asyncIterator]().next()
  return first.done ? '' : Buffer.from(first.value).toString()
}

const openLook = async (desk: TestNode, tower: TestNode) => {
  const news = desk.mesh.watch(tower.mesh.self, { what: 'screen' }, look())[Symbol.asyncIterator]()
  return { news, first: (await news.next()).value as WatchNews | undefined }
}

test('a member sees what the other shows, first all of it and then what changes, and leaves when it likes', async () => {
  const gone: ScreenPart = { kind: 'job-gone', id: 'f3f3f3f3f3' }
  const [desk, tower] = await two({ watched: shows([{ kind: 'parts', parts: [gone] }]) })
  const { news, first } = await openLook(desk, tower)
  expect(first?.kind === 'parts' && first.parts.map(partKey)).toEqual(sceneParts.map(partKey))
  expect(first).toEqual({ kind: 'parts', parts: sceneParts.map(boundPart) })
  expect((await news.next()).value).toEqual({ kind: 'parts', parts: [gone] })
  const rest = news.next()
  leaving.at(-1)?.abort()
  expect((await rest).done).toBe(true)
})

test('the chunks of one job arrive as they are', async () => {
  const asked: unknown[] = []
  const [desk, tower] = await two({
    watched: async function* (question, from) {
      asked.push([question, from])
      yield { kind: 'chunks', map: sceneChunks }
    }
  })
  const question = { what: 'chunks' as const, jobId: sceneJobId as JobId }
  const told: WatchNews[] = []
  for await (const news of desk.mesh.watch(tower.mesh.self, question, look())) told.push(news)
  expect(told).toEqual([{ kind: 'chunks', map: sceneChunks }])
  expect(asked).toEqual([[question, desk.mesh.self]])
})

test('so many may watch at once; the next is told why not, and a place that was left is free again', async () => {
  const [desk, tower] = await two({ watched: shows() })
  for (let i = 0; i < 4; i++) await openLook(desk, tower)
  await expect(openLook(desk, tower)).rejects.toMatchObject({
    code: 'peer-refused',
    exitStatus: 3,
    message: 'tower said no: 4 screens on other machines watch it already: close one of them'
  })
  leaving[0]?.abort()
  await waitFor(() => openLook(desk, tower).catch(() => null), {
    timeoutMs: 10_000,
    what: 'a place to be free'
  })
})

test('a watcher that does not read is dropped, and told no more', async () => {
  let over = false
  const many: WatchNews = {
    kind: 'parts',
    parts: Array.from({ length: 100 }, (_, i) => ({ kind: 'job-gone', id: `${i}`.padEnd(64, 'x') }))
  }
  const { node, connection } = await imposter({
    timings: { watchStallMs: 300 },
    watched: async function* (_question, _from, signal) {
      try {
        while (!signal.aborted) yield many
      } finally {
        over = true
      }
    }
  })
  const stream = await connection.newStream(watchProtocolId)
  stream.send(frame('{"what":"screen"}'))
  stream.pause()
  await bench.until('it to be dropped', () => over)
  expect(node.mesh.faults()).toEqual({ [`${watchProtocolId} timed-out`]: 1 })
})

test('a watcher that says anything more, or asks nothing sensible, is cut off and counted', async () => {
  const { node, connection } = await imposter({ watched: shows() })
  const fault = `${watchProtocolId} malformed-message`
  const talker = await connection.newStream(watchProtocolId)
  talker.send(frame('{"what":"screen"}'))
  expect(await firstWords(talker)).toBe('{"kind":"welcome"}')
  talker.send(frame('{"what":"screen"}'))
  await bench.until('it to be reset', () => talker.status === 'reset')
  expect(node.mesh.faults()[fault]).toBe(1)
  const nonsense = await connection.newStream(watchProtocolId)
  nonsense.send(frame('{"what":"everything"}'))
  await bench.until('it to be reset', () => nonsense.status === 'reset')
  expect(node.mesh.faults()[fault]).toBe(2)
})

test('who was asked judges for itself whether the other fits', async () => {
  let looks = 0
  const { connection } = await imposter(
    {
      watched: () => {
        looks += 1
        return shows()()
      }
    },
    '0.2'
  )
  const stream = await connection.newStream(watchProtocolId)
  stream.send(frame('{"what":"screen"}'))
  expect(await firstWords(stream)).toContain('different versions')
  expect(await ask(steerProtocol, connection, { kind: 'drain', on: true })).toMatchObject({ kind: 'refused' })
  expect(looks).toBe(0)
})

test('who begins far too many looks is refused, and that is counted', async () => {
  const [desk, tower] = await two({ watched: shows() })
  for (let i = 0; i < 12; i++) {
    await Promise.allSettled(Array.from({ length: 10 }, () => openLook(desk, tower)))
  }
  expect(tower.mesh.faults()[`${watchProtocolId} too-fast`]).toBeGreaterThan(0)
  expect(seenBy(desk, tower)?.state).toBe('connected')
})

test('what comes in the wrong shape ends the look, and the one who sent it is named', async () => {
  const bad = { kind: 'parts', parts: [{ kind: 'job-gone' }] } as unknown as WatchNews
  const [desk, tower] = await two({ watched: shows([bad]) })
  const { news } = await openLook(desk, tower)
  await expect(news.next()).rejects.toMatchObject({ code: 'peer-unreachable', message: /^tower / })
})

test('a stranger gets nothing, a member of another version is told so, one that is away is named', async () => {
  let looks = 0
  const watched = () => {
    looks += 1
    return shows()()
  }
  const desk = await bench.node('desk', { agreement: '0.1' })
  const tower = await bench.node('tower', { agreement: '0.2', watched })
  await tower.mesh.join((await desk.mesh.invite()).invite)
  await bench.until('they met', () => seenBy(desk, tower)?.state === 'incompatible')
  await expect(openLook(desk, tower)).rejects.toMatchObject({
    code: 'peer-refused',
    message: expect.stringMatching(/^tower said no: it runs proxima-node 0.1.0/)
  })
  await expect(desk.mesh.steer(tower.mesh.self, { kind: 'drain', on: true })).rejects.toMatchObject({
    code: 'peer-refused'
  })
  const stranger = await bench.node('stranger')
  await expect(
    stranger.mesh.watch(tower.mesh.self, { what: 'screen' }, look())[Symbol.asyncIterator]().next()
  ).rejects.toMatchObject({ code: 'peer-unreachable', exitStatus: 3 })
  await tower.mesh.stop()
  await bench.until('it is gone', () => seenBy(desk, tower)?.state !== 'incompatible')
  await expect(openLook(desk, tower)).rejects.toMatchObject({
    code: 'peer-unreachable',
    message: 'tower is not connected'
  })
  expect(looks).toBe(0)
})

test('a member tells another how much work to take, and hears what came of it or why not', async () => {
  const orders: unknown[] = []
  const [desk, tower] = await two({
    steered: async (order, from) => {
      orders.push([order, from])
      return orders.length === 1
        ? { kind: 'done', status: statusOf(from, 'tower', { state: 'draining' }) }
        : { kind: 'refused', reason: 'its node is being stopped' }
    }
  })
  const order = { kind: 'drain' as const, on: true }
  // Whatever it says, it is the peer that was asked.
  expect(await desk.mesh.steer(tower.mesh.self, order)).toMatchObject({
    peerId: tower.mesh.self,
    state: 'draining'
  })
  await expect(desk.mesh.steer(tower.mesh.self, order)).rejects.toMatchObject({
    code: 'peer-refused',
    message: 'tower said no: its node is being stopped'
  })
  expect(orders).toEqual([
    [order, desk.mesh.self],
    [order, desk.mesh.self]
  ])
})
