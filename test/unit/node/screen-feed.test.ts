import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ChunkMap, type PeersView, partKey, type ScreenPart } from '../../../src/model/index.ts'
import { Happenings } from '../../../src/node/happenings.ts'
import { chunkMaps, screenParts } from '../../../src/node/screen-feed.ts'
import { jobView } from '../../../src/node/views.ts'
import { nodeInfo } from '../../support/control.ts'
import { peerRow } from '../../support/scene.ts'
import { Bench, jobA, jobB, nuc, splitPlan, wholePlan } from '../scheduler/kit.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const times = { jobTimes: () => null, attemptTimes: () => new Map() }

/** Everything that a stream tells, by look. */
function listen<T>(stream: AsyncIterable<T>) {
  const told: T[] = []
  let hasEnded = false
  const run = async () => {
    for await (const event of stream) told.push(event)
    hasEnded = true
  }
  void run()
  const later = async (ms: number): Promise<T[]> => {
    await vi.advanceTimersByTimeAsync(ms)
    return told.splice(0)
  }
  return { later, ended: () => hasEnded }
}

function feed(bench: Bench, peers: PeersView = { self: peerRow(0).peer, peers: [peerRow(1).peer] }) {
  const leaving = new AbortController()
  const stopping = new AbortController()
  const happenings = new Happenings({ wallClock: () => new Date(0), jobs: () => bench.state.jobs })
  let views = 0
  const view = { peers, leaving, stopping, happenings, views: () => views }
  const stream = screenParts(leaving.signal, {
    state: () => bench.state,
    view: (job) => {
      views += 1
      return jobView(bench.state, job, times)
    },
    peers: () => view.peers,
    info: () => nodeInfo,
    happenings,
    stopping: stopping.signal
  })
  return Object.assign(view, listen(stream))
}

const kinds = (parts: readonly ScreenPart[]) => parts.map(({ kind }) => kind)

describe('screenParts', () => {
  it('tells everything at first and says so, then only what changed', async () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(splitPlan()).given(wholePlan(), jobB)
    const screen = feed(bench)
    expect(kinds(await screen.later(0))).toEqual(['node', 'job', 'job', 'peer', 'peer', 'synced'])
    expect(await screen.later(5_000)).toEqual([])
    bench.command('pause', jobB)
    const parts = await screen.later(250)
    expect(parts).toMatchObject([{ kind: 'job', row: { job: { id: jobB, status: 'paused' } } }])
  })

  it('tells of jobs, machines and events four times a second at most', async () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(splitPlan())
    const screen = feed(bench)
    await screen.later(0)
    bench.command('pause')
    screen.happenings.facts([{ kind: 'job-paused', jobId: jobA }])
    screen.peers = { ...screen.peers, peers: [] }
    expect(await screen.later(240)).toEqual([])
    expect(kinds(await screen.later(10))).toEqual(['job', 'peer-gone', 'events'])
  })

  it('tells that a job is gone', async () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(splitPlan())
    const screen = feed(bench)
    await screen.later(0)
    bench.state = { ...bench.state, jobs: new Map() }
    expect(await screen.later(250)).toEqual([{ kind: 'job-gone', id: jobA }])
  })

  it('does not look at jobs again that have ended', async () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(splitPlan())
    bench.command('cancel')
    const screen = feed(bench)
    await screen.later(0)
    const before = screen.views()
    await screen.later(2_000)
    expect(screen.views()).toBe(before)
  })

  it('ends with the screen and with the node', async () => {
    for (const end of ['leaving', 'stopping'] as const) {
      const screen = feed(new Bench({ self: { slots: 0 } }).connect(nuc).given(splitPlan()))
      await screen.later(0)
      screen[end].abort()
      await screen.later(0)
      expect(screen.ended()).toBe(true)
    }
  })

  it('gives parts that replace one another the same key, and bounds the keys of events', () => {
    const keys = new Set(
      Array.from({ length: 1_000 }, (_, block) => partKey({ kind: 'events', block, events: [] }))
    )
    expect(keys.size).toBe(8)
    expect(partKey({ kind: 'job-gone', id: 'x' })).toBe('job:x')
    expect(partKey({ kind: 'peer', row: peerRow(1) })).toBe(
      partKey({ kind: 'peer-gone', id: peerRow(1).peer.peerId })
    )
  })
})

describe('chunkMaps', () => {
  function watch(bench: Bench) {
    const leaving = new AbortController()
    const stream: AsyncIterable<ChunkMap> = chunkMaps(jobA, leaving.signal, {
      state: () => bench.state,
      stopping: new AbortController().signal
    })
    return { leaving, ...listen(stream) }
  }

  it('tells the chunks when they look different, not when only frames were done', async () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(splitPlan())
    const { later } = watch(bench)
    expect(await later(0)).toHaveLength(1)
    const lease = bench.stealOne(nuc)
    expect(await later(250)).toMatchObject([{ runs: [{ state: 'encoding' }, { state: 'waiting' }] }])
    bench.heartbeat(nuc, [lease], 10)
    expect(await later(1_000)).toEqual([])
  })

  it('ends with the job', async () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(splitPlan())
    const { later, ended } = watch(bench)
    await later(0)
    bench.state = { ...bench.state, jobs: new Map() }
    expect(await later(250)).toMatchObject([{ gone: true, runs: [] }])
    expect(ended()).toBe(true)
  })
})
