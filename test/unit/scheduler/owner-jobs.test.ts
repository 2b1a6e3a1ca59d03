import { describe, expect, it } from 'vitest'
import { type JobStatus, jobStatuses } from '../../../src/model/index.ts'
import { type JobCommand, whyNotCommand } from '../../../src/scheduler/index.ts'
import { Bench, benchWithJob, jobA, jobB, jobC, nuc, requestOf, splitPlan, tower, wholePlan } from './kit.ts'

const cleaned = (bench: Bench, ok = true) =>
  bench.turn({
    kind: 'job-files-cleaned',
    jobId: jobA,
    verdict: ok ? { ok } : { ok, reason: 'the NAS is away', transient: true }
  })

describe('queueing a job', () => {
  it('makes it durable and has its source probed', () => {
    const bench = new Bench()
    bench.queue(jobA, { priority: 3 })
    expect(bench.facts).toEqual([
      { kind: 'job-queued', jobId: jobA, seq: 1, request: requestOf({ priority: 3 }) }
    ])
    expect(bench.ordered('plan-job')).toEqual([{ kind: 'plan-job', jobId: jobA }])
    expect(bench.job).toMatchObject({ status: 'planning', priority: 3 })
  })

  it('numbers jobs in the order of queueing', () => {
    const bench = new Bench()
    for (const jobId of [jobB, jobA, jobC]) bench.queue(jobId)
    expect([jobB, jobA, jobC].map((jobId) => bench.jobOf(jobId).seq)).toEqual([1, 2, 3])
  })
})

describe('a plan', () => {
  it('makes the job queued', () => {
    const bench = new Bench().given(splitPlan())
    expect(bench.kinds()).toEqual(['job-planned'])
    expect(bench.job).toMatchObject({ status: 'queued', plan: splitPlan() })
  })

  it('fails when its plan has nothing in it', () => {
    const bench = new Bench()
    bench.queue()
    bench.plan({ ...splitPlan(), totalUnits: 0 })
    expect(bench.job).toMatchObject({ status: 'failed', error: 'there is nothing in it to encode' })
  })

  it('that comes a second time changes nothing', () => {
    const bench = new Bench().given(splitPlan())
    bench.plan(wholePlan())
    expect(bench.facts).toEqual([])
    expect(bench.job.plan).toEqual(splitPlan())
  })

  it('is kept for a job that was paused meanwhile', () => {
    const bench = new Bench()
    bench.queue()
    bench.command('pause')
    bench.plan(splitPlan())
    expect(bench.job).toMatchObject({ status: 'paused', pausedFrom: 'queued' })
  })

  it('of a job that was canceled or purged meanwhile changes nothing', () => {
    const bench = new Bench()
    bench.queue()
    bench.command('cancel')
    expect(bench.plan(splitPlan()).facts).toEqual([])
    expect(bench.plan(splitPlan(), jobB).facts).toEqual([])
  })

  it('that cannot be made fails the job, with the reason', () => {
    const bench = new Bench()
    bench.queue()
    const refuse = {
      kind: 'job-plan-failed',
      jobId: jobA,
      error: 'old.avi is not a video',
      transient: false
    } as const
    bench.turn(refuse)
    expect(bench.job).toMatchObject({ status: 'failed', error: 'old.avi is not a video' })
    expect(bench.ordered('clean-job')).toHaveLength(1)
    expect(bench.turn(refuse).facts).toEqual([])
  })
})

describe('pausing', () => {
  it('hands out nothing more and lets what runs end', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.command('pause')
    expect(bench.kinds()).toEqual(['job-paused'])
    expect(bench.told()).toEqual([])
    expect(bench.steal(nuc)).toEqual([])
    bench.finish(nuc, lease)
    expect(bench.task(2).status).toBe('done')
  })

  it('is undone by resuming, where the job has got to', () => {
    const bench = benchWithJob()
    const leases = bench.steal(nuc, 2)
    bench.command('pause')
    for (const lease of leases) bench.finish(nuc, lease)
    expect(bench.job).toMatchObject({ status: 'paused', pausedFrom: 'joining' })
    bench.command('resume')
    expect(bench.job).toMatchObject({ status: 'joining', pausedFrom: null })
    expect(bench.stealOne(tower, 1).taskNo).toBe(1)
  })
})

describe('canceling', () => {
  it('stops what runs, removes the files and forgets the leases', () => {
    const bench = benchWithJob()
    bench.steal(nuc, 2)
    bench.command('cancel')
    expect(bench.kinds()).toEqual(['job-canceled'])
    expect(bench.told()).toEqual([`nuc stop ${jobA}.2.1`, `nuc stop ${jobA}.3.1`])
    expect(bench.ordered('clean-job')).toEqual([{ kind: 'clean-job', jobId: jobA }])
    expect(bench.state.clocks.size).toBe(0)
  })

  it('sticks, whatever is said of the job afterwards', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.deliver(nuc, lease)
    bench.command('cancel')
    expect(bench.verdict(lease, true).facts).toEqual([])
    expect(bench.heartbeat(nuc, [lease]).facts).toEqual([])
    expect(bench.told()).toEqual([`nuc stop ${jobA}.2.1`])
    expect(bench.fail(nuc, lease).facts).toEqual([])
    expect(bench.told()).toEqual([`nuc stop ${jobA}.2.1`])
    expect(bench.job.status).toBe('canceled')
  })

  it('lets go of everything that was noted about the job', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.pass(2_000)
    bench.heartbeat(nuc, [lease], 20)
    bench.fail(nuc, lease)
    expect([bench.state.speeds.size, bench.state.cooling.size]).toEqual([1, 1])
    bench.command('cancel')
    const { speeds, cooling, waitingSinceMs, chores } = bench.state
    expect([speeds.size, cooling.size, waitingSinceMs.size]).toEqual([0, 0, 0])
    expect([...chores.keys()]).toEqual([`clean:${jobA}`])
  })
})

describe('retrying', () => {
  const failed = (): Bench => {
    const bench = benchWithJob()
    bench.steal(nuc, 2)
    bench.command('cancel')
    return bench
  }

  it('plans the job afresh, and its tasks get new numbers', () => {
    const bench = failed()
    bench.command('retry')
    expect(bench.kinds()).toEqual(['job-retried'])
    expect(bench.ordered('plan-job')).toHaveLength(1)
    bench.plan(splitPlan())
    expect(bench.steal(nuc, 2).map(({ taskNo }) => taskNo)).toEqual([5, 6])
  })

  it('ignores results and failures of the life before', () => {
    const bench = failed()
    const old = { jobId: jobA, taskNo: 2, attempt: 1 }
    bench.command('retry')
    bench.plan(splitPlan())
    bench.steal(nuc, 2)
    expect(bench.deliver(nuc, old).facts).toEqual([])
    expect(bench.told()).toEqual([`nuc stop ${jobA}.2.1`])
    expect(bench.ordered('verify-result')).toEqual([])
    bench.heartbeat(nuc, [old])
    expect(bench.told()).toEqual([`nuc stop ${jobA}.2.1`])
  })

  it('is not spoiled by the clean-up of the life before', () => {
    const bench = failed()
    bench.command('retry')
    expect(cleaned(bench).facts).toEqual([])
    expect(bench.job).toMatchObject({ status: 'planning', cleaned: false })
  })
})

describe('purging', () => {
  it('forgets an ended job at once when its files are gone', () => {
    const bench = benchWithJob()
    bench.command('cancel')
    cleaned(bench)
    expect(bench.kinds()).toEqual(['job-cleaned'])
    bench.command('purge')
    expect(bench.kinds()).toEqual(['job-purged'])
    expect(bench.state.jobs.size).toBe(0)
  })

  it('waits until the files are gone', () => {
    const bench = benchWithJob()
    bench.command('cancel')
    expect(bench.command('purge').facts).toEqual([])
    cleaned(bench)
    expect(bench.kinds()).toEqual(['job-cleaned', 'job-purged'])
    expect(bench.state.purging.size).toBe(0)
  })

  it('that waited is off when the job is retried instead', () => {
    const bench = benchWithJob()
    bench.command('cancel')
    bench.command('purge')
    bench.command('retry')
    bench.command('cancel')
    cleaned(bench)
    expect(bench.kinds()).toEqual(['job-cleaned'])
    expect(bench.state.jobs.has(jobA)).toBe(true)
  })
})

describe('clean-up that storage is in the way of', () => {
  it('is tried again for ever, with waits that grow up to half a minute', () => {
    const bench = benchWithJob()
    bench.command('cancel')
    const waits: number[] = []
    for (let i = 0; i < 40; i++) {
      cleaned(bench, false)
      let waited = 0
      while (bench.pass(1_000).effects.every(({ kind }) => kind !== 'clean-job')) waited += 1_000
      waits.push(waited + 1_000)
    }
    expect(waits.slice(0, 4)).toEqual([2_000, 4_000, 6_000, 8_000])
    expect(Math.max(...waits)).toBe(30_000)
    expect(waits.at(-1)).toBe(30_000)
    cleaned(bench)
    expect(bench.kinds()).toEqual(['job-cleaned'])
  })

  it('is not ordered twice while it is under way', () => {
    const bench = benchWithJob()
    bench.command('cancel')
    expect(bench.pass(60_000).effects.map(({ kind }) => kind)).not.toContain('clean-job')
    bench.command('purge')
    expect(bench.ordered('clean-job')).toEqual([])
  })
})

describe('priority', () => {
  it('changes at once, and says so once', () => {
    const bench = benchWithJob()
    bench.turn({ kind: 'job-reprioritized', jobId: jobA, priority: 5 })
    expect(bench.facts).toEqual([{ kind: 'job-prioritized', jobId: jobA, priority: 5 }])
    expect(bench.turn({ kind: 'job-reprioritized', jobId: jobA, priority: 5 }).facts).toEqual([])
  })

  it('of an ended or unknown job stays', () => {
    const bench = benchWithJob()
    bench.command('cancel')
    expect(bench.turn({ kind: 'job-reprioritized', jobId: jobA, priority: 5 }).facts).toEqual([])
    expect(bench.turn({ kind: 'job-reprioritized', jobId: jobB, priority: 5 }).facts).toEqual([])
  })
})

describe('a source that cannot be reached for now', () => {
  const away = { kind: 'job-plan-failed', jobId: jobA, error: 'the NAS is away', transient: true } as const

  it('is probed again after growing waits, and the job stays', () => {
    const bench = new Bench()
    bench.queue()
    expect(bench.turn(away).facts).toEqual([])
    expect(bench.job.status).toBe('planning')
    bench.pass(2_000)
    expect(bench.ordered('plan-job')).toHaveLength(1)
    bench.turn(away)
    bench.pass(2_000)
    expect(bench.ordered('plan-job')).toEqual([])
    bench.pass(2_000)
    expect(bench.ordered('plan-job')).toHaveLength(1)
    bench.plan(splitPlan())
    expect(bench.job.status).toBe('queued')
  })
})

describe('commands that do not apply', () => {
  const applies: Record<JobCommand, readonly JobStatus[]> = {
    pause: ['planning', 'queued', 'active', 'joining', 'verifying'],
    resume: ['paused'],
    cancel: ['planning', 'queued', 'active', 'joining', 'paused'],
    retry: ['failed', 'canceled'],
    purge: ['completed', 'failed', 'canceled']
  }

  it.each(Object.entries(applies) as [JobCommand, readonly JobStatus[]][])(
    '%s is for jobs that are %s; for all others there are words',
    (command, statuses) => {
      const { job, state } = new Bench().given(splitPlan())
      for (const status of jobStatuses) {
        const why = whyNotCommand(state, { ...job, status }, command)
        if (statuses.includes(status)) expect(why, status).toBeNull()
        else expect(why, status).toContain(status)
      }
    }
  )

  it('say what to do instead when a job that runs is to be purged', () => {
    const { state, job } = new Bench().given(splitPlan())
    expect(whyNotCommand(state, job, 'purge')).toBe('it is queued; cancel it first')
  })

  it('change nothing', () => {
    const bench = benchWithJob()
    for (const command of ['resume', 'retry', 'purge'] as const) {
      expect(bench.command(command)).toMatchObject({ facts: [] })
    }
    expect(bench.command('cancel', jobB)).toMatchObject({ facts: [] })
    bench.command('cancel')
    for (const command of ['cancel', 'pause', 'resume'] as const) {
      expect(bench.command(command)).toMatchObject({ facts: [] })
    }
  })
})
