import { describe, expect, it } from 'vitest'
import { actOnJobs } from '../../../src/node/act-service.ts'
import { Bench, jobA, wholePlan } from '../scheduler/kit.ts'

/** A canceled job whose temporary files are still to be removed. */
function canceled() {
  const bench = new Bench().given(wholePlan())
  bench.command('cancel')
  const purge = () =>
    actOnJobs('purge', [jobA], { state: () => bench.state, turn: (event) => void bench.turn(event) }).results
  const cleaned = (ok: boolean) =>
    bench.turn({
      kind: 'job-files-cleaned',
      jobId: jobA,
      verdict: ok ? { ok } : { ok, reason: 'no storage', transient: true }
    })
  return { bench, purge, cleaned }
}

describe('purging a job', () => {
  it('says purged when it is gone', () => {
    const { bench, purge, cleaned } = canceled()
    cleaned(true)
    expect(purge()).toEqual([{ id: jobA, ok: true, status: 'purged', message: null }])
    expect(bench.state.jobs.size).toBe(0)
  })

  it('says that it waits for the storage of its files', () => {
    const { bench, purge, cleaned } = canceled()
    cleaned(false)
    expect(purge()).toEqual([
      { id: jobA, ok: true, status: 'canceled', message: 'will be purged when its storage is back' }
    ])
    bench.pass(60_000)
    cleaned(true)
    expect(bench.state.jobs.size).toBe(0)
  })

  it('says that its files are being removed', () => {
    expect(canceled().purge()).toMatchObject([
      { status: 'canceled', message: 'will be purged when its temporary files are gone' }
    ])
  })
})
