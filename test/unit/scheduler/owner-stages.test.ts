import { describe, expect, it } from 'vitest'
import { audio, Bench, join, nuc, plannedTask, splitPlan, workOf } from './kit.ts'

const staged = (tasks = [audio, join]): Bench =>
  new Bench().connect(nuc).given(splitPlan({}, { split: { work: workOf({ fixedUnits: 50 }), tasks } }))

describe('stages', () => {
  it('are ready from the start when they are the first, and wait otherwise', () => {
    const bench = staged()
    bench.steal(nuc, 1)
    expect(bench.job.tasks.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'encode-audio leased',
      'join waiting'
    ])
  })

  it('open only when every piece is cut and every task before is done', () => {
    const bench = staged()
    const [sound, first] = bench.steal(nuc, 2)
    bench.finish(nuc, sound!)
    expect(bench.kinds()).toEqual(['task-done'])
    bench.finish(nuc, first!)
    expect(bench.kinds()).toEqual(['task-done'])
    const second = bench.stealOne(nuc)
    bench.finish(nuc, second)
    expect(bench.kinds()).toEqual(['task-done', 'task-readied'])
    expect(bench.job.status).toBe('joining')
  })

  it('wait for a piece that failed once', () => {
    const bench = staged([join])
    const [first, second] = bench.steal(nuc, 2)
    bench.finish(nuc, first!)
    bench.fail(nuc, second!)
    expect(bench.task(1).status).toBe('waiting')
  })

  it('open one after another', () => {
    const check = plannedTask('check', { stage: 1 })
    const bench = staged([check, { ...join, stage: 2 }])
    const pieces = bench.steal(nuc, 2)
    for (const lease of pieces) bench.finish(nuc, lease)
    expect(bench.job.tasks.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'check ready',
      'join waiting',
      'encode-chunk done',
      'encode-chunk done'
    ])
    expect(bench.job.status).toBe('active')
    bench.finish(nuc, bench.stealOne(nuc))
    expect(bench.task(2).status).toBe('ready')
    expect(bench.job.status).toBe('joining')
  })

  it('may be numbered with gaps', () => {
    const bench = staged([{ ...join, stage: 9 }])
    for (const lease of bench.steal(nuc, 2)) bench.finish(nuc, lease)
    expect(bench.task(1).status).toBe('ready')
  })
})
