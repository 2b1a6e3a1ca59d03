import { describe, expect, it } from 'vitest'
import type { NodeStatus, PeerId } from '../../../src/model/index.ts'
import { fitPeers, othersCouldTry } from '../../../src/scheduler/fit.ts'
import { needsOf, whyNotPeer } from '../../../src/scheduler/index.ts'
import { Bench, benchWithJob, jobA, mac, needs, nuc, splitPlan, tower } from './kit.ts'

const why = (bench: Bench, peer: PeerId): string | null => whyNotPeer(bench.state, bench.job, peer)

describe('why a node gets nothing of a job', () => {
  it('is null for one that can do it, and for this node itself', () => {
    const bench = benchWithJob()
    expect([why(bench, nuc), why(bench, tower)]).toEqual([null, null])
  })

  it.each<[string, Partial<NodeStatus>]>([
    ['it is draining', { state: 'draining' }],
    ['it is unhealthy: no space on /mnt/nas', { state: 'unhealthy', reason: 'no space on /mnt/nas' }],
    ['its ffmpeg has no working encoder dnxhd', { encoders: ['libx264'] }],
    ['it has no ffmpeg', { ffmpegVersion: null }]
  ])('is told in words: %s', (words, change) => {
    const bench = benchWithJob()
    bench.hearStatus(nuc, change)
    expect(why(bench, nuc)).toBe(words)
  })

  it('is that nothing is known of it yet, before its first status and after it is gone', () => {
    const bench = benchWithJob()
    bench.turn({ kind: 'peer-connected', peerId: mac, name: 'mac', bootId: 'm' })
    expect(why(bench, mac)).toBe('it has not said yet what it can do')
    bench.disconnect(nuc)
    expect(why(bench, nuc)).toBe('it has not said yet what it can do')
  })

  it('is what this node is itself not fit for', () => {
    const bench = benchWithJob()
    bench.turn({ kind: 'self-changed', self: { ...bench.state.self, state: 'asleep' } })
    expect(why(bench, tower)).toBe('it is asleep')
    const other = new Bench({ self: { fitness: { ...bench.state.self.fitness, encoders: [] } } })
    other.given(splitPlan())
    expect(why(other, tower)).toBe('its ffmpeg has no working encoder dnxhd')
  })

  it('is that it was blocked, before everything else', () => {
    const bench = benchWithJob()
    const job = { ...bench.job, blocked: { [nuc]: 'it failed 2 tasks' } }
    expect(whyNotPeer(bench.state, job, nuc)).toBe('it failed 2 tasks')
  })
})

describe('what a job needs', () => {
  it('is what was asked for until it is planned, then what the plan says', () => {
    const bench = new Bench()
    bench.queue(jobA, { needs: { ...needs, tags: ['asked'] } })
    expect(needsOf(bench.job).tags).toEqual(['asked'])
    bench.plan(splitPlan({}, { needs: { ...needs, tags: ['planned'] } }))
    expect(needsOf(bench.job).tags).toEqual(['planned'])
  })
})

describe('peers that could be given work', () => {
  it('are connected, fit and have slots; this node is not among them', () => {
    const bench = benchWithJob().connect(mac)
    expect(fitPeers(bench.state, bench.job).map(({ peerId }) => peerId)).toEqual([nuc, mac])
    bench.hearStatus(mac, { slots: { total: 0, busy: 0 } })
    bench.hearStatus(nuc, { state: 'draining' })
    expect(fitPeers(bench.state, bench.job)).toEqual([])
  })
})

describe('whether others could try a task', () => {
  const others = (bench: Bench, no: number): boolean =>
    othersCouldTry(bench.state, bench.job, bench.task(no), nuc)

  it('is so when this node could', () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    expect(others(bench, 2)).toBe(true)
    bench.turn({ kind: 'self-changed', self: { ...bench.state.self, slots: 0 } })
    expect(others(bench, 2)).toBe(false)
  })

  it('is so when a peer could that has not failed it', () => {
    const bench = benchWithJob({ self: { slots: 0 } }).connect(mac)
    const lease = bench.stealOne(mac)
    expect(others(bench, 2)).toBe(true)
    bench.fail(mac, lease)
    expect(others(bench, 2)).toBe(false)
  })

  it('is not so for a join, which is the owner’s alone', () => {
    const bench = benchWithJob({ self: { slots: 0 } }).connect(mac)
    bench.stealOne(nuc)
    expect(othersCouldTry(bench.state, bench.job, bench.task(1), tower)).toBe(false)
  })
})
