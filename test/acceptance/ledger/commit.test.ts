import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ledger } from '../../../src/ledger/index.ts'
import { type Fact, leaseIdOf } from '../../../src/model/index.ts'
import { audio, chunk, factsOf, jobId, join_, ledgerKit, peerId, whole } from './kit.ts'

const id = jobId(1)
const f = factsOf(id)
const misfit = expect.objectContaining({ name: 'LedgerError', code: 'fact-does-not-fit' })

describe('committing facts', () => {
  let kit: ReturnType<typeof ledgerKit>
  let ledger: Ledger
  beforeEach(() => {
    kit = ledgerKit()
    ledger = kit.open()
  })
  afterEach(() => kit.remove())

  const only = () => {
    const [job, ...others] = ledger.load()
    expect(others).toEqual([])
    return job!
  }
  const splitJob = (): Fact[] => [
    f.queued(),
    f.planned(100),
    f.shaped('split'),
    f.created(1, chunk, { start: 20, end: 50 }),
    f.created(2, audio),
    f.created(3, join_, null, false)
  ]

  it('does nothing for no facts', () => {
    ledger.commit([])
    expect([...ledger.replay()]).toEqual([])
  })

  it('cuts a task out of the middle of the remaining units', () => {
    ledger.commit(splitJob())
    expect(only()).toMatchObject({
      status: 'active',
      shape: 'split',
      remaining: [
        { start: 0, end: 20 },
        { start: 50, end: 100 }
      ],
      nextTaskNo: 4
    })
  })

  it('never hands a unit out twice', () => {
    ledger.commit(splitJob())
    for (const range of [
      { start: 20, end: 50 },
      { start: 10, end: 21 },
      { start: 0, end: 100 },
      { start: 99, end: 101 },
      { start: 60, end: 60 }
    ]) {
      expect(() => ledger.commit([f.created(4, chunk, range)])).toThrow(misfit)
    }
    expect(only().nextTaskNo).toBe(4)
  })

  it('rolls all of a transaction back when one fact does not fit', () => {
    ledger.commit(splitJob())
    const before = { jobs: ledger.load(), log: [...ledger.replay()] }
    expect(() => ledger.commit([f.granted(1, 1), f.prioritized(7), f.done(2, 1)])).toThrow(misfit)
    expect({ jobs: ledger.load(), log: [...ledger.replay()] }).toEqual(before)
    ledger.commit([f.granted(1, 1)])
    expect(only().tasks[0]!.status).toBe('leased')
  })

  it('offers a task again when its only live lease ends, and not while a second copy runs', () => {
    ledger.commit([
      ...splitJob(),
      f.granted(1, 1, 1),
      f.granted(1, 2, 2),
      f.ended(1, 1, 'lost', 'silent for 15 s')
    ])
    expect(only().tasks[0]).toMatchObject({
      status: 'leased',
      attempts: [
        { attempt: 1, peerId: peerId(1), status: 'lost', error: 'silent for 15 s' },
        { attempt: 2, peerId: peerId(2), status: 'running', error: null }
      ]
    })
    ledger.commit([f.ended(1, 2, 'failed', 'no space')])
    expect(only().tasks[0]!.status).toBe('ready')
  })

  it('lets the first verified result win for good, from a lost attempt too', () => {
    ledger.commit([...splitJob(), f.granted(1, 1), f.ended(1, 1, 'lost'), f.done(1, 1)])
    expect(only().tasks[0]).toMatchObject({ status: 'done', result: { file: '1.mov' } })
    for (const late of [
      f.done(1, 1),
      f.ended(1, 1, 'failed'),
      f.granted(1, 2),
      f.taskFailed(1),
      f.revived(1, 1)
    ]) {
      expect(() => ledger.commit([late]), late.kind).toThrow(misfit)
    }
  })

  it('moves a job through joining and verifying to completed', () => {
    ledger.commit([...splitJob(), f.readied(3)])
    expect(only().status).toBe('joining')
    ledger.commit([f.granted(3, 1), f.done(3, 1)])
    expect(only().status).toBe('verifying')
    ledger.commit([f.is('job-completed'), f.is('job-cleaned')])
    expect(only()).toMatchObject({ status: 'completed', cleaned: true })
  })

  it('remembers under a pause where the job has got to', () => {
    ledger.commit([f.queued(), f.is('job-paused'), f.planned()])
    expect(only()).toMatchObject({ status: 'paused', pausedFrom: 'queued' })
    ledger.commit([f.is('job-resumed')])
    expect(only()).toMatchObject({ status: 'queued', pausedFrom: null })
  })

  it('cancels what had not ended when the job ends', () => {
    ledger.commit([...splitJob(), f.granted(1, 1), f.granted(2, 1), f.done(2, 1), f.is('job-canceled')])
    const job = only()
    expect(job).toMatchObject({ status: 'canceled', remaining: [] })
    expect(job.tasks.map((task) => task.status)).toEqual(['canceled', 'done', 'canceled'])
    expect(job.tasks[0]!.attempts[0]!.status).toBe('canceled')
  })

  it('starts a retried job afresh, with task numbers that go on and the old attempts in the log', () => {
    ledger.commit([
      ...splitJob(),
      f.granted(1, 1),
      f.blocked(1),
      f.failed('chunk 1 failed'),
      f.is('job-cleaned')
    ])
    expect(only()).toMatchObject({ status: 'failed', error: 'chunk 1 failed', cleaned: true })
    ledger.commit([f.prioritized(5), f.is('job-retried')])
    expect(only()).toMatchObject({
      status: 'planning',
      priority: 5,
      plan: null,
      shape: null,
      tasks: [],
      nextTaskNo: 4,
      blocked: {},
      error: null,
      cleaned: false
    })
    ledger.commit([f.planned(), f.shaped('whole'), f.created(4, whole)])
    expect(only().tasks.map((task) => task.no)).toEqual([4])
    expect([...ledger.replay()].filter((fact) => fact.kind === 'lease-granted')).toHaveLength(1)
  })

  it('keeps nothing of a purged job, and its number is not used again', () => {
    ledger.commit([...splitJob(), f.granted(1, 1), f.blocked(2), factsOf(jobId(2)).queued(2)])
    expect(() => ledger.commit([f.is('job-purged')])).toThrow(misfit)
    ledger.commit([
      factsOf(jobId(2)).is('job-canceled'),
      factsOf(jobId(2)).is('job-purged'),
      f.is('job-canceled')
    ])
    ledger.commit([f.is('job-purged')])
    expect(ledger.load()).toEqual([])
    expect([...ledger.replay()]).toEqual([])
    expect(ledger.jobTimes(id)).toBeNull()
    expect(ledger.attemptTimes(id).size).toBe(0)
    expect(ledger.nextSeq()).toBe(3)
    expect(ledger.integrityCheck()).toEqual([])
  })

  it('refuses a job that exists and a number that is taken', () => {
    ledger.commit([f.queued(1)])
    expect(() => ledger.commit([f.queued(2)])).toThrow(misfit)
    expect(() => ledger.commit([factsOf(jobId(2)).queued(1)])).toThrow(misfit)
  })

  it('tells people when jobs and attempts began and ended', () => {
    ledger.commit([f.queued()]) // second 0
    ledger.commit([f.planned()])
    ledger.commit([f.shaped('split'), f.created(1, chunk, { start: 0, end: 100 }), f.granted(1, 1)]) // second 2
    ledger.commit([f.ended(1, 1, 'failed', 'x'), f.granted(1, 2)]) // second 3
    const second = (n: number) => `2030-01-01T00:00:0${n}.000Z`
    expect(ledger.jobTimes(id)).toEqual({ queuedAt: second(0), startedAt: second(2), endedAt: null })
    expect(ledger.attemptTimes(id)).toEqual(
      new Map([
        [leaseIdOf({ jobId: id, taskNo: 1, attempt: 1 }), { startedAt: second(2), endedAt: second(3) }],
        [leaseIdOf({ jobId: id, taskNo: 1, attempt: 2 }), { startedAt: second(3), endedAt: null }]
      ])
    )
    ledger.commit([f.failed('y')]) // second 4
    expect(ledger.jobTimes(id)).toMatchObject({ endedAt: second(4) })
    expect(ledger.attemptTimes(id).get(leaseIdOf({ jobId: id, taskNo: 1, attempt: 2 }))?.endedAt).toBe(
      second(4)
    )
  })

  it('tells when a peer was blocked last, and lets it go', () => {
    ledger.commit([...splitJob(), f.blocked(1)]) // second 0
    ledger.commit([f.blocked(2), f.unblocked(1)]) // second 1
    ledger.commit([f.blocked(1, 'again')]) // second 2
    const since = ledger.blockedSince(id)
    const [first, second] = [...since.values()].map((at) => new Date(at).getSeconds())
    expect([first, second, since.size]).toEqual([2, 1, 2])
    expect(Object.values(ledger.load()[0]!.blocked).sort()).toEqual(['again', 'fails'])
    expect(() => ledger.commit([f.unblocked(3)])).toThrow(misfit)
  })

  it('gives a job its own facts, from a number on', () => {
    ledger.commit([f.queued(), factsOf(jobId(2)).queued(2), f.planned(), f.is('job-paused')])
    const all = [...ledger.factsOf(id)]
    expect(all.map((logged) => logged.fact.kind)).toEqual(['job-queued', 'job-planned', 'job-paused'])
    expect(all[0]).toEqual({ seq: 1, at: '2030-01-01T00:00:00.000Z', fact: f.queued() })
    expect([...ledger.factsOf(id, { sinceSeq: all[1]!.seq })].map((logged) => logged.fact.kind)).toEqual([
      'job-paused'
    ])
    expect([...ledger.factsOf(jobId(9))]).toEqual([])
  })

  it('replays logs longer than a page, also while it is being written', () => {
    ledger.commit([f.queued(), ...Array.from({ length: 1_234 }, (_, n) => f.prioritized(n % 100))])
    let count = 0
    for (const fact of ledger.replay()) {
      if (count++ === 0) ledger.commit([f.prioritized(1)])
      expect(fact.jobId).toBe(id)
    }
    expect(count).toBe(1_236)
  })
})
