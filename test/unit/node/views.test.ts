import { describe, expect, it } from 'vitest'
import { type JobRecord, leaseIdOf } from '../../../src/model/index.ts'
import {
  type BlockedTimesReader,
  type JobTimesReader,
  jobView,
  jobWithTasks
} from '../../../src/node/views.ts'
import {
  audio,
  Bench,
  benchWithJob,
  jobA,
  join,
  mac,
  needs,
  nuc,
  splitPlan,
  tower,
  wholePlan,
  workOf
} from '../scheduler/kit.ts'

const queuedAt = '2026-01-02T03:04:05.000Z'
const startedAt = '2026-01-02T03:04:06.000Z'
const endedAt = '2026-01-02T03:05:00.000Z'
const times: JobTimesReader & BlockedTimesReader = {
  blockedSince: () => new Map([[nuc, startedAt]]),
  jobTimes: () => ({ queuedAt, startedAt, endedAt: null }),
  attemptTimes: () => new Map([[leaseIdOf({ jobId: jobA, taskNo: 2, attempt: 1 }), { startedAt, endedAt }]])
}

const view = (bench: Bench, job: JobRecord = bench.job) => jobView(bench.state, job, times)
const progress = (bench: Bench) => view(bench).progress

/** Two pieces of 50 frames, leased to the nuc and the mac. */
function running() {
  const bench = benchWithJob({ self: { slots: 0 } }).connect(mac)
  const [first, second] = [bench.stealOne(nuc), bench.stealOne(mac)]
  return { bench, first, second }
}

describe('a job for people and scripts', () => {
  it('has the field names that scripts rely on', () => {
    const bench = new Bench()
    bench.queue(jobA, { priority: 4 })
    expect(view(bench)).toEqual({
      type: 'job',
      id: jobA,
      batch: 'batch',
      kind: 'pretend',
      source: '/media/clip.mov',
      output: '/media/Proxy/clip.mov',
      preset: 'dnxhr_sq',
      chosen: null,
      status: 'planning',
      priority: 4,
      error: null,
      progress: { units: 0, totalUnits: 0, fps: 0, leftMs: null },
      tasks: { total: 0, done: 0, running: 0 },
      note: null,
      warnings: [],
      queuedAt,
      startedAt,
      endedAt: null
    })
  })

  it('shows the priority that it has by now', () => {
    const bench = benchWithJob()
    bench.turn({ kind: 'job-reprioritized', jobId: jobA, priority: -3 })
    expect(view(bench).priority).toBe(-3)
  })

  it('says why it failed', () => {
    const bench = new Bench()
    bench.queue()
    bench.turn({ kind: 'job-plan-failed', jobId: jobA, error: 'old.avi is not a video', transient: false })
    expect(view(bench)).toMatchObject({ status: 'failed', error: 'old.avi is not a video' })
  })

  it('counts its tasks', () => {
    const { bench, first } = running()
    bench.finish(nuc, first)
    expect(view(bench).tasks).toEqual({ total: 3, done: 1, running: 1 })
  })

  it('notes that it is encoded on this machine alone, also when it has ended', () => {
    const bench = new Bench().given(wholePlan({ needs: { ...needs, ownerOnly: true } }))
    expect(view(bench).note).toMatch(/encoded on this machine alone$/)
    bench.command('cancel')
    expect(view(bench).note).toMatch(/encoded on this machine alone$/)
  })

  it('has no times when the ledger knows none', () => {
    const bench = new Bench()
    bench.queue()
    const none = { jobTimes: () => null, attemptTimes: () => new Map(), blockedSince: () => new Map() }
    expect(jobView(bench.state, bench.job, none)).toMatchObject({ startedAt: null, endedAt: null })
  })
})

describe('the progress of a job', () => {
  it('is what is done and under way, at the speed of all that run', () => {
    const { bench, first, second } = running()
    bench.finish(nuc, first)
    bench.heartbeat(mac, [second], 25)
    expect(progress(bench)).toEqual({ units: 75, totalUnits: 100, fps: 25, leftMs: 1_000 })
  })

  it('adds the speeds of workers', () => {
    const { bench, first, second } = running()
    bench.heartbeat(nuc, [first], 10)
    bench.heartbeat(mac, [second], 15)
    expect(progress(bench)).toEqual({ units: 25, totalUnits: 100, fps: 50, leftMs: 1_500 })
  })

  it('counts a piece once that two workers have, by the better one', () => {
    const { bench, first, second } = running()
    bench.state = { ...bench.state, speeds: new Map([[`${jobA}/${nuc}`, 1_000]]) }
    bench.finish(nuc, first)
    bench.pass(5_000)
    bench.heartbeat(mac, [second], 5)
    const copy = bench.stealOne(nuc)
    expect(copy).toEqual({ ...second, attempt: 2 })
    bench.heartbeat(nuc, [copy], 20)
    expect(progress(bench)).toMatchObject({ units: 70, fps: 50 })
  })

  it('is never more than there is, whatever a worker says', () => {
    const { bench, first } = running()
    bench.heartbeat(nuc, [first], 5_000)
    expect(progress(bench).units).toBe(50)
  })

  it('forgets what a lost worker had done', () => {
    const { bench, first } = running()
    bench.heartbeat(nuc, [first], 30)
    bench.disconnect(nuc)
    bench.pass(1_500)
    expect(progress(bench)).toMatchObject({ units: 0, fps: 0, leftMs: null })
  })

  it('counts frames only where there are frames: not those of audio or a join', () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc)
    bench.given(splitPlan({}, { split: { work: workOf({ fixedUnits: 100 }), tasks: [audio, join] } }))
    const [sound] = bench.steal(nuc, 2)
    bench.heartbeat(nuc, [sound!], 70)
    expect(progress(bench)).toMatchObject({ units: 0, fps: 0 })
  })

  it('of a whole-file job is that of its one task', () => {
    const bench = new Bench().given(wholePlan())
    const lease = bench.stealOne(tower)
    bench.heartbeat(tower, [lease], 40)
    expect(progress(bench)).toEqual({ units: 40, totalUnits: 100, fps: 25, leftMs: 2_400 })
    bench.finish(tower, lease)
    expect(progress(bench)).toMatchObject({ units: 100 })
  })

  it('of a completed job is everything', () => {
    const bench = new Bench().given(wholePlan())
    const lease = bench.stealOne(tower)
    bench.finish(tower, lease)
    bench.turn({ kind: 'output-published', lease, verdict: { ok: true } })
    expect(progress(bench)).toEqual({ units: 100, totalUnits: 100, fps: 0, leftMs: 0 })
  })
})

describe('a job with its tasks', () => {
  it('shows every attempt: where, how it ended, and when', () => {
    const { bench, first } = running()
    bench.fail(nuc, first, 'Unknown encoder')
    const retry = bench.stealOne(mac)
    bench.heartbeat(mac, [retry], 5)
    const { tasks, shape, ...rest } = jobWithTasks(bench.state, bench.job, times)
    expect(shape).toBe('split')
    expect(rest).not.toHaveProperty('tasks')
    expect(tasks[1]).toEqual({
      id: '2',
      kind: 'encode-chunk',
      status: 'leased',
      range: { start: 0, end: 50 },
      error: null,
      attempts: [
        {
          attempt: 1,
          peerId: nuc,
          peerName: 'nuc',
          status: 'failed',
          startedAt,
          endedAt,
          error: 'Unknown encoder',
          progress: null
        },
        {
          attempt: 2,
          peerId: mac,
          peerName: 'mac',
          status: 'running',
          startedAt: queuedAt,
          endedAt: null,
          error: null,
          progress: { units: 5, fps: 25, sizeBytes: 1 }
        }
      ]
    })
  })

  it('has none before the job is laid out', () => {
    const bench = benchWithJob()
    expect(jobWithTasks(bench.state, bench.job, times)).toMatchObject({ tasks: [], shape: null })
  })
})

describe('machines that a job was taken from', () => {
  it('are told with their name, since when, and why', () => {
    const { bench, first } = running()
    const blocked = { [nuc]: 'it failed 3 tasks of this job in a row, which others can do' }
    bench.fail(nuc, first)
    expect(jobWithTasks(bench.state, { ...bench.job, blocked }, times).blocked).toEqual([
      { peerId: nuc, name: nuc, since: startedAt, reason: blocked[nuc] }
    ])
    expect(jobWithTasks(bench.state, bench.job, times).blocked).toEqual([])
  })
})
