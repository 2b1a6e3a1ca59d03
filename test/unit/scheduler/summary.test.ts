import { describe, expect, it } from 'vitest'
import type { JobRecord } from '../../../src/model/index.ts'
import { isOpen, isUnshaped, readyCount, summaryOf } from '../../../src/scheduler/summary.ts'
import { Bench, benchWithJob, nuc, splitPlan, wholePlan } from './kit.ts'

describe('the summary of a job', () => {
  it('counts its tasks by status and the frames that are not cut', () => {
    const bench = new Bench().connect(nuc).given(splitPlan({ totalUnits: 250 }))
    const [first, second] = bench.steal(nuc, 3)
    bench.finish(nuc, first!)
    bench.fail(nuc, second!)
    const { readyTasks, leasedTasks, doneTasks, remainingUnits } = summaryOf(bench.job)
    expect(readyTasks.map(({ no }) => no)).toEqual([3])
    expect(leasedTasks.map(({ no }) => no)).toEqual([4])
    expect([doneTasks, remainingUnits]).toEqual([1, 100])
  })

  it('is made once for a record', () => {
    const { job } = benchWithJob()
    expect(summaryOf(job)).toBe(summaryOf(job))
    expect(summaryOf({ ...job })).not.toBe(summaryOf(job))
  })
})

describe('whether tasks may be handed out', () => {
  it('is so from the plan to the join', () => {
    const job = new Bench().given(splitPlan()).job
    const open = (status: JobRecord['status']): boolean => isOpen({ ...job, status })
    expect(['queued', 'active', 'joining'].map((status) => open(status as never))).toEqual([true, true, true])
    for (const status of ['planning', 'verifying', 'paused', 'completed', 'failed', 'canceled'] as const)
      expect(open(status), status).toBe(false)
  })
})

describe('what could be handed out', () => {
  it('is one thing while the shape is open: whoever comes first decides it', () => {
    const { job } = new Bench().given(splitPlan({ totalUnits: 1_000 }))
    expect(isUnshaped(job)).toBe(true)
    expect([readyCount(job, 'slot', true), readyCount(job, 'io', true)]).toEqual([1, 0])
  })

  it('counts uncut frames as pieces of the smallest size', () => {
    const bench = new Bench().connect(nuc).given(splitPlan({ totalUnits: 150, minUnits: 30 }))
    bench.stealOne(nuc)
    expect(isUnshaped(bench.job)).toBe(false)
    expect(readyCount(bench.job, 'slot', false)).toBe(4)
  })

  it('counts joins only for the owner, and in their own pool', () => {
    const bench = benchWithJob()
    for (const lease of bench.steal(nuc, 2)) bench.finish(nuc, lease)
    expect(readyCount(bench.job, 'io', true)).toBe(1)
    expect(readyCount(bench.job, 'io', false)).toBe(0)
    expect(readyCount(bench.job, 'slot', true)).toBe(0)
  })

  it('is nothing while the job is paused', () => {
    const bench = new Bench().given(wholePlan())
    bench.command('pause')
    expect(readyCount(bench.job, 'slot', true)).toBe(0)
  })
})
