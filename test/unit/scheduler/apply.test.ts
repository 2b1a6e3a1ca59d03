import { describe, expect, it } from 'vitest'
import type { Fact, JobRecord } from '../../../src/model/index.ts'
import { applyFact, findTask, type Jobs, SchedulerError, standing } from '../../../src/scheduler/index.ts'
import { audio, jobA, jobB, join, mac, nuc, requestOf, splitPlan, tower, wholePlan } from './kit.ts'

/** Facts of one job, written without repeating its id. */
type OfJobA<F> = F extends Fact ? Omit<F, 'jobId'> : never
const fact = (short: OfJobA<Fact>): Fact => ({ ...short, jobId: jobA }) as Fact

const add = (...facts: readonly OfJobA<Fact>[]): Jobs =>
  facts.map(fact).reduce<Jobs>((jobs, next) => applyFact(jobs, next), new Map())
const jobOf = (...facts: readonly OfJobA<Fact>[]): JobRecord => add(...facts).get(jobA)!

const queued = { kind: 'job-queued', seq: 1, request: requestOf() } as const
const planned = { kind: 'job-planned', plan: splitPlan({}, { whole: null }) } as const
const shaped = { kind: 'job-shaped', shape: 'split' } as const
const piece = { kind: 'encode-chunk', stage: 0, ownerOnly: false, pool: 'slot', final: false } as const
const joinLaid = { kind: 'task-created', taskNo: 1, task: join, range: null, ready: false } as const
const cut = {
  kind: 'task-created',
  taskNo: 2,
  task: piece,
  range: { start: 0, end: 100 },
  ready: true
} as const
const granted = { kind: 'lease-granted', taskNo: 2, attempt: 1, peerId: nuc, peerName: 'nuc' } as const
const copied = { kind: 'lease-granted', taskNo: 2, attempt: 2, peerId: mac, peerName: 'mac' } as const
const lost = { kind: 'attempt-ended', taskNo: 2, attempt: 1, status: 'lost', error: 'gone' } as const
const done = { kind: 'task-done', taskNo: 2, attempt: 1, result: 'file' } as const
const readied = { kind: 'task-readied', taskNo: 1 } as const
const joinGranted = { kind: 'lease-granted', taskNo: 1, attempt: 1, peerId: tower, peerName: 't' } as const
const joined = { kind: 'task-done', taskNo: 1, attempt: 1, result: 'out' } as const

const toLeased = [queued, planned, shaped, joinLaid, cut, granted] as const
const toVerifying = [...toLeased, done, readied, joinGranted, joined] as const

describe('the life of a job, as its facts make it', () => {
  it('goes from planning to completed, one fact at a time', () => {
    const life = [...toVerifying, { kind: 'job-completed' }] as const
    const statuses = life.map((_, i) => jobOf(...life.slice(0, i + 1)).status)
    expect([...new Set(statuses)]).toEqual([
      'planning',
      'queued',
      'active',
      'joining',
      'verifying',
      'completed'
    ])
  })

  it('moves a piece from uncut frames to ready, leased and done', () => {
    expect(jobOf(queued, planned, shaped).remaining).toEqual([{ start: 0, end: 100 }])
    expect(jobOf(queued, planned, shaped, joinLaid, cut)).toMatchObject({ remaining: [], nextTaskNo: 3 })
    expect(findTask(jobOf(...toLeased), 2)).toMatchObject({
      status: 'leased',
      attempts: [{ attempt: 1, peerId: nuc, status: 'running' }]
    })
    expect(findTask(jobOf(...toLeased, done), 2)).toMatchObject({
      status: 'done',
      result: 'file',
      attempts: [{ status: 'done', error: null }]
    })
  })

  it('leaves the jobs that it was given as they were', () => {
    const before = add(...toLeased)
    const text = JSON.stringify([...before])
    applyFact(before, fact(done))
    expect(JSON.stringify([...before])).toBe(text)
  })

  it('makes a whole-file job verifying when its only task is done', () => {
    const task = { kind: 'encode-file', stage: 0, ownerOnly: false, pool: 'slot', final: true } as const
    const job = jobOf(
      queued,
      { kind: 'job-planned', plan: wholePlan() },
      { kind: 'job-shaped', shape: 'whole' },
      { kind: 'task-created', taskNo: 1, task, range: null, ready: true },
      { kind: 'lease-granted', taskNo: 1, attempt: 1, peerId: tower, peerName: 'tower' },
      { kind: 'task-done', taskNo: 1, attempt: 1, result: null }
    )
    expect(job).toMatchObject({ status: 'verifying', remaining: [], shape: 'whole' })
  })

  it('stays active when a stage in the middle is readied, and joins with the final one', () => {
    const late = { kind: 'task-created', taskNo: 2, task: { ...audio, stage: 1 }, range: null, ready: false }
    const start = [queued, planned, shaped, joinLaid, late as OfJobA<Fact>] as const
    expect(jobOf(...start, { kind: 'task-readied', taskNo: 2 }).status).toBe('active')
    expect(jobOf(...start, readied).status).toBe('joining')
  })
})

describe('a lease', () => {
  it('that is lost readies the task again and keeps the attempt on record', () => {
    expect(findTask(jobOf(...toLeased, lost), 2)).toMatchObject({
      status: 'ready',
      attempts: [{ peerId: nuc, status: 'lost', error: 'gone' }]
    })
  })

  it('that is lost leaves the task leased while a second copy runs', () => {
    expect(findTask(jobOf(...toLeased, copied, lost), 2)!.status).toBe('leased')
  })

  it('that is revived runs as if nothing had happened', () => {
    expect(
      findTask(jobOf(...toLeased, lost, { kind: 'lease-revived', taskNo: 2, attempt: 1 }), 2)
    ).toMatchObject({
      status: 'leased',
      attempts: [{ status: 'running', error: null }]
    })
  })

  it('that was lost may still win, whether or not somebody else is at the task', () => {
    expect(findTask(jobOf(...toLeased, lost, done), 2)!.status).toBe('done')
    expect(findTask(jobOf(...toLeased, lost, copied, done), 2)!.status).toBe('done')
  })
})

describe('a job that is set aside', () => {
  it('stays paused while its work moves on, and resumes where it has got to', () => {
    const paused = jobOf(...toLeased, { kind: 'job-paused' }, done, readied)
    expect(paused).toMatchObject({ status: 'paused', pausedFrom: 'joining' })
    expect(standing(paused)).toBe('joining')
    const resumed = jobOf(...toLeased, { kind: 'job-paused' }, done, readied, { kind: 'job-resumed' })
    expect(resumed).toMatchObject({ status: 'joining', pausedFrom: null })
  })

  it('completes although it is paused, when its output is published', () => {
    const job = jobOf(...toVerifying, { kind: 'job-paused' }, { kind: 'job-completed' })
    expect(job).toMatchObject({ status: 'completed', pausedFrom: null })
  })

  it.each([
    [{ kind: 'job-canceled' }, 'canceled', null],
    [{ kind: 'job-failed', error: 'no space' }, 'failed', 'no space']
  ] as const)('cancels what had not ended: %o', (end, status, error) => {
    const job = jobOf(...toLeased, copied, end)
    expect(job).toMatchObject({ status, error, remaining: [] })
    expect(job.tasks.map((task) => task.status)).toEqual(['canceled', 'canceled'])
    expect(job.tasks[1]!.attempts.map((attempt) => attempt.status)).toEqual(['canceled', 'canceled'])
  })

  it('keeps what was done or had failed when it ends', () => {
    const done2 = jobOf(...toLeased, done, { kind: 'job-canceled' })
    expect(done2.tasks.map((task) => task.status)).toEqual(['canceled', 'done'])
    const failed = jobOf(
      ...toLeased,
      { kind: 'task-failed', taskNo: 2, error: 'x' },
      {
        kind: 'job-failed',
        error: 'x'
      }
    )
    expect(failed.tasks.map((task) => task.status)).toEqual(['canceled', 'failed'])
  })

  it('starts afresh when it is retried, but never numbers a task twice', () => {
    const job = jobOf(
      ...toLeased,
      { kind: 'job-prioritized', priority: 7 },
      { kind: 'peer-blocked', peerId: nuc, reason: 'bad' },
      { kind: 'job-failed', error: 'x' },
      { kind: 'job-cleaned' },
      { kind: 'job-retried' }
    )
    expect(job).toMatchObject({
      status: 'planning',
      plan: null,
      shape: null,
      tasks: [],
      blocked: {},
      error: null,
      cleaned: false,
      priority: 7,
      seq: 1,
      nextTaskNo: 3
    })
  })

  it('leaves the ledger when it is purged', () => {
    expect(add(queued, { kind: 'job-canceled' }, { kind: 'job-purged' }).size).toBe(0)
  })
})

describe('a fact that could not have become true is refused', () => {
  const none: readonly OfJobA<Fact>[] = []
  const misfits: [string, readonly OfJobA<Fact>[], OfJobA<Fact>][] = [
    ['a job queued twice', [queued], queued],
    ['a plan for a job that is not there', none, planned],
    ['a second plan', [queued, planned], planned],
    ['a plan for a canceled job', [queued, { kind: 'job-canceled' }], planned],
    ['a shape before the plan', [queued], shaped],
    ['a second shape', [queued, planned, shaped], shaped],
    ['a whole shape that the plan does not have', [queued, planned], { kind: 'job-shaped', shape: 'whole' }],
    [
      'a split shape that the plan does not have',
      [queued, { kind: 'job-planned', plan: wholePlan() }],
      shaped
    ],
    ['a task number out of order', [queued, planned, shaped], { ...joinLaid, taskNo: 2 }],
    ['frames cut twice', [queued, planned, shaped, joinLaid, cut], { ...cut, taskNo: 3 }],
    [
      'an empty piece',
      [queued, planned, shaped, joinLaid],
      {
        ...cut,
        range: { start: 5, end: 5 }
      }
    ],
    [
      'frames beyond the end',
      [queued, planned, shaped, joinLaid],
      {
        ...cut,
        range: { start: 50, end: 101 }
      }
    ],
    ['a task readied twice', [...toLeased, done, readied], readied],
    ['a lease on a task that is not there', [queued, planned, shaped], granted],
    ['a lease on a task that waits', [queued, planned, shaped, joinLaid], joinGranted],
    ['a lease on a done task', [...toLeased, done], copied],
    ['an attempt number out of order', toLeased, { ...copied, attempt: 3 }],
    ['an attempt number used twice', toLeased, granted],
    ['the revival of a running attempt', toLeased, { kind: 'lease-revived', taskNo: 2, attempt: 1 }],
    [
      'the revival of an attempt of a done task',
      [...toLeased, copied, lost, { ...done, attempt: 2 }],
      {
        kind: 'lease-revived',
        taskNo: 2,
        attempt: 1
      }
    ],
    ['the end of an attempt that is not there', toLeased, { ...lost, attempt: 2 }],
    ['the end of an attempt that has ended', [...toLeased, { ...lost, status: 'returned' }], lost],
    ['a second result', [...toLeased, copied, done], { ...done, attempt: 2 }],
    [
      'the result of an attempt that failed',
      [...toLeased, { ...lost, status: 'failed' } as OfJobA<Fact>],
      done
    ],
    ['the failure of a done task', [...toLeased, done], { kind: 'task-failed', taskNo: 2, error: 'x' }],
    ['completion before the output is verified', toLeased, { kind: 'job-completed' }],
    ['completion twice', [...toVerifying, { kind: 'job-completed' }], { kind: 'job-completed' }],
    [
      'the failure of a completed job',
      [...toVerifying, { kind: 'job-completed' }],
      {
        kind: 'job-failed',
        error: 'x'
      }
    ],
    ['cancelling twice', [queued, { kind: 'job-canceled' }], { kind: 'job-canceled' }],
    ['pausing twice', [queued, { kind: 'job-paused' }], { kind: 'job-paused' }],
    ['pausing what has ended', [queued, { kind: 'job-canceled' }], { kind: 'job-paused' }],
    ['resuming what is not paused', [queued], { kind: 'job-resumed' }],
    ['retrying what runs', [queued, planned], { kind: 'job-retried' }],
    [
      'retrying what is completed',
      [...toVerifying, { kind: 'job-completed' }],
      {
        kind: 'job-retried'
      }
    ],
    ['cleaning what runs', [queued], { kind: 'job-cleaned' }],
    ['purging what runs', [queued], { kind: 'job-purged' }]
  ]

  it.each(misfits)('%s', (_, before, misfit) => {
    const jobs = add(...before)
    const refused = (): unknown => applyFact(jobs, fact(misfit))
    expect(refused).toThrow(SchedulerError)
    expect(refused).toThrow(new RegExp(`^${misfit.kind} does not fit job ${jobA}: `))
  })

  it('and the error carries the fact and its code', () => {
    try {
      applyFact(new Map(), { kind: 'job-paused', jobId: jobB })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({
        name: 'SchedulerError',
        code: 'fact-does-not-fit',
        data: { fact: { kind: 'job-paused', jobId: jobB } }
      })
    }
  })
})

describe('finding a task', () => {
  it('goes by number also after a retry, and finds nothing of the life before', () => {
    const retried = jobOf(
      ...toLeased,
      { kind: 'job-failed', error: 'x' },
      { kind: 'job-retried' },
      planned,
      shaped,
      { ...joinLaid, taskNo: 3 }
    )
    expect(findTask(retried, 3)?.kind).toBe('join')
    expect(findTask(retried, 2)).toBeUndefined()
    expect(findTask(retried, 4)).toBeUndefined()
    expect(findTask(jobOf(queued), 1)).toBeUndefined()
  })
})
