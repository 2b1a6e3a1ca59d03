import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { JobView } from '../../../src/model/index.ts'
import { watchJobs } from '../../../src/node/job-watch.ts'
import { jobView } from '../../../src/node/views.ts'
import { Bench, jobA, jobB, jobC, nuc, wholePlan } from '../scheduler/kit.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** A watch over the jobs of a bench, and everything that it told. */
function watch(bench: Bench, ids: readonly string[] | null = null) {
  const told: string[] = []
  const controller = new AbortController()
  const stopping = new AbortController()
  let views = 0
  const times = { jobTimes: () => null, attemptTimes: () => new Map() }
  const run = async (): Promise<void> => {
    const collaborators = {
      state: () => bench.state,
      view: (job: Parameters<typeof jobView>[1]): JobView => {
        views += 1
        return jobView(bench.state, job, times)
      },
      stopping: stopping.signal
    }
    for await (const { id, status, progress } of watchJobs(ids, controller.signal, collaborators))
      told.push(`${id} ${status} ${progress.units}`)
  }
  const ended = run()
  /** What was told since the last look, after so many ms. */
  const later = async (ms: number): Promise<string[]> => {
    await vi.advanceTimersByTimeAsync(ms)
    return told.splice(0)
  }
  return { later, controller, stopping, ended, views: () => views }
}

describe('watching jobs', () => {
  it('tells every job at first, then each that changed', async () => {
    const bench = new Bench().given(wholePlan(), jobA).given(wholePlan(), jobB)
    const { later, controller } = watch(bench)
    expect(await later(0)).toEqual([`${jobA} queued 0`, `${jobB} queued 0`])
    bench.command('pause', jobB)
    expect(await later(250)).toEqual([`${jobB} paused 0`])
    bench.queue(jobC)
    expect(await later(250)).toEqual([`${jobC} planning 0`])
    expect(await later(2_000)).toEqual([])
    controller.abort()
  })

  it('tells only those that it was asked for', async () => {
    const bench = new Bench().given(wholePlan(), jobA).given(wholePlan(), jobB)
    const { later, controller } = watch(bench, [jobB])
    expect(await later(0)).toEqual([`${jobB} queued 0`])
    bench.command('cancel', jobA)
    expect(await later(1_000)).toEqual([])
    controller.abort()
  })

  it('tells progress, at most four times a second', async () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(wholePlan())
    const lease = bench.stealOne(nuc)
    const { later, controller } = watch(bench)
    await later(0)
    for (const units of [1, 2, 3]) {
      bench.heartbeat(nuc, [lease], units)
      expect(await later(83)).toEqual([])
    }
    expect(await later(1)).toEqual([`${jobA} active 3`])
    controller.abort()
  })

  it('does not look twice at what has ended', async () => {
    const bench = new Bench().given(wholePlan())
    bench.command('cancel')
    const { later, controller, views } = watch(bench)
    await later(5_000)
    expect(views()).toBe(1)
    controller.abort()
  })

  it('tells a job again that was retried', async () => {
    const bench = new Bench().given(wholePlan())
    bench.command('cancel')
    const { later, controller } = watch(bench)
    expect(await later(0)).toEqual([`${jobA} canceled 0`])
    bench.command('retry')
    expect(await later(250)).toEqual([`${jobA} planning 0`])
    controller.abort()
  })

  it('says nothing of a job that is purged, and tells it anew should it come back', async () => {
    const bench = new Bench().given(wholePlan())
    const { later, controller } = watch(bench)
    await later(0)
    const { jobs } = bench.state
    bench.state = { ...bench.state, jobs: new Map() }
    expect(await later(250)).toEqual([])
    bench.state = { ...bench.state, jobs }
    expect(await later(250)).toEqual([`${jobA} queued 0`])
    controller.abort()
  })
})

describe('a watch ends', () => {
  it('at once when its reader has gone', async () => {
    const bench = new Bench().given(wholePlan())
    const { later, controller, ended } = watch(bench)
    await later(0)
    bench.command('cancel')
    controller.abort()
    await ended
    expect(await later(0)).toEqual([])
  })

  it('with the node, after what changed last is told', async () => {
    const bench = new Bench().given(wholePlan())
    const { later, stopping, ended } = watch(bench)
    await later(0)
    bench.command('cancel')
    stopping.abort()
    await ended
    expect(await later(0)).toEqual([`${jobA} canceled 0`])
  })

  it('leaves no timer behind', async () => {
    const { later, controller, ended } = watch(new Bench())
    await later(0)
    expect(vi.getTimerCount()).toBe(1)
    controller.abort()
    await ended
    expect(vi.getTimerCount()).toBe(0)
  })

  it('after one look when it was over before it began', async () => {
    const bench = new Bench().given(wholePlan())
    const { later, stopping, ended } = watch(bench)
    stopping.abort()
    await ended
    expect(await later(0)).toEqual([`${jobA} queued 0`])
  })
})
