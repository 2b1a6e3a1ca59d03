import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PeerId } from '../../../../src/model/index.ts'
import { Dialler, describeDialError } from '../../../../src/node/mesh/dialler.ts'
import { defaultTimings } from '../../../../src/node/mesh/types.ts'

const [small, middle, large] = ['12D3A', '12D3B', '12D3C'] as [PeerId, PeerId, PeerId]

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp(dial: (peer: PeerId) => Promise<never> = () => Promise.reject(new Error('ECONNREFUSED'))) {
  const dials: { peer: PeerId; atMs: number }[] = []
  const linked = new Set<PeerId>()
  const addresses = new Map<PeerId, string[]>([
    [small, ['/ip4/10.0.0.1/tcp/1']],
    [large, ['/ip4/10.0.0.3/tcp/1']]
  ])
  const startMs = Date.now()
  const quiet = () => {}
  const dialler = new Dialler(
    { self: middle, timings: defaultTimings },
    {
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      nowMs: () => Date.now(),
      random: () => 0.5,
      isMember: (peer) => peer !== ('12D3X' as PeerId),
      isLinked: (peer) => linked.has(peer),
      addressesOf: (peer) => addresses.get(peer) ?? [],
      dial: (peer) => {
        dials.push({ peer, atMs: Date.now() - startMs })
        return dial(peer)
      }
    }
  )
  return { dialler, dials, linked, addresses }
}

describe('who dials when', () => {
  test('the smaller id dials at once, the larger only after 1.5 s', async () => {
    const { dialler, dials } = setUp(() => new Promise(() => {}))
    dialler.seen(large)
    dialler.seen(small)
    await vi.advanceTimersByTimeAsync(1_400)
    expect(dials).toEqual([{ peer: large, atMs: 0 }])
    await vi.advanceTimersByTimeAsync(200)
    expect(dials[1]).toEqual({ peer: small, atMs: 1_500 })
  })

  test('who was connected meanwhile is not dialled', async () => {
    const { dialler, dials, linked } = setUp()
    dialler.seen(small)
    await vi.advanceTimersByTimeAsync(1_000)
    linked.add(small)
    dialler.linked(small)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(dials).toEqual([])
  })

  test('a peer that is no member, has no address, or is the node itself is not dialled', async () => {
    const { dialler, dials, addresses } = setUp()
    addresses.delete(large)
    for (const peer of ['12D3X' as PeerId, middle, large]) dialler.seen(peer)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(dials).toEqual([])
  })
})

describe('when a dial comes to nothing', () => {
  test('the next ones wait longer and longer', async () => {
    const { dialler, dials } = setUp()
    dialler.seen(large)
    await vi.advanceTimersByTimeAsync(30_000)
    const gaps = dials.slice(1).map((dial, i) => dial.atMs - dials[i]!.atMs)
    expect(gaps.slice(0, 6)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000])
    expect(dialler.lastError(large)).toContain('is the node running?')
  })

  test('a fresh announcement is followed at once, but a flood of them is not', async () => {
    const { dialler, dials } = setUp()
    dialler.seen(large)
    await vi.advanceTimersByTimeAsync(8_000)
    const before = dials.length
    dialler.seen(large)
    await vi.advanceTimersByTimeAsync(1)
    expect(dials.length).toBe(before + 1)
    for (let i = 0; i < 1_000; i++) {
      dialler.seen(large)
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(dials.length).toBeLessThanOrEqual(before + 5)
  })

  test('nothing is dialled after the stop', async () => {
    const { dialler, dials } = setUp()
    dialler.seen(large)
    await vi.advanceTimersByTimeAsync(1)
    dialler.stop()
    dialler.seen(small)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(dials).toHaveLength(1)
  })
})

test('the errors of several addresses come together in one line for a person', () => {
  const error = new AggregateError([
    new Error('connection error 10.0.0.1:1: connect EHOSTUNREACH'),
    new Error('other')
  ])
  expect(describeDialError(error)).toBe('no route to it: is it on this network?')
  expect(describeDialError(new Error('something\nnew'))).toBe('Error something new')
})
