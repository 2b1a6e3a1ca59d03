import { describe, expect, it } from 'vitest'
import { type JobPlan, leaseIdOf, type PeerId } from '../../../src/model/index.ts'
import { openJobs } from '../../../src/scheduler/owner-handout.ts'
import {
  Bench,
  benchWithJob,
  jobA,
  jobB,
  jobC,
  laptop,
  mac,
  needs,
  nuc,
  splitPlan,
  statusOf,
  tower,
  whole,
  wholePlan
} from './kit.ts'

/** Either way: pieces and a join, or one task. */
const eitherPlan = (work = {}): JobPlan => splitPlan({ fixedUnits: null, ...work }, { whole })

describe('answering a steal', () => {
  it('writes the leases, then grants them with their time to live', () => {
    const bench = benchWithJob()
    const [lease] = bench.steal(nuc)
    expect(bench.kinds()).toEqual(['job-shaped', 'task-created', 'task-created', 'lease-granted'])
    expect(bench.ordered('grant-leases')).toEqual([
      {
        kind: 'grant-leases',
        to: nuc,
        requestId: 1,
        leases: [{ jobId: jobA, taskNo: 2, attempt: 1 }],
        ttlMs: 15_000
      }
    ])
    expect(bench.state.clocks.get(leaseIdOf(lease!))).toMatchObject({
      peerId: nuc,
      bootId: 'nuc-1',
      expiresAtMs: bench.nowMs + 15_000
    })
  })

  it('gives as many tasks as there is room for, and no more than there are', () => {
    expect(benchWithJob().steal(nuc, 1)).toHaveLength(1)
    expect(benchWithJob().steal(nuc, 2)).toHaveLength(2)
    expect(benchWithJob().steal(nuc, 9)).toHaveLength(2)
  })

  it('answers also when there is nothing, so that the worker can ask elsewhere', () => {
    const bench = new Bench().connect(nuc)
    expect(bench.steal(nuc)).toEqual([])
    expect(bench.ordered('grant-leases')).toHaveLength(1)
  })

  it.each([0, -3, Number.NaN])('gives nothing to a request for %s slots', (slots) => {
    const bench = new Bench().connect(nuc).given(wholePlan())
    expect(bench.steal(nuc, slots)).toEqual([])
    expect(bench.facts).toEqual([])
  })

  it('takes a request for a thousand slots for 64', () => {
    const bench = new Bench().connect(nuc).given(splitPlan({ totalUnits: 1_000, fixedUnits: 10 }))
    expect(bench.steal(nuc, 1_000)).toHaveLength(64)
  })

  it('gives nothing to a stranger', () => {
    expect(benchWithJob().steal('stranger' as PeerId)).toEqual([])
  })

  it('gives nothing to a peer that has not said yet what it can do', () => {
    const bench = benchWithJob()
    bench.turn({ kind: 'peer-connected', peerId: mac, name: 'mac', bootId: 'm' })
    expect(bench.steal(mac)).toEqual([])
  })

  it.each([
    ['without the encoder', { encoders: [] }],
    ['that is draining', { state: 'draining' }],
    ['that is unhealthy', { state: 'unhealthy', reason: 'no space' }],
    ['without ffmpeg', { ffmpegVersion: null }]
  ] as const)('gives nothing to a peer %s', (_, change) => {
    const bench = benchWithJob()
    bench.hearStatus(nuc, change)
    expect(bench.steal(nuc)).toEqual([])
  })

  it('gives nothing when the node stops', () => {
    const bench = benchWithJob()
    bench.turn({ kind: 'node-stopping' })
    expect(bench.steal(nuc)).toEqual([])
  })

  it('gives nothing of a job that is for the owner alone', () => {
    const bench = new Bench().connect(nuc).given(splitPlan({}, { needs: { ...needs, ownerOnly: true } }))
    expect(bench.steal(nuc)).toEqual([])
    expect(bench.steal(tower)).toHaveLength(1)
  })

  it('names the peer in the lease for people, and a node for itself', () => {
    const bench = benchWithJob()
    bench.hearStatus(nuc, { name: 'something else' })
    bench.stealOne(nuc)
    bench.stealOne(tower)
    expect(bench.job.tasks.flatMap(({ attempts }) => attempts.map(({ peerName }) => peerName))).toEqual([
      'nuc',
      'tower'
    ])
  })
})

describe('which job goes first', () => {
  const three = (): Bench =>
    new Bench()
      .connect(nuc)
      .given(wholePlan(), jobA)
      .given(wholePlan(), jobB, { priority: 5 })
      .given(wholePlan(), jobC)

  it('is by priority, then by the order of queueing', () => {
    const bench = three()
    expect(openJobs(bench).map(({ id }) => id)).toEqual([jobB, jobA, jobC])
    expect(bench.steal(nuc, 3).map(({ jobId }) => jobId)).toEqual([jobB, jobA, jobC])
  })

  it('follows a change of priority', () => {
    const bench = three()
    bench.turn({ kind: 'job-reprioritized', jobId: jobC, priority: 9 })
    expect(bench.stealOne(nuc).jobId).toBe(jobC)
  })

  it('leaves out what is planning, paused, being published or ended', () => {
    const bench = three()
    bench.queue('dddddddddd' as typeof jobA)
    bench.command('pause', jobA)
    bench.command('cancel', jobC)
    bench.finish(nuc, bench.stealOne(nuc))
    expect(bench.jobOf(jobB).status).toBe('verifying')
    expect(openJobs(bench)).toEqual([])
  })

  it('passes by a job that this worker cannot do', () => {
    const bench = new Bench()
      .connect(nuc)
      .given(wholePlan({ needs: { ...needs, tags: ['gpu'] } }), jobA, { priority: 9 })
      .given(wholePlan(), jobB)
    expect(bench.stealOne(nuc).jobId).toBe(jobB)
  })
})

describe('which task of a job goes first', () => {
  it('is what was tried before, then new pieces', () => {
    const bench = new Bench()
      .connect(nuc)
      .connect(mac)
      .given(splitPlan({ totalUnits: 200 }))
    const [first] = bench.steal(nuc, 2)
    bench.outcome(nuc, first!, { kind: 'returned', reason: 'stopped' })
    expect(bench.steal(mac, 2)).toEqual([
      { jobId: jobA, taskNo: 2, attempt: 2 },
      { jobId: jobA, taskNo: 4, attempt: 1 }
    ])
  })

  it('leaves joins to the owner, in a place of their own', () => {
    const bench = benchWithJob()
    for (const lease of bench.steal(nuc, 2)) bench.finish(nuc, lease)
    expect(bench.steal(nuc, 1, 1)).toEqual([])
    expect(bench.steal(tower, 1, 0)).toEqual([])
    expect(bench.steal(tower, 0, 1)).toEqual([{ jobId: jobA, taskNo: 1, attempt: 1 }])
  })

  it('sets a task aside that two peers went down with, until there is nothing else', () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).connect(mac).connect(laptop)
    bench.given(splitPlan())
    bench.stealOne(nuc)
    bench.disconnect(nuc)
    bench.pass(1_600)
    bench.stealOne(mac)
    bench.disconnect(mac)
    bench.pass(1_600)
    expect(bench.attempts(2)).toEqual(['nuc lost', 'mac lost'])
    expect(bench.steal(laptop, 2).map(({ taskNo }) => taskNo)).toEqual([3, 2])
  })

  it('goes to another peer when this one has failed it', () => {
    const bench = benchWithJob({ settings: { maxCoolDownMs: 0 } }).connect(mac)
    const first = bench.stealOne(nuc)
    bench.fail(nuc, first)
    expect(bench.stealOne(nuc).taskNo).toBe(3)
    expect(bench.stealOne(mac)).toEqual({ jobId: jobA, taskNo: 2, attempt: 2 })
  })

  it('may go back to the peer that failed it when there is nobody else', () => {
    const bench = benchWithJob({ self: { slots: 0 } })
    bench.fail(nuc, bench.stealOne(nuc))
    expect(bench.stealOne(nuc)).toEqual({ jobId: jobA, taskNo: 2, attempt: 2 })
  })
})

describe('the shape of a job', () => {
  it('is split when there is a peer that could share it', () => {
    const bench = new Bench().connect(nuc).given(eitherPlan())
    bench.stealOne(tower)
    expect(bench.job).toMatchObject({ shape: 'split', status: 'active' })
  })

  it('waits a moment for a peer that has just come and not said yet what it can do', () => {
    const bench = new Bench().passed(60_000)
    bench.turn({ kind: 'peer-connected', peerId: nuc, name: 'nuc', bootId: 'nuc-1' })
    bench.given(eitherPlan())
    expect(bench.steal(tower)).toEqual([])
    bench.hearStatus(nuc)
    bench.steal(tower)
    expect(bench.job.shape).toBe('split')
  })

  it('does not wait for ever for a peer that says nothing', () => {
    const bench = new Bench().passed(60_000)
    bench.turn({ kind: 'peer-connected', peerId: nuc, name: 'nuc', bootId: 'nuc-1' })
    bench.given(eitherPlan()).pass(3_000)
    bench.steal(tower)
    expect(bench.job.shape).toBe('whole')
  })

  it('is whole when the owner is alone', () => {
    const bench = new Bench().given(eitherPlan())
    expect(bench.steal(tower, 4)).toEqual([{ jobId: jobA, taskNo: 1, attempt: 1 }])
    expect(bench.job).toMatchObject({ shape: 'whole', status: 'active' })
    expect(bench.job.tasks.map(({ kind }) => kind)).toEqual(['encode-file'])
  })

  it('is whole when no peer is fit', () => {
    const bench = new Bench().connect(nuc, { encoders: [] }).given(eitherPlan())
    bench.stealOne(tower)
    expect(bench.job.shape).toBe('whole')
  })

  it('is what the plan has, when it has but one', () => {
    const alone = new Bench().given(splitPlan())
    alone.stealOne(tower)
    expect(alone.job.shape).toBe('split')
    const together = new Bench().connect(nuc).given(wholePlan())
    together.stealOne(nuc)
    expect(together.job.shape).toBe('whole')
  })

  it('waits a moment after the start for fellow members that may be on their way', () => {
    const bench = new Bench({ self: { fellowMembers: 2 } }).given(eitherPlan())
    expect(bench.steal(tower)).toEqual([])
    bench.nowMs += 2_999
    expect(bench.steal(tower)).toEqual([])
    bench.nowMs += 1
    bench.stealOne(tower)
    expect(bench.job.shape).toBe('whole')
  })

  it('does not wait once one of them is there', () => {
    const bench = new Bench({ self: { fellowMembers: 2 } }).given(eitherPlan()).connect(nuc)
    bench.stealOne(tower)
    expect(bench.job.shape).toBe('split')
  })

  it('does not wait for anybody when the job is for the owner alone', () => {
    const plan = { ...eitherPlan(), needs: { ...needs, ownerOnly: true } }
    const bench = new Bench({ self: { fellowMembers: 2 } }).given(plan)
    bench.stealOne(tower)
    expect(bench.job.shape).toBe('whole')
  })

  it('is not decided by a request that has no room for it', () => {
    const bench = new Bench().given(eitherPlan())
    expect(bench.steal(tower, 0, 1)).toEqual([])
    expect(bench.job.shape).toBeNull()
  })
})

describe('the sizes of pieces', () => {
  const bench = (): Bench =>
    new Bench({ self: { slots: 0 } })
      .connect(nuc)
      .connect(mac)
      .given(splitPlan({ totalUnits: 1_000, fixedUnits: null, minUnits: 1 }))
  const lengthOf = (on: Bench, no: number): number => on.task(no).range!.end - on.task(no).range!.start

  it('are half of a share where nobody has been measured', () => {
    const on = bench()
    expect(lengthOf(on, on.stealOne(nuc).taskNo)).toBe(250)
    expect(lengthOf(on, on.stealOne(mac).taskNo)).toBe(188)
  })

  it('follow the speeds that were measured', () => {
    const on = bench()
    const [slow, fast] = [on.stealOne(nuc), on.stealOne(mac)]
    on.pass(10_000)
    on.heartbeat(nuc, [slow], 20)
    on.heartbeat(mac, [fast], 180)
    const left = 1_000 - 250 - 188
    expect(lengthOf(on, on.stealOne(mac).taskNo)).toBe(Math.ceil(left * 0.9 * 0.75))
  })

  it('count every slot of a peer that has several', () => {
    const on = bench()
    on.hearStatus(mac, { slots: { total: 3, busy: 0 } })
    expect(lengthOf(on, on.stealOne(nuc).taskNo)).toBe(125)
  })

  it('take all that is left when only one slot is left for it', () => {
    const on = bench()
    on.stealOne(nuc)
    on.disconnect(mac)
    expect(lengthOf(on, on.stealOne(nuc).taskNo)).toBe(750)
  })

  it('do not count peers that cannot take part', () => {
    const on = bench()
    on.hearStatus(mac, statusOf(mac, { state: 'asleep' }))
    expect(lengthOf(on, on.stealOne(nuc).taskNo)).toBe(1_000)
  })
})
