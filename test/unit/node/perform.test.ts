import { describe, expect, it } from 'vitest'
import type { JobKind, ProofAnswer, Verdict } from '../../../src/model/index.ts'
import { type LeaseKey, leaseIdOf, type PeerMessage } from '../../../src/model/index.ts'
import { Performer } from '../../../src/node/perform.ts'
import { Runner } from '../../../src/node/runner.ts'
import { TaskLogs } from '../../../src/node/task-logs.ts'
import type { Effect, Event } from '../../../src/scheduler/index.ts'
import {
  Bench,
  benchWithJob,
  jobA,
  jobB,
  nuc,
  requestOf,
  splitPlan,
  tower,
  wholePlan
} from '../scheduler/kit.ts'
import { fakeKind, Gate, grantedLease, kindsOf, settled } from './kit.ts'

const key: LeaseKey = { jobId: jobA, taskNo: 2, attempt: 1 }
const ok: Verdict = { ok: true }

/** A runner that notes its orders. */
class FakeRunner extends Runner {
  readonly orders: string[] = []

  constructor() {
    const logs = new TaskLogs(
      { folder: '', maxBytes: 1_000, maxAgeMs: 1_000 },
      { wallClock: () => new Date(), onError: () => {} }
    )
    super({ kinds: new Map(), logs, turn: () => {}, onError: () => {}, onTrouble: () => {} })
  }

  override start(lease: Parameters<Runner['start']>[0], isOwn: boolean): void {
    this.orders.push(`start ${lease.leaseId} ${isOwn ? 'as its own' : 'for another'}`)
  }
  override stop(leaseId: Parameters<Runner['stop']>[0], reason: string): void {
    this.orders.push(`stop ${leaseId}: ${reason}`)
  }
  override discard(lease: Parameters<Runner['discard']>[0]): void {
    this.orders.push(`discard ${lease.leaseId}`)
  }
}

/** A performer whose node is the bench; the events that come of its work go back to the bench and are noted. */
function makePerformer(
  bench: Bench,
  kind: Partial<JobKind> = {},
  askProof: () => Promise<ProofAnswer> = async () => ({ kind: 'can' })
) {
  const events: Event[] = []
  const sent: { to: string; message: PeerMessage }[] = []
  const errors: string[] = []
  const announced: number[] = []
  const runner = new FakeRunner()
  const performer = new Performer({
    self: tower,
    kinds: kindsOf(fakeKind(kind)),
    runner,
    send: (to, message) => sent.push({ to, message }),
    askProof,
    checkHealth: async () => ({ machine: null, encoding: null, roots: [] }),
    tellHealth: () => {},
    announce: () => announced.push(1),
    state: () => bench.state,
    turn: (event) => {
      events.push(event)
      bench.turn(event)
    },
    onError: (error, what) => errors.push(`${what}: ${(error as Error).message}`)
  })
  return { performer, events, sent, errors, announced, runner }
}

/** A bench whose job is about to be published, and the lease of its join. */
function atPublication(): { bench: Bench; order: Extract<Effect, { kind: 'publish-output' }> } {
  const bench = new Bench().given(wholePlan())
  bench.finish(tower, bench.stealOne(tower))
  return { bench, order: bench.ordered('publish-output')[0]! }
}

/** Storage was in the way of a publication: it waits, and the job may be canceled. */
const putOff = (bench: Bench, { lease }: { lease: LeaseKey }) =>
  bench.turn({
    kind: 'output-published',
    lease,
    verdict: { ok: false, reason: 'the NAS is away', transient: true }
  })

describe('messages', () => {
  it('to another node go out; nothing is turned here', async () => {
    const { performer, sent, events } = makePerformer(new Bench())
    const request = { requestId: 1, slots: 2, io: 0 }
    const heartbeat = { kind: 'heartbeat', leases: [] } as const
    const stop = { kind: 'stop', leaseId: leaseIdOf(key), reason: 'not wanted' } as const
    performer.perform({ kind: 'send-steal', to: nuc, request })
    performer.perform({ kind: 'send-up', to: nuc, message: heartbeat })
    performer.perform({ kind: 'send-down', to: nuc, message: stop })
    await settled()
    expect(sent).toEqual([
      { to: nuc, message: { kind: 'steal', from: tower, request } },
      { to: nuc, message: { kind: 'lease-up', from: tower, message: heartbeat } },
      { to: nuc, message: { kind: 'lease-down', from: tower, message: stop } }
    ])
    expect(events).toEqual([])
  })

  it('to this node itself come in like any other, after the turn that sent them', async () => {
    const { performer, sent, events } = makePerformer(new Bench())
    const request = { requestId: 1, slots: 2, io: 0 }
    performer.perform({ kind: 'send-steal', to: tower, request })
    expect(events).toEqual([])
    await settled()
    expect(events).toEqual([{ kind: 'message-received', message: { kind: 'steal', from: tower, request } }])
    expect(sent).toEqual([])
  })
})

describe('asking for proofs', () => {
  it('tells what each node answered, and settles when all have', async () => {
    const bench = new Bench().given(splitPlan())
    bench.proves = false
    const gate = new Gate<ProofAnswer>()
    const { performer, events } = makePerformer(bench, {}, gate.wait)
    performer.perform({ kind: 'ask-proof', askId: 7, jobId: jobA, to: nuc })
    performer.perform({ kind: 'ask-proof', askId: 8, jobId: jobA, to: tower })
    let settledNow = false
    const all = performer.proofsAnswered(jobA).then(() => {
      settledNow = true
    })
    gate.open({ kind: 'cannot', reason: 'its disk is full' })
    await settled()
    expect(settledNow).toBe(false)
    gate.open({ kind: 'can' })
    await all
    expect(events).toEqual([
      {
        kind: 'proof-answered',
        askId: 7,
        jobId: jobA,
        peerId: nuc,
        answer: { kind: 'cannot', reason: 'its disk is full' }
      },
      { kind: 'proof-answered', askId: 8, jobId: jobA, peerId: tower, answer: { kind: 'can' } }
    ])
    await performer.proofsAnswered(jobB)
  })

  it('asks nobody about a job that is gone', async () => {
    const { performer, events } = makePerformer(new Bench())
    performer.perform({ kind: 'ask-proof', askId: 1, jobId: jobA, to: nuc })
    await performer.proofsAnswered(jobA)
    expect(events).toEqual([])
  })
})

describe('granting leases', () => {
  it('sends what the worker needs, with the payload that the job kind builds', () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    const { performer, sent } = makePerformer(bench, {
      taskPayload: (job, task, attempt) => `${job.id} ${task.no} ${attempt}`
    })
    performer.perform({ kind: 'grant-leases', to: nuc, requestId: 7, leases: [key], ttlMs: 15_000 })
    expect(sent).toEqual([
      {
        to: nuc,
        message: {
          kind: 'grant',
          from: tower,
          answer: {
            requestId: 7,
            leases: [grantedLease({}, { payload: `${jobA} 2 1` })]
          }
        }
      }
    ])
  })

  it('answers also when there is nothing', () => {
    const { performer, sent } = makePerformer(new Bench())
    performer.perform({ kind: 'grant-leases', to: nuc, requestId: 7, leases: [], ttlMs: 1 })
    expect(sent).toMatchObject([{ message: { answer: { requestId: 7, leases: [] } } }])
  })

  it('leaves out a task whose payload cannot be built, tells of it, and sends the others', () => {
    const bench = benchWithJob()
    const leases = bench.steal(nuc, 2)
    const { performer, sent, errors } = makePerformer(bench, {
      taskPayload: (_, task) => {
        if (task.no === 2) throw new Error('no frame times')
        return null
      }
    })
    performer.perform({ kind: 'grant-leases', to: nuc, requestId: 1, leases, ttlMs: 1 })
    expect(sent).toMatchObject([{ message: { answer: { leases: [{ taskNo: 3 }] } } }])
    expect(errors).toEqual([`payload of ${jobA}.2.1: no frame times`])
  })

  it('leaves out what is gone', () => {
    const { performer, sent } = makePerformer(new Bench())
    performer.perform({ kind: 'grant-leases', to: nuc, requestId: 1, leases: [key], ttlMs: 1 })
    expect(sent).toMatchObject([{ message: { answer: { leases: [] } } }])
  })
})

describe('orders to the worker and the mesh', () => {
  it('are passed on', () => {
    const { performer, runner, announced } = makePerformer(new Bench())
    const lease = grantedLease()
    performer.perform({ kind: 'run-task', owner: nuc, lease })
    performer.perform({ kind: 'run-task', owner: tower, lease })
    performer.perform({ kind: 'stop-task', leaseId: lease.leaseId, reason: 'enough' })
    performer.perform({ kind: 'discard-result', owner: nuc, lease })
    performer.perform({ kind: 'announce' })
    const { leaseId } = lease
    expect(runner.orders).toEqual([
      `start ${leaseId} for another`,
      `start ${leaseId} as its own`,
      `stop ${leaseId}: enough`,
      `discard ${leaseId}`
    ])
    expect(announced).toHaveLength(1)
  })
})

describe('planning', () => {
  const queued = (): Bench => {
    const bench = new Bench()
    bench.queue()
    return bench
  }

  it('answers with the plan', async () => {
    const bench = queued()
    const { performer, events } = makePerformer(bench, { plan: async () => splitPlan() })
    performer.perform({ kind: 'plan-job', jobId: jobA })
    expect(events).toEqual([])
    await settled()
    expect(events).toEqual([{ kind: 'job-planned', jobId: jobA, plan: splitPlan() }])
  })

  it('answers with the reason when it cannot be done', async () => {
    const { performer, events, errors } = makePerformer(queued(), {
      plan: async () => {
        throw new Error('old.avi is not a video')
      }
    })
    performer.perform({ kind: 'plan-job', jobId: jobA })
    await settled()
    expect(events).toEqual([
      { kind: 'job-plan-failed', jobId: jobA, error: 'old.avi is not a video', transient: false }
    ])
    expect(errors).toEqual([`plan ${jobA}: old.avi is not a video`])
  })

  it('of a kind that this version does not know fails with words', async () => {
    const bench = new Bench()
    bench.queue(jobA, { ...requestOf(), kind: 'blender' })
    const { performer, events } = makePerformer(bench)
    performer.perform({ kind: 'plan-job', jobId: jobA })
    await settled()
    expect(events).toMatchObject([
      { kind: 'job-plan-failed', error: 'this version does not know blender jobs' }
    ])
  })

  it('of a job that is gone answers nothing', async () => {
    const { performer, events } = makePerformer(new Bench())
    performer.perform({ kind: 'plan-job', jobId: jobA })
    await settled()
    expect(events).toEqual([])
  })

  it('that the stop of the node broke off is nobody’s failure: it is done at the next start', async () => {
    const { performer, events, errors } = makePerformer(queued(), {
      plan: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')))
        })
    })
    performer.perform({ kind: 'plan-job', jobId: jobA })
    await settled()
    await performer.stop()
    expect(events).toEqual([])
    expect(errors).toEqual([])
  })

  it('is done for two jobs at a time', async () => {
    const bench = new Bench()
    const ids = ['0000000001', '0000000002', '0000000003'] as (typeof jobA)[]
    for (const jobId of ids) bench.queue(jobId)
    const gate = new Gate<ReturnType<typeof splitPlan>>()
    const { performer, events } = makePerformer(bench, { plan: () => gate.wait() })
    for (const jobId of ids) performer.perform({ kind: 'plan-job', jobId })
    await settled()
    expect(gate.waiting).toBe(2)
    gate.open(splitPlan())
    await settled()
    expect(gate.waiting).toBe(2)
    gate.open(splitPlan())
    gate.open(splitPlan())
    await settled()
    expect(events).toHaveLength(3)
  })
})

describe('verifying a result', () => {
  it('answers with the verdict of the job kind, on what was delivered', async () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    const asked: unknown[] = []
    const { performer, events } = makePerformer(bench, {
      verify: async (job, task, lease, result) => {
        asked.push([job.id, task.no, lease, result])
        return { ok: false, reason: '49 of 50 frames', transient: false }
      }
    })
    performer.perform({ kind: 'verify-result', lease: key, result: 'file' })
    await settled()
    expect(asked).toEqual([[jobA, 2, key, 'file']])
    expect(events).toEqual([
      {
        kind: 'result-verified',
        lease: key,
        result: 'file',
        verdict: { ok: false, reason: '49 of 50 frames', transient: false }
      }
    ])
  })

  it('that throws was in the way of storage: it may be tried again', async () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    const { performer, events, errors } = makePerformer(bench, {
      verify: async () => {
        throw new Error('EIO')
      }
    })
    performer.perform({ kind: 'verify-result', lease: key, result: 'file' })
    await settled()
    expect(events).toMatchObject([{ verdict: { ok: false, reason: 'EIO', transient: true } }])
    expect(errors).toEqual([`verify ${jobA}.2.1: EIO`])
  })

  it('of a task that is gone answers nothing', async () => {
    const { performer, events } = makePerformer(benchWithJob())
    performer.perform({ kind: 'verify-result', lease: key, result: 'file' })
    await settled()
    expect(events).toEqual([])
  })
})

describe('looking for what an attempt had finished', () => {
  it('answers with what is there', async () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    const { performer, events } = makePerformer(bench, { collect: async () => 'file' })
    performer.perform({ kind: 'collect-result', lease: key })
    await settled()
    expect(events).toEqual([{ kind: 'result-collected', lease: key, result: 'file' }])
  })

  it('answers with nothing when storage is away or the task is gone', async () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    const { performer, events, errors } = makePerformer(bench, {
      collect: async () => {
        throw new Error('the NAS is away')
      }
    })
    performer.perform({ kind: 'collect-result', lease: key })
    performer.perform({ kind: 'collect-result', lease: { ...key, jobId: jobB } })
    await settled()
    expect(events).toMatchObject([{ result: null }, { result: null }])
    expect(errors).toEqual([`collect ${jobA}.2.1: the NAS is away`])
  })
})

describe('publishing', () => {
  it('answers with the verdict', async () => {
    const { bench, order } = atPublication()
    const { performer, events } = makePerformer(bench, { publish: async () => ok })
    performer.perform(order)
    await settled()
    expect(events).toEqual([{ kind: 'output-published', lease: order.lease, verdict: ok }])
    expect(bench.job.status).toBe('completed')
  })

  it('goes on for a job that is paused', async () => {
    const { bench, order } = atPublication()
    bench.command('pause')
    const { performer } = makePerformer(bench, { publish: async () => ok })
    performer.perform(order)
    await settled()
    expect(bench.job.status).toBe('completed')
  })

  it('is not begun for a job that was canceled while the order waited', async () => {
    const { bench, order } = atPublication()
    putOff(bench, order)
    bench.command('cancel')
    const published: string[] = []
    const { performer, events } = makePerformer(bench, {
      publish: async (job) => {
        published.push(job.id)
        return ok
      }
    })
    performer.perform(order)
    await settled()
    expect(published).toEqual([])
    expect(events).toEqual([])
  })

  it('is not begun for a job that was retried meanwhile', async () => {
    const { bench, order } = atPublication()
    putOff(bench, order)
    bench.command('cancel')
    bench.command('retry')
    const { performer, events } = makePerformer(bench)
    performer.perform(order)
    await settled()
    expect(events).toEqual([])
  })
})

describe('cleaning up after a job', () => {
  const ended = (): Bench => {
    const bench = benchWithJob()
    bench.command('cancel')
    return bench
  }
  const clean: Effect = { kind: 'clean-job', jobId: jobA }

  it('answers when the files are gone', async () => {
    const { performer, events } = makePerformer(ended(), { clean: async () => {} })
    performer.perform(clean)
    await settled()
    expect(events).toEqual([{ kind: 'job-files-cleaned', jobId: jobA, verdict: ok }])
  })

  it('answers that storage was in the way when it throws', async () => {
    const { performer, events } = makePerformer(ended(), {
      clean: async () => {
        throw new Error('EBUSY')
      }
    })
    performer.perform(clean)
    await settled()
    expect(events).toMatchObject([{ verdict: { ok: false, reason: 'EBUSY', transient: true } }])
  })

  it('is not begun for a job that was retried while the order waited: its files are wanted', async () => {
    const bench = ended()
    bench.command('retry')
    const cleaned: string[] = []
    const { performer } = makePerformer(bench, { clean: async (job) => void cleaned.push(job.id) })
    performer.perform(clean)
    await settled()
    expect(cleaned).toEqual([])
  })

  it('that is under way ends before the job is planned again: it would remove new files', async () => {
    const bench = ended()
    const gate = new Gate<void>()
    const log: string[] = []
    const { performer } = makePerformer(bench, {
      clean: async () => {
        log.push('clean begins')
        await gate.wait()
        log.push('clean ends')
      },
      plan: async () => {
        log.push('plan begins')
        return splitPlan()
      }
    })
    performer.perform(clean)
    await settled()
    bench.command('retry')
    performer.perform({ kind: 'plan-job', jobId: jobA })
    await settled()
    expect(log).toEqual(['clean begins'])
    gate.open()
    await settled()
    expect(log).toEqual(['clean begins', 'clean ends', 'plan begins'])
    expect(bench.job.status).toBe('queued')
  })

  it('of a kind that this version does not know is nothing to do, so that the job can be purged', async () => {
    const bench = new Bench()
    bench.queue(jobA, { ...requestOf(), kind: 'blender' })
    bench.command('cancel')
    const { performer, events } = makePerformer(bench)
    performer.perform(clean)
    await settled()
    expect(events).toEqual([{ kind: 'job-files-cleaned', jobId: jobA, verdict: ok }])
  })
})

describe('stopping', () => {
  it('waits for what is under way, and drops what is not', async () => {
    const bench = benchWithJob()
    bench.steal(nuc, 2)
    const gate = new Gate<Verdict>()
    const { performer, events } = makePerformer(bench, { verify: () => gate.wait() })
    for (const taskNo of [2, 3, 3])
      performer.perform({ kind: 'verify-result', lease: { ...key, taskNo }, result: null })
    await settled()
    expect(gate.waiting).toBe(2)
    const stopped = performer.stop()
    gate.open(ok)
    gate.open(ok)
    await stopped
    expect(events.filter(({ kind }) => kind === 'result-verified')).toHaveLength(2)
  })

  it('begins nothing that is ordered afterwards, but to tidy up', async () => {
    const { bench, order } = atPublication()
    bench.given(splitPlan(), jobB)
    bench.command('cancel', jobB)
    const { performer, events } = makePerformer(bench, { clean: async () => {} })
    await performer.stop()
    performer.perform(order)
    performer.perform({ kind: 'plan-job', jobId: jobA })
    performer.perform({ kind: 'clean-job', jobId: jobB })
    await settled()
    expect(events).toEqual([{ kind: 'job-files-cleaned', jobId: jobB, verdict: ok }])
  })
})
