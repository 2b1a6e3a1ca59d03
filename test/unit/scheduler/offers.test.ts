import { describe, expect, it } from 'vitest'
import type { JobId } from '../../../src/model/index.ts'
import { offersOf } from '../../../src/scheduler/index.ts'
import { Bench, benchWithJob, jobA, jobB, mac, needs, nuc, splitPlan, wholePlan } from './kit.ts'

const offers = (bench: Bench) => offersOf(bench.state, bench.nowMs)

describe('what an owner offers', () => {
  it('is each job with something to hand out: how much, how urgent, what it needs', () => {
    const bench = new Bench().connect(nuc).given(wholePlan(), jobA, { priority: 2 })
    bench.nowMs += 750
    expect(offers(bench)).toEqual([
      { jobId: jobA, priority: 2, readyTasks: 1, lateTasks: 0, ageMs: 750, needs }
    ])
  })

  it('counts what was tried before and the frames that are not cut yet', () => {
    const bench = new Bench().connect(nuc).given(splitPlan({ totalUnits: 100, fixedUnits: 30, minUnits: 20 }))
    const lease = bench.stealOne(nuc)
    expect(offers(bench)[0]!.readyTasks).toBe(4)
    bench.fail(nuc, lease)
    expect(offers(bench)[0]!.readyTasks).toBe(5)
  })

  it('is ordered by urgency', () => {
    const bench = new Bench().given(wholePlan(), jobA).given(wholePlan(), jobB, { priority: 1 })
    expect(offers(bench).map(({ jobId }) => jobId)).toEqual([jobB, jobA])
  })

  it('has at most 32 jobs, the most urgent ones', () => {
    const bench = new Bench()
    for (let i = 0; i < 40; i++) bench.given(wholePlan(), `${i}`.padStart(10, '0') as JobId, { priority: i })
    const made = offers(bench)
    expect(made).toHaveLength(32)
    expect(made.map(({ priority }) => priority)).toEqual(Array.from({ length: 32 }, (_, i) => 39 - i))
  })

  it('leaves out what is for this node alone', () => {
    const bench = new Bench().given(wholePlan({ needs: { ...needs, ownerOnly: true } }))
    expect(offers(bench)).toEqual([])
  })

  it('leaves out joins', () => {
    const bench = benchWithJob()
    for (const lease of bench.steal(nuc, 2)) bench.finish(nuc, lease)
    expect(bench.job.status).toBe('joining')
    expect(offers(bench)).toEqual([])
  })

  it('leaves out what is planning, paused or ended', () => {
    const bench = new Bench()
    bench.queue()
    expect(offers(bench)).toEqual([])
    bench.plan(wholePlan())
    bench.command('pause')
    expect(offers(bench)).toEqual([])
    bench.command('resume')
    expect(offers(bench)).toHaveLength(1)
    bench.command('cancel')
    expect(offers(bench)).toEqual([])
  })

  it('is nothing while the node stops', () => {
    const bench = benchWithJob()
    bench.turn({ kind: 'node-stopping' })
    expect(offers(bench)).toEqual([])
  })

  it('names running pieces that may get a second copy, when nothing else is left', () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    expect(offers(bench)[0]).toMatchObject({ lateTasks: 0 })
    bench.stealOne(nuc)
    expect(offers(bench)[0]).toMatchObject({ readyTasks: 0, lateTasks: 2 })
  })

  it('ages from the start for jobs that the ledger brought', () => {
    const bench = new Bench({ jobs: new Bench().given(wholePlan()).state.jobs })
    bench.turn({ kind: 'node-started' })
    bench.nowMs += 400
    expect(offers(bench)[0]!.ageMs).toBe(400)
  })

  it('ages from the moment at which work was there, and anew when it is there again', () => {
    const bench = new Bench()
      .connect(nuc)
      .connect(mac)
      .given(splitPlan({ totalUnits: 50 }))
    bench.nowMs += 5_000
    expect(offers(bench)[0]!.ageMs).toBe(5_000)
    const lease = bench.stealOne(nuc)
    bench.nowMs += 5_000
    bench.fail(nuc, lease)
    bench.nowMs += 100
    expect(offers(bench)[0]!.ageMs).toBe(100)
  })
})
