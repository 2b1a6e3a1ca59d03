import { describe, expect, it } from 'vitest'
import type { LeaseKey, PeerId } from '../../../src/model/index.ts'
import { lateCount, pickStraggler } from '../../../src/scheduler/straggler.ts'
import {
  audio,
  Bench,
  type BenchOptions,
  jobA,
  join,
  laptop,
  mac,
  nuc,
  splitPlan,
  tower,
  workOf
} from './kit.ts'

/** Pieces of 100 frames handed out to the nuc, all of them running, and a mac that does 100 frames a second. */
function running(pieces: number, options: BenchOptions = {}): { bench: Bench; leases: readonly LeaseKey[] } {
  const bench = new Bench({ self: { slots: 0 }, ...options }).connect(nuc).connect(mac)
  bench.given(splitPlan({ totalUnits: pieces * 100, fixedUnits: 100 }))
  const leases = bench.steal(nuc, pieces)
  bench.state = { ...bench.state, speeds: new Map([[`${jobA}/${mac}`, 100]]) }
  return { bench, leases }
}

/** After so many ms, the nuc says how far each piece is. */
const later = (bench: Bench, ms: number, leases: readonly LeaseKey[], units: readonly number[]): void => {
  bench.nowMs += ms
  for (const [i, lease] of leases.entries()) {
    const id = `${lease.jobId}.${lease.taskNo}.${lease.attempt}` as never
    const clock = bench.state.clocks.get(id)!
    const progress = { units: units[i]!, fps: 1, sizeBytes: 1 }
    bench.state = { ...bench.state, clocks: new Map(bench.state.clocks).set(id, { ...clock, progress }) }
  }
}

const picked = (bench: Bench, worker: PeerId = mac): number | null =>
  pickStraggler(bench.state, bench.job, worker, bench.nowMs)?.no ?? null

describe('a straggler', () => {
  it('is the piece that is expected to end last', () => {
    const { bench, leases } = running(3)
    later(bench, 10_000, leases, [50, 20, 40])
    expect(picked(bench)).toBe(3)
    expect(bench.steal(mac)).toEqual([{ jobId: jobA, taskNo: 3, attempt: 2 }])
    expect(bench.attempts(3)).toEqual(['nuc running', 'mac running'])
  })

  it('is worth a copy only if the other worker would beat it clearly', () => {
    const { bench, leases } = running(1)
    // 100 frames take the mac 1 s; the nuc does 10 a second.
    later(bench, 8_750, leases, [87.5])
    expect(picked(bench)).toBeNull()
    later(bench, 0, leases, [86])
    expect(picked(bench)).toBe(2)
  })

  it('is judged by what its worker did before, while nothing is known of the piece itself', () => {
    const { bench } = running(1)
    bench.nowMs += 1_000
    expect(picked(bench)).toBeNull()
    bench.state = { ...bench.state, speeds: new Map([...bench.state.speeds, [`${jobA}/${nuc}`, 1]]) }
    expect(picked(bench)).toBe(2)
  })

  it.each([0, 1_000])(
    'that shows nothing needs as long again as it ran, though its worker did %d a second before',
    (speed) => {
      const { bench } = running(1)
      bench.state = { ...bench.state, speeds: new Map([...bench.state.speeds, [`${jobA}/${nuc}`, speed]]) }
      bench.nowMs += 1_250
      expect(picked(bench)).toBeNull()
      bench.nowMs += 1
      expect(picked(bench)).toBe(2)
    }
  )

  it('is not given to a worker of which nothing is known', () => {
    const { bench, leases } = running(1)
    bench.connect(laptop)
    later(bench, 10_000, leases, [1])
    expect(picked(bench, laptop)).toBeNull()
    expect(picked(bench, mac)).toBe(2)
  })

  it('is not given to the worker that has it, or had it', () => {
    const { bench, leases } = running(1)
    bench.state = { ...bench.state, speeds: new Map([...bench.state.speeds, [`${jobA}/${nuc}`, 1_000]]) }
    later(bench, 10_000, leases, [1])
    expect(picked(bench, nuc)).toBeNull()
  })

  it('is not looked for while there is anything left to hand out', () => {
    const ready = running(2)
    ready.bench.outcome(nuc, ready.leases[1]!, { kind: 'returned', reason: 'stopped' })
    later(ready.bench, 10_000, ready.leases.slice(0, 1), [1])
    expect(picked(ready.bench)).toBeNull()
    expect(ready.bench.stealOne(mac)).toMatchObject({ taskNo: 3, attempt: 2 })

    const uncut = running(1)
    uncut.bench.given(splitPlan({ totalUnits: 300, fixedUnits: 100 }), 'cccccccccc' as typeof jobA)
    expect(uncut.bench.stealOne(mac)).toMatchObject({ jobId: 'cccccccccc', attempt: 1 })
  })

  it('is not looked for in a paused job', () => {
    const { bench, leases } = running(1)
    later(bench, 10_000, leases, [1])
    bench.command('pause')
    expect(picked(bench)).toBeNull()
    expect(bench.steal(mac)).toEqual([])
  })

  it('is never a task without frames, such as an audio encode', () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).connect(mac)
    const work = workOf({ fixedUnits: 100 })
    bench.given(splitPlan({}, { split: { work, tasks: [audio, join] } }))
    const [, piece] = bench.steal(nuc, 2)
    bench.finish(nuc, piece!)
    bench.nowMs += 60_000
    bench.state = { ...bench.state, speeds: new Map([[`${jobA}/${mac}`, 100]]) }
    expect(bench.task(1).status).toBe('leased')
    expect(picked(bench)).toBeNull()
  })

  it('is never a piece whose result is being verified', () => {
    const { bench, leases } = running(1)
    later(bench, 10_000, leases, [50])
    expect(picked(bench)).toBe(2)
    bench.deliver(nuc, leases[0]!)
    expect(picked(bench)).toBeNull()
    expect(lateCount(bench.state, bench.job)).toBe(0)
  })
})

describe('second copies', () => {
  it('are one a task', () => {
    const { bench, leases } = running(1)
    bench.connect(laptop)
    bench.state = { ...bench.state, speeds: new Map([...bench.state.speeds, [`${jobA}/${laptop}`, 500]]) }
    later(bench, 10_000, leases, [1])
    bench.stealOne(mac)
    expect(bench.steal(laptop)).toEqual([])
  })

  it.each([
    [5, 1],
    [20, 2],
    [40, 4]
  ])('of %s tasks are at most %s at a time', (pieces, copies) => {
    const { bench, leases } = running(pieces - 1)
    later(
      bench,
      10_000,
      leases,
      leases.map(() => 1)
    )
    for (let i = 0; i < copies; i++) {
      expect(lateCount(bench.state, bench.job)).toBe(pieces - 1 - i)
      expect(bench.steal(mac)).toHaveLength(1)
    }
    expect(lateCount(bench.state, bench.job)).toBe(0)
    expect(bench.steal(mac)).toEqual([])
  })

  it('make room for others when they have ended', () => {
    const { bench, leases } = running(4)
    later(
      bench,
      10_000,
      leases,
      leases.map(() => 1)
    )
    const copy = bench.stealOne(mac)
    expect(bench.steal(mac)).toEqual([])
    bench.finish(mac, copy)
    expect(bench.told()[0]).toBe(`nuc stop ${jobA}.${copy.taskNo}.1`)
    expect(bench.steal(mac)).toHaveLength(1)
  })

  it('can be switched off', () => {
    const { bench, leases } = running(1, { settings: { maxCopies: 1 } })
    later(bench, 10_000, leases, [1])
    expect(bench.steal(mac)).toEqual([])
  })

  it('are given one at a time, and never beside fresh work', () => {
    const { bench, leases } = running(40)
    later(
      bench,
      10_000,
      leases,
      leases.map(() => 1)
    )
    expect(bench.steal(mac, 5)).toHaveLength(1)
  })

  it('are for the owner like for anybody else', () => {
    const { bench, leases } = running(1, { self: { slots: 1 } })
    bench.state = { ...bench.state, speeds: new Map([[`${jobA}/${tower}`, 100]]) }
    later(bench, 10_000, leases, [1])
    expect(bench.steal(tower)).toEqual([{ jobId: jobA, taskNo: 2, attempt: 2 }])
  })
})
