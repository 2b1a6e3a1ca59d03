import { describe, expect, it } from 'vitest'
import { type JobId, type LeaseKey, leaseIdOf } from '../../../src/model/index.ts'
import type { ChoreVerdict, JobCommand, SchedulerSettings } from '../../../src/scheduler/index.ts'
import {
  audio,
  Bench,
  benchWithJob,
  jobA,
  join,
  mac,
  nuc,
  splitPlan,
  tower,
  wholePlan,
  workOf
} from './kit.ts'

const ok: ChoreVerdict = { ok: true }
const away: ChoreVerdict = { ok: false, reason: 'the NAS is away', transient: true }

/** A bench whose job is about to be published. */
function atPublication(settings: Partial<SchedulerSettings> = {}): { bench: Bench; lease: LeaseKey } {
  const bench = benchWithJob({ settings })
  for (const lease of bench.steal(nuc, 2)) bench.finish(nuc, lease)
  const lease = bench.stealOne(tower, 1)
  bench.finish(tower, lease)
  return { bench, lease }
}

const published = (bench: Bench, lease: LeaseKey, verdict: ChoreVerdict = ok) =>
  bench.turn({ kind: 'output-published', lease, verdict })

describe('a verified result', () => {
  it('makes the task done and is acknowledged', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.finish(nuc, lease)
    expect(bench.facts).toEqual([{ kind: 'task-done', ...lease, result: 'of nuc' }])
    expect(bench.told()).toEqual([`nuc acknowledged ${leaseIdOf(lease)}`])
    expect(bench.state.clocks.size).toBe(0)
  })

  it('is acknowledged again when its worker still names it, and never told to stop', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.finish(nuc, lease)
    bench.heartbeat(nuc, [lease])
    expect(bench.told()).toEqual([`nuc acknowledged ${leaseIdOf(lease)}`])
    bench.deliver(nuc, lease)
    expect(bench.told()).toEqual([`nuc acknowledged ${leaseIdOf(lease)}`])
    expect(bench.facts).toEqual([])
    expect(bench.ordered('verify-result')).toEqual([])
  })

  it('that no attempt could give ends the job at once, and is held against nobody', () => {
    const bench = benchWithJob().connect(mac)
    const [lease, other] = [bench.stealOne(nuc), bench.stealOne(mac)]
    bench.deliver(nuc, lease)
    const verdict = { ok: false, reason: 'the source has changed', transient: false, ends: true } as const
    bench.turn({ kind: 'result-verified', lease, result: null, verdict })
    expect(bench.job).toMatchObject({ status: 'failed', error: 'the source has changed', blocked: {} })
    expect(bench.told()).toContain(`nuc acknowledged ${leaseIdOf(lease)}`)
    expect(bench.told()).toContain(`mac stop ${leaseIdOf(other)}`)
    expect(bench.state.clocks.size).toBe(0)
    expect(bench.ordered('clean-job')).toHaveLength(1)
    bench.command('retry')
    expect(bench.job.status).toBe('planning')
  })

  it('that is the first wins, and the verdict on a second one changes nothing', () => {
    const bench = benchWithJob().connect(mac)
    const late = bench.stealOne(nuc)
    bench.pass(15_000)
    bench.turn({ kind: 'result-collected', lease: late, result: null })
    const next = bench.stealOne(mac)
    bench.deliver(nuc, late)
    bench.deliver(mac, next)
    bench.verdict(next, true, 'of mac')
    expect(bench.attempts(2)).toEqual(['nuc lost', 'mac done'])
    bench.verdict(late, true, 'of nuc')
    expect(bench.facts).toEqual([])
    expect(bench.told()).toEqual([`nuc acknowledged ${leaseIdOf(late)}`])
    expect(bench.task(2)).toMatchObject({ status: 'done', result: 'of mac' })
  })

  it('of the last task of a stage opens the next', () => {
    const bench = benchWithJob()
    const [first, second] = bench.steal(nuc, 2)
    bench.finish(nuc, first!)
    bench.finish(nuc, second!)
    expect(bench.kinds()).toEqual(['task-done', 'task-readied'])
  })

  it('makes peers that had failed lately welcome again', () => {
    const bench = benchWithJob().connect(mac)
    const [first, second] = bench.steal(nuc, 2)
    bench.fail(nuc, first!)
    expect(bench.state.cooling.size).toBe(1)
    bench.finish(nuc, second!)
    expect(bench.state.cooling.size).toBe(0)
  })

  it('of an unknown task or job changes nothing', () => {
    const bench = benchWithJob()
    expect(bench.verdict({ jobId: 'zzzzzzzzzz' as JobId, taskNo: 1, attempt: 1 }, true).facts).toEqual([])
    expect(bench.verdict({ jobId: jobA, taskNo: 9, attempt: 1 }, true).facts).toEqual([])
  })
})

describe('a result that does not verify', () => {
  it('counts against its peer and is acknowledged, so that it is told no more', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.reject(nuc, lease)
    expect(bench.facts).toEqual([
      { kind: 'attempt-ended', ...lease, status: 'rejected', error: 'a frame is missing' }
    ])
    expect(bench.told()).toEqual([`nuc acknowledged ${leaseIdOf(lease)}`])
    expect(bench.task(2).status).toBe('ready')
  })

  it('because storage was in the way is verified again, with waits that grow', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.deliver(nuc, lease, 'file')
    const waits: number[] = []
    for (let i = 0; i < 3; i++) {
      bench.turn({ kind: 'result-verified', lease, result: 'file', verdict: away })
      expect(bench.facts).toEqual([])
      let waited = 0
      do {
        waited += 500
        bench.pass(500)
      } while (bench.ordered('verify-result').length === 0)
      expect(bench.ordered('verify-result')).toEqual([{ kind: 'verify-result', lease, result: 'file' }])
      waits.push(waited)
    }
    expect(waits).toEqual([2_000, 4_000, 6_000])
    bench.verdict(lease, true)
    expect(bench.task(2).status).toBe('done')
  })

  it('is rejected in the end, when storage stays in the way', () => {
    const bench = benchWithJob({ settings: { maxChoreTries: 15 } })
    const lease = bench.stealOne(nuc)
    bench.deliver(nuc, lease)
    for (let tries = 1; tries <= 15; tries++) {
      expect(bench.attempts(2)).toEqual(['nuc running'])
      bench.turn({ kind: 'result-verified', lease, result: null, verdict: away })
      bench.pass(30_000)
    }
    expect(bench.attempts(2)).toEqual(['nuc rejected'])
    expect(bench.task(2).attempts[0]!.error).toBe('the NAS is away')
  })
})

describe('what is found on disk of a lost attempt', () => {
  const lost = (): { bench: Bench; lease: LeaseKey } => {
    const bench = benchWithJob().connect(mac)
    const lease = bench.stealOne(nuc)
    bench.pass(15_000)
    return { bench, lease }
  }
  const collected = (bench: Bench, lease: LeaseKey, result: string | null) =>
    bench.turn({ kind: 'result-collected', lease, result })

  it('is verified like any other result, and wins', () => {
    const { bench, lease } = lost()
    collected(bench, lease, 'file')
    expect(bench.ordered('verify-result')).toEqual([{ kind: 'verify-result', lease, result: 'file' }])
    bench.verdict(lease, true)
    expect(bench.attempts(2)).toEqual(['nuc done'])
  })

  it('is of no use when somebody else has won meanwhile', () => {
    const { bench, lease } = lost()
    bench.finish(mac, bench.stealOne(mac))
    collected(bench, lease, 'file')
    expect(bench.ordered('verify-result')).toEqual([])
  })

  it('may be nothing: the attempt stays lost, and its worker may still hand it in', () => {
    const { bench, lease } = lost()
    expect(collected(bench, lease, null).facts).toEqual([])
    bench.finish(nuc, lease)
    expect(bench.attempts(2)).toEqual(['nuc done'])
  })

  it('is waited for when the worker hands the same thing in meanwhile: it tells again', () => {
    const { bench, lease } = lost()
    bench.deliver(nuc, lease)
    expect(bench.ordered('verify-result')).toEqual([])
    collected(bench, lease, null)
    bench.deliver(nuc, lease)
    expect(bench.ordered('verify-result')).toHaveLength(1)
  })

  it('of a job that has ended changes nothing', () => {
    const { bench, lease } = lost()
    bench.command('cancel')
    expect(collected(bench, lease, 'file')).toMatchObject({ facts: [] })
    expect(bench.ordered('verify-result')).toEqual([])
  })
})

describe('publication', () => {
  it('follows when the final task is done', () => {
    const { bench, lease } = atPublication()
    expect(bench.job.status).toBe('verifying')
    expect(bench.ordered('publish-output')).toEqual([{ kind: 'publish-output', lease, result: 'of tower' }])
  })

  it('follows a whole-file task just so', () => {
    const bench = new Bench().given(wholePlan())
    const lease = bench.stealOne(tower)
    bench.finish(tower, lease)
    expect(bench.ordered('publish-output')).toEqual([{ kind: 'publish-output', lease, result: 'of tower' }])
  })

  it('completes the job, and its temporary files go', () => {
    const { bench, lease } = atPublication()
    published(bench, lease)
    expect(bench.kinds()).toEqual(['job-completed'])
    expect(bench.ordered('clean-job')).toEqual([{ kind: 'clean-job', jobId: jobA }])
    expect(bench.state.speeds.size).toBe(0)
    expect(published(bench, lease).facts).toEqual([])
  })

  it('is tried again when storage was in the way, and fails the job in the end', () => {
    const { bench, lease } = atPublication({ maxChoreTries: 15 })
    for (let tries = 1; tries < 15; tries++) {
      expect(published(bench, lease, away).facts).toEqual([])
      bench.pass(30_000)
      expect(bench.ordered('publish-output')).toHaveLength(1)
    }
    published(bench, lease, away)
    expect(bench.facts).toEqual([{ kind: 'job-failed', jobId: jobA, error: 'the NAS is away' }])
  })

  it('that cannot be fails the job at once', () => {
    const { bench, lease } = atPublication()
    published(bench, lease, { ok: false, reason: 'clip.mov is there already', transient: false })
    expect(bench.job).toMatchObject({ status: 'failed', error: 'clip.mov is there already' })
  })

  it('keeps the job from being canceled: what is about to appear cannot be taken back', () => {
    const { bench, lease } = atPublication()
    expect(bench.command('cancel').facts).toEqual([])
    published(bench, lease)
    expect(bench.job.status).toBe('completed')
  })

  it('that waits for storage does not keep the job from being canceled', () => {
    const { bench, lease } = atPublication()
    published(bench, lease, away)
    bench.command('cancel')
    expect(published(bench, lease).facts).toEqual([])
    expect(bench.job.status).toBe('canceled')
  })

  it('goes on while the job is paused', () => {
    const { bench, lease } = atPublication()
    bench.command('pause')
    published(bench, lease)
    expect(bench.job.status).toBe('completed')
  })
})

describe('a node that starts again', () => {
  const restart = (before: Bench): Bench => {
    const bench = new Bench({ jobs: before.state.jobs })
    bench.turn({ kind: 'node-started' })
    return bench
  }
  const chores = (bench: Bench): string[] =>
    bench.effects.map(({ kind }) => kind).filter((kind) => kind !== 'announce' && kind !== 'send-steal')

  it('probes the sources of jobs that were being planned, also of paused ones', () => {
    for (const commands of [[], ['pause']] satisfies JobCommand[][]) {
      const before = new Bench()
      before.queue()
      for (const command of commands) before.command(command)
      expect(chores(restart(before))).toEqual(['plan-job'])
    }
  })

  it('has nothing to catch up with for jobs that wait', () => {
    expect(chores(restart(new Bench().given(splitPlan())))).toEqual([])
  })

  it('takes its own runs back, which ended with its last process: nobody lost them', () => {
    const before = new Bench().given(splitPlan())
    const lease = before.stealOne(tower)
    const bench = restart(before)
    bench.turn({ kind: 'result-collected', lease, result: null })
    expect(bench.facts).toMatchObject([
      { ...lease, status: 'returned', error: 'this node was started again' }
    ])
    expect(bench.task(2).status).toBe('ready')
  })

  it('finds what its own last run had finished', () => {
    const before = new Bench().given(splitPlan())
    const lease = before.stealOne(tower)
    const bench = restart(before)
    bench.turn({ kind: 'result-collected', lease, result: 'file' })
    bench.verdict(lease, true, 'file')
    expect(bench.attempts(2)).toEqual(['tower done'])
  })

  it('does not take back what it holds by now', () => {
    const before = new Bench().given(splitPlan())
    const lease = before.stealOne(tower)
    const bench = restart(before)
    bench.turn({
      kind: 'message-received',
      message: {
        kind: 'grant',
        from: tower,
        answer: {
          requestId: 1,
          leases: [
            {
              ...lease,
              leaseId: leaseIdOf(lease),
              jobKind: 'pretend',
              taskKind: 'encode-chunk',
              range: { start: 0, end: 50 },
              pool: 'slot',
              ttlMs: 15_000,
              payload: null
            }
          ]
        }
      }
    })
    expect(bench.turn({ kind: 'result-collected', lease, result: null }).facts).toEqual([])
  })

  it('publishes what was being published', () => {
    const { bench: before, lease } = atPublication()
    const bench = restart(before)
    expect(bench.ordered('publish-output')).toEqual([{ kind: 'publish-output', lease, result: 'of tower' }])
    published(bench, lease)
    expect(bench.job.status).toBe('completed')
  })

  it('publishes a paused job just so', () => {
    const { bench: before } = atPublication()
    before.command('pause')
    expect(chores(restart(before))).toEqual(['publish-output'])
  })

  it('removes the files of ended jobs that were left, and of no others', () => {
    const before = benchWithJob()
    before.command('cancel')
    expect(chores(restart(before))).toEqual(['clean-job'])
    before.turn({ kind: 'job-files-cleaned', jobId: jobA, verdict: ok })
    expect(chores(restart(before))).toEqual([])
  })

  it('readies a stage whose time had come', () => {
    const tasks = [audio, join]
    const before = new Bench()
      .connect(nuc)
      .given(splitPlan({}, { split: { work: workOf({ fixedUnits: 100 }), tasks } }))
    const leases = before.steal(nuc, 2)
    for (const lease of leases) before.finish(nuc, lease)
    const job = before.job
    const waiting = {
      ...job,
      status: 'active' as const,
      tasks: job.tasks.map((task) => (task.final ? { ...task, status: 'waiting' as const } : task))
    }
    const bench = new Bench({ jobs: new Map([[jobA, waiting]]) })
    bench.turn({ kind: 'node-started' })
    expect(bench.facts).toEqual([{ kind: 'task-readied', jobId: jobA, taskNo: 2 }])
  })
})
