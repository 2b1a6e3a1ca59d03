import { describe, expect, it } from 'vitest'
import type {
  ChunkMap,
  NodeStatus,
  PeerId,
  ScreenPart,
  SteerOrder,
  WatchNews
} from '../../../src/model/index.ts'
import { FromAfar } from '../../../src/node/from-afar.ts'
import { Happenings } from '../../../src/node/happenings.ts'
import { nodeInfo } from '../../support/control.ts'
import { sceneChunks } from '../../support/scene.ts'

const desk = '12D3KooWDesk' as PeerId

function afar(given: { parts?: () => AsyncIterable<ScreenPart>; maps?: () => AsyncIterable<ChunkMap> } = {}) {
  const stopping = new AbortController()
  const orders: SteerOrder[] = []
  const told: string[] = []
  const happenings = new Happenings({ wallClock: () => new Date(0), jobs: () => new Map() })
  const nobody = async function* () {}
  const node = new FromAfar({
    screen: given.parts ?? nobody,
    chunks: given.maps ?? nobody,
    steer: (order) => {
      orders.push(order)
      return { state: 'draining' } as NodeStatus
    },
    nameOf: () => 'desk',
    happenings,
    stopping: stopping.signal,
    onInfo: (details, what) => told.push(`${what} ${JSON.stringify(details)}`),
    onError: (error, what) => told.push(`${what}: ${(error as Error).message}`)
  })
  const events = () => happenings.since(0).flatMap((block) => block.events.map(({ text }) => text))
  return { node, orders, told, events, stop: () => stopping.abort() }
}

const gone = (id: string): ScreenPart => ({ kind: 'job-gone', id })
const tick = () => new Promise(setImmediate)
const never = new AbortController().signal

describe('FromAfar', () => {
  it('tells a watcher parts of one moment together, and of what it has not read yet the newest', async () => {
    const later = Promise.withResolvers<void>()
    const { node } = afar({
      parts: async function* () {
        yield gone('a')
        yield gone('b')
        await later.promise
        for (let i = 0; i < 50; i++) yield { kind: 'node', node: { ...nodeInfo, name: `n${i}` } }
        yield gone('c')
      }
    })
    const news = node.watched({ what: 'screen' }, desk, never)[Symbol.asyncIterator]()
    expect((await news.next()).value).toEqual({ kind: 'parts', parts: [gone('a'), gone('b')] })
    // Nobody reads meanwhile.
    later.resolve()
    await tick()
    const rest = (await news.next()).value as Extract<WatchNews, { kind: 'parts' }>
    expect(rest.parts).toMatchObject([{ kind: 'node', node: { name: 'n49' } }, gone('c')])
    expect((await news.next()).done).toBe(true)
  })

  it('tells chunks as they come', async () => {
    const { node } = afar({
      maps: async function* () {
        yield sceneChunks
      }
    })
    const told: WatchNews[] = []
    for await (const news of node.watched({ what: 'chunks', jobId: 'k3j5m8n2p4' as never }, desk, never)) {
      told.push(news)
    }
    expect(told).toEqual([{ kind: 'chunks', map: sceneChunks }])
  })

  it('ends a look that breaks, and tells the log', async () => {
    const broken = async function* (): AsyncGenerator<ScreenPart> {
      yield gone('a')
      throw new Error('a bug')
    }
    const { node, told } = afar({ parts: broken })
    const news: WatchNews[] = []
    for await (const one of node.watched({ what: 'screen' }, desk, never)) news.push(one)
    expect(news).toHaveLength(1)
    expect(told.at(-1)).toBe('what a watcher is told of screen: a bug')
  })

  it('does what a member says, and writes down who it was', async () => {
    const { node, orders, told, events } = afar()
    expect(await node.steered({ kind: 'drain', on: true }, desk)).toMatchObject({ kind: 'done' })
    await node.steered({ kind: 'drain', on: false }, desk)
    await node.steered({ kind: 'slots', total: 3 }, desk)
    expect(orders).toHaveLength(3)
    expect(told[0]).toContain('"name":"desk"')
    expect(events()).toEqual([
      'desk drains this machine: it takes no more work',
      'desk woke this machine: it takes work again',
      'desk lets this machine run 3 tasks at once'
    ])
  })

  it('takes no orders while it stops', async () => {
    const { node, orders, stop } = afar()
    stop()
    expect(await node.steered({ kind: 'slots', total: 3 }, desk)).toEqual({
      kind: 'refused',
      reason: 'its node is being stopped'
    })
    expect(orders).toEqual([])
  })
})
