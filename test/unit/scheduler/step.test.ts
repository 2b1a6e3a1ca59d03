import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LeaseId, leaseIdOf, type PeerMessage } from '../../../src/model/index.ts'
import { applyFact, type Jobs } from '../../../src/scheduler/index.ts'
import { audio, Bench, benchWithJob, jobA, join, mac, nuc, splitPlan, tower, whole, workOf } from './kit.ts'

describe('the life of a job', () => {
  it('goes from a request to a file beside its source, shared between two machines', () => {
    const bench = new Bench().connect(nuc)
    const plan = splitPlan({}, { whole, split: { work: workOf({ fixedUnits: 50 }), tasks: [audio, join] } })
    const statuses = [bench.queue()].map(() => bench.job.status)
    const note = (): number => statuses.push(bench.job.status)

    bench.plan(plan)
    note()
    const ofNuc = bench.steal(nuc, 2)
    note()
    const own = bench.stealOne(tower)
    expect([...ofNuc, own].map(({ taskNo }) => bench.task(taskNo).kind)).toEqual([
      'encode-audio',
      'encode-chunk',
      'encode-chunk'
    ])
    bench.pass(2_000)
    bench.heartbeat(nuc, ofNuc, 25)
    bench.finish(tower, own)
    for (const lease of ofNuc) bench.finish(nuc, lease)
    note()
    const joining = bench.stealOne(tower, 1)
    bench.finish(tower, joining)
    note()
    bench.turn({ kind: 'output-published', lease: joining, verdict: { ok: true } })
    note()
    bench.turn({ kind: 'job-files-cleaned', jobId: jobA, verdict: { ok: true } })

    expect(statuses).toEqual(['planning', 'queued', 'active', 'joining', 'verifying', 'completed'])
    expect(bench.job).toMatchObject({ cleaned: true, shape: 'split' })
    expect(bench.job.tasks.every(({ status }) => status === 'done')).toBe(true)
    expect(bench.history.map(({ kind }) => kind)).toEqual([
      'job-queued',
      'job-planned',
      'job-shaped',
      ...['task-created', 'task-created', 'lease-granted', 'task-created', 'lease-granted'],
      ...['task-created', 'lease-granted'],
      ...['task-done', 'task-done', 'task-done', 'task-readied'],
      ...['lease-granted', 'task-done'],
      'job-completed',
      'job-cleaned'
    ])
    const { clocks, chores, speeds, cooling, waitingSinceMs } = bench.state
    expect([clocks.size, chores.size, speeds.size, cooling.size, waitingSinceMs.size]).toEqual([
      0, 0, 0, 0, 0
    ])
  })

  it('is what its facts add up to', () => {
    const bench = benchWithJob()
    const [first, second] = bench.steal(nuc, 2)
    bench.fail(nuc, first!)
    bench.finish(nuc, second!)
    bench.command('pause')
    const replayed = bench.history.reduce<Jobs>(applyFact, new Map())
    expect([...replayed]).toEqual([...bench.state.jobs])
  })
})

describe('a step', () => {
  it('leaves the state that it was given alone', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    const { state } = bench
    const before = structuredClone(state)
    bench.heartbeat(nuc, [lease], 7)
    bench.finish(nuc, lease)
    bench.command('cancel')
    expect(state).toEqual(before)
  })

  it('says that peers should hear of it, when something changed that concerns them', () => {
    const bench = benchWithJob()
    const { self } = bench.state
    expect(bench.turn({ kind: 'self-changed', self: { ...self, slots: 4 } }).effects).toContainEqual({
      kind: 'announce'
    })
    expect(bench.pass(0).effects).not.toContainEqual({ kind: 'announce' })
    bench.stealOne(nuc)
    expect(bench.effects.at(-1)).not.toBeUndefined()
    expect(bench.ordered('announce')).toHaveLength(1)
  })

  it('ignores the status of a peer that is not connected', () => {
    const bench = new Bench()
    bench.hearStatus(mac)
    expect(bench.state.peers.size).toBe(0)
  })
})

describe('whatever a peer says', () => {
  const leaseIds = fc.oneof(
    fc.record({ taskNo: fc.nat(4), attempt: fc.nat(3) }).map((key) => leaseIdOf({ jobId: jobA, ...key })),
    fc.string().map((text) => text as LeaseId)
  )
  const progress = fc.record({ units: fc.nat(200), fps: fc.nat(100), sizeBytes: fc.nat(100) })
  const outcomes = fc.oneof(
    fc.constant({ kind: 'finished', result: null } as const),
    fc.constant({ kind: 'failed', error: 'x', fault: 'task' } as const),
    fc.constant({ kind: 'returned', reason: 'x' } as const)
  )
  const from = fc.constantFrom(nuc, mac, tower)
  const requestId = fc.nat(5)
  const messages: fc.Arbitrary<PeerMessage> = fc.oneof(
    fc.record({
      kind: fc.constant('steal' as const),
      from,
      request: fc.record({ requestId, slots: fc.integer({ min: -2, max: 70 }), io: fc.nat(2) })
    }),
    fc.record({
      kind: fc.constant('lease-up' as const),
      from,
      message: fc.oneof(
        fc.record({
          kind: fc.constant('heartbeat' as const),
          leases: fc.array(fc.record({ leaseId: leaseIds, progress }), { maxLength: 4 })
        }),
        fc.record({ kind: fc.constant('outcome' as const), leaseId: leaseIds, outcome: outcomes })
      )
    }),
    fc.record({
      kind: fc.constant('lease-down' as const),
      from,
      message: fc.oneof(
        fc.record({ kind: fc.constant('acknowledged' as const), leaseId: leaseIds }),
        fc.record({ kind: fc.constant('stop' as const), leaseId: leaseIds, reason: fc.string() })
      )
    })
  )

  it('leads to a state whose jobs are what the facts add up to, and never to a throw', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(messages, fc.nat(6_000)), { maxLength: 40 }), (said) => {
        const bench = benchWithJob().connect(mac)
        for (const [message, ms] of said) {
          bench.turn({ kind: 'message-received', message })
          // What was delivered is checked, every other time with success.
          for (const { lease } of bench.ordered('verify-result')) bench.verdict(lease, ms % 2 === 0)
          for (const { lease } of bench.ordered('collect-result'))
            bench.turn({ kind: 'result-collected', lease, result: ms % 3 === 0 ? 'file' : null })
          bench.pass(ms)
        }
        const replayed = bench.history.reduce<Jobs>(applyFact, new Map())
        expect([...replayed]).toEqual([...bench.state.jobs])
        for (const task of bench.job.tasks) {
          const running = task.attempts.filter(({ status }) => status === 'running').length
          expect(running).toBeLessThanOrEqual(2)
          expect(task.status === 'leased').toBe(running > 0)
        }
      }),
      { numRuns: 200 }
    )
  })
})
