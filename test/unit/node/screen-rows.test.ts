import { describe, expect, it } from 'vitest'
import { leaseIdOf } from '../../../src/model/index.ts'
import { jobRow, PeerTallies } from '../../../src/node/screen-rows.ts'
import { jobView } from '../../../src/node/views.ts'
import { Bench, mac, nuc, splitPlan } from '../scheduler/kit.ts'

const times = { jobTimes: () => null, attemptTimes: () => new Map() }
const view = (bench: Bench) => jobView(bench.state, bench.job, times)
const row = (bench: Bench) => jobRow(bench.state, bench.job, view(bench))
const left = (bench: Bench) => row(bench).left

/** 1,000 frames in pieces of 250, of which the nuc and the mac run one each. */
function running() {
  const plan = splitPlan({ fixedUnits: 250, totalUnits: 1_000 })
  const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(plan).connect(mac)
  const [first, second] = [bench.stealOne(nuc), bench.stealOne(mac)]
  return { bench, first, second }
}

describe('the time left', () => {
  it('knows nothing before anything was measured, and nothing of what has ended', () => {
    const { bench } = running()
    expect(left(bench)).toBeNull()
    bench.command('cancel')
    expect(left(bench)).toBeNull()
  })

  it('lies between the speed of the moment and what was measured, and is widest at the beginning', () => {
    const { bench, first, second } = running()
    bench.nowMs += 2_000
    bench.heartbeat(nuc, [first], 100)
    bench.heartbeat(mac, [second], 100)
    // 50 fps now as ffmpeg says it, 100 over the pieces so far; 800 frames to go.
    const range = left(bench)!
    expect(range.minMs).toBe(8_000)
    expect(range.maxMs).toBeGreaterThan(16_000)
    expect(range.maxMs).toBeLessThan(16_000 * 1.4)
  })

  it('is not known of a job that is paused, though what runs of it goes on', () => {
    const { bench, first } = running()
    bench.nowMs += 2_000
    bench.heartbeat(nuc, [first], 100)
    expect(left(bench)).not.toBeNull()
    bench.command('pause')
    expect(row(bench).fps).toBeGreaterThan(0)
    expect(left(bench)).toBeNull()
  })

  it('is never shorter than the slowest piece that runs still takes', () => {
    const { bench, first, second } = running()
    bench.nowMs += 100_000
    bench.heartbeat(nuc, [first], 249)
    bench.heartbeat(mac, [second], 10)
    // The mac makes 0.1 frames a second: its 240 frames take 40 minutes, whatever the nuc does.
    expect(left(bench)!.maxMs).toBeGreaterThan(2_400_000)
  })
})

describe('jobRow', () => {
  it('goes by what machines showed before, while ffmpeg has not said anything yet', () => {
    const { bench, first } = running()
    bench.nowMs += 2_000
    bench.heartbeat(nuc, [first], 100)
    bench.deliver(nuc, first)
    bench.verdict(first, true)
    bench.stealOne(nuc)
    expect(view(bench).progress.fps).toBe(0)
    expect(row(bench).fps).toBeGreaterThan(0)
    expect(row(bench).left).not.toBeNull()
  })

  it('does not take what ffmpeg says of its first second for how fast a machine is', () => {
    const { bench, first } = running()
    bench.nowMs += 2_000
    bench.heartbeat(nuc, [first], 100)
    bench.deliver(nuc, first)
    bench.verdict(first, true)
    const measured = row(bench).fps
    const next = bench.stealOne(nuc)
    // One frame, and most of a second gone with opening the source.
    bench.hearWorker(nuc, {
      kind: 'heartbeat',
      leases: [{ leaseId: leaseIdOf(next), progress: { units: 1, fps: 1.1, sizeBytes: 1 } }]
    })
    expect(row(bench).fps).toBeGreaterThan(50)
    expect(left(bench)!.maxMs).toBeLessThan(60_000)
    expect(measured).toBe(0)
    bench.heartbeat(nuc, [next], 100)
    expect(row(bench).fps).toBe(25)
  })

  it('counts chunks, with a guess of those that are not cut', () => {
    const { bench, first } = running()
    bench.deliver(nuc, first)
    bench.verdict(first, true)
    expect(row(bench).chunks).toEqual({ done: 1, total: 4, estimated: true })
  })
})

describe('PeerTallies', () => {
  it('counts what each machine took, finished and failed', () => {
    const { bench, first, second } = running()
    bench.deliver(nuc, first)
    bench.verdict(first, true)
    bench.fail(mac, second)
    const tallies = new PeerTallies().of([bench.job])
    expect(tallies.get(nuc)).toEqual({ taken: 1, done: 1, failed: 0 })
    expect(tallies.get(mac)).toEqual({ taken: 1, done: 0, failed: 1 })
  })

  it('adds up the same however often it is asked', () => {
    const { bench } = running()
    const tallies = new PeerTallies()
    for (let i = 0; i < 3; i++) expect(tallies.of([bench.job, bench.job]).get(nuc)?.taken).toBe(2)
  })
})
