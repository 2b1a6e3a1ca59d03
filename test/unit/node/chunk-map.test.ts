import { describe, expect, it } from 'vitest'
import type { ChunkMap } from '../../../src/model/index.ts'
import { chunkMap, uncutPieces } from '../../../src/node/chunk-map.ts'
import { audio, Bench, join, mac, nuc, splitPlan, wholePlan } from '../scheduler/kit.ts'

/** A map as a line: `2 done nuc, 1 encoding mac, 7 waiting`. */
const told = ({ runs, peers }: ChunkMap): string =>
  runs
    .map(({ count, state, peer, firstTask }) =>
      [
        count,
        state,
        peer === null ? '' : (peers[peer]?.name ?? '?'),
        firstTask === null ? '' : `#${firstTask}`
      ]
        .filter((part) => part !== '')
        .join(' ')
    )
    .join(', ')

const map = (bench: Bench) => chunkMap(bench.state, bench.job)

/** Ten pieces of 10 frames; the nuc and the mac take them. */
const ten = () =>
  new Bench({ self: { slots: 0 } })
    .connect(nuc)
    .given(splitPlan({ fixedUnits: 10 }))
    .connect(mac)

describe('chunkMap', () => {
  it('has no cell before anything is cut, for nobody knows how many there will be', () => {
    expect(map(new Bench().given(splitPlan()))).toMatchObject({ runs: [], uncut: 0, side: [] })
  })

  it('tells neighbours that look the same as one run, in the order of the picture', () => {
    const bench = ten()
    const leases = [bench.stealOne(nuc), bench.stealOne(nuc), bench.stealOne(mac)]
    for (const lease of leases.slice(0, 2)) {
      bench.deliver(nuc, lease)
      bench.verdict(lease, true)
    }
    expect(told(map(bench))).toMatch(/^2 done nuc #\d+, 1 encoding mac #\d+, 7 waiting$/)
    expect(map(bench).uncut).toBe(7)
  })

  it('shows a piece that is verified, one that runs twice, and one that failed', () => {
    const bench = ten()
    const lease = bench.stealOne(nuc)
    bench.deliver(nuc, lease)
    expect(told(map(bench))).toContain('1 verifying nuc')
    const { state } = bench
    const job = {
      ...bench.job,
      tasks: bench.job.tasks.map((task) => {
        if (task.no !== lease.taskNo) return task
        const second = { ...task.attempts[0]!, attempt: 2, peerId: mac, peerName: 'mac' }
        return { ...task, attempts: [...task.attempts, second] }
      })
    }
    expect(told(chunkMap({ ...state, chores: new Map() }, job))).toContain('1 second mac')
    const failed = {
      ...job,
      tasks: job.tasks.map((task) => ({ ...task, status: 'failed' as const, range: task.range }))
    }
    expect(told(chunkMap({ ...state, chores: new Map() }, failed))).toContain('1 failed')
  })

  it('keeps what lies beside the chunks apart', () => {
    const plan = splitPlan({}, { split: { work: splitPlan().split!.work, tasks: [audio, join] } })
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(plan)
    bench.stealOne(nuc)
    expect(
      map(bench)
        .side.map(({ kind }) => kind)
        .sort()
    ).toEqual(['encode-audio', 'join'])
  })

  it('has no chunks of a job in one piece', () => {
    const bench = new Bench({ self: { slots: 0 } }).given(wholePlan()).connect(nuc)
    bench.stealOne(nuc)
    expect(map(bench)).toMatchObject({
      runs: [],
      side: [{ kind: 'encode-file', state: 'encoding', peer: 0 }]
    })
  })

  it('fits on the wire with 5,000 chunks that are mostly alike', () => {
    const bench = ten()
    bench.stealOne(nuc)
    const [first] = bench.job.tasks.filter(({ range }) => range !== null)
    const tasks = Array.from({ length: 5_000 }, (_, i) => ({
      ...first!,
      no: i + 10,
      status: i < 4_800 ? ('done' as const) : first!.status,
      attempts: i < 4_800 ? [{ ...first!.attempts[0]!, status: 'done' as const }] : first!.attempts,
      range: { start: i * 10, end: i * 10 + 10 }
    }))
    const text = JSON.stringify(chunkMap(bench.state, { ...bench.job, tasks }))
    expect(text.length).toBeLessThan(2_000)
  })
})

describe('uncutPieces', () => {
  it('guesses by the last pieces that were cut, for they get smaller', () => {
    const bench = ten()
    const job = bench.job
    const piece = (no: number, start: number, end: number) => ({
      ...bench.job.tasks[0]!,
      no,
      final: false,
      range: { start, end }
    })
    const work = { ...job.plan!.split!.work, fixedUnits: null, totalUnits: 1_000 }
    const plan = { ...job.plan!, split: { work, tasks: [] } }
    const tasks = [
      piece(1, 0, 500),
      ...Array.from({ length: 8 }, (_, i) => piece(i + 2, 500 + i * 20, 520 + i * 20))
    ]
    expect(uncutPieces({ ...job, plan, tasks, remaining: [{ start: 660, end: 1_000 }] })).toBe(17)
    expect(uncutPieces({ ...job, plan, tasks, remaining: [] })).toBe(0)
  })
})
