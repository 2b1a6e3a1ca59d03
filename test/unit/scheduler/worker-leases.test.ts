import { describe, expect, it } from 'vitest'
import {
  type GrantedLease,
  type JobId,
  type LeaseDown,
  leaseIdOf,
  type PeerId
} from '../../../src/model/index.ts'
import { Bench, type BenchOptions, jobA, jobB, mac, nuc, tower } from './kit.ts'

const progress = { units: 10, fps: 25, sizeBytes: 100 }
const finished = { kind: 'finished', result: 'file' } as const

function leaseOf(taskNo: number, change: Partial<GrantedLease> = {}): GrantedLease {
  const key = { jobId: jobA, taskNo, attempt: 1, ...change }
  return {
    jobKind: 'pretend',
    taskKind: 'encode-chunk',
    range: { start: 0, end: 50 },
    pool: 'slot',
    ttlMs: 15_000,
    payload: null,
    ...key,
    leaseId: leaseIdOf(key)
  }
}

/** A worker with three slots; the nuc is an owner. */
const worker = (options: BenchOptions = {}): Bench =>
  new Bench({ ...options, self: { slots: 3, ...options.self } }).connect(nuc)

const grant = (bench: Bench, leases: readonly GrantedLease[], from: PeerId = nuc, requestId = 1) =>
  bench.turn({ kind: 'message-received', message: { kind: 'grant', from, answer: { requestId, leases } } })

const down = (bench: Bench, lease: GrantedLease, kind: LeaseDown['kind'], from: PeerId = nuc) => {
  const { leaseId } = lease
  const message: LeaseDown = kind === 'stop' ? { kind, leaseId, reason: 'not wanted' } : { kind, leaseId }
  return bench.turn({ kind: 'message-received', message: { kind: 'lease-down', from, message } })
}

const ended = (
  bench: Bench,
  { leaseId }: GrantedLease,
  outcome: Parameters<Bench['outcome']>[2] = finished
) => bench.turn({ kind: 'task-ended', leaseId, outcome })

/** Orders of the last step, without the traffic of stealing. */
const orders = (bench: Bench): string[] =>
  bench.effects.flatMap((effect) => {
    switch (effect.kind) {
      case 'run-task':
      case 'discard-result':
        return `${effect.kind} ${effect.lease.leaseId}`
      case 'stop-task':
        return `${effect.kind} ${effect.leaseId}`
      case 'send-up': {
        const { message, to } = effect
        return message.kind === 'heartbeat'
          ? `heartbeat to ${to}: ${message.leases.map(({ leaseId }) => leaseId).join(' ')}`
          : `${message.outcome.kind} to ${to}: ${message.leaseId}`
      }
      default:
        return []
    }
  })

const statusOf = (bench: Bench, { leaseId }: GrantedLease): string | undefined =>
  bench.state.holds.get(leaseId)?.status

describe('a granted task', () => {
  it('is run at once', () => {
    const bench = worker()
    const [one, two] = [leaseOf(1), leaseOf(2)]
    grant(bench, [one, two])
    expect(orders(bench)).toEqual([`run-task ${one.leaseId}`, `run-task ${two.leaseId}`])
    expect(bench.ordered('announce')).toHaveLength(1)
    expect(bench.facts).toEqual([])
  })

  it('is run once, however often the grant arrives', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    grant(bench, [one])
    expect(orders(bench)).toEqual([])
    ended(bench, one)
    grant(bench, [one])
    expect(orders(bench)).toEqual([])
    down(bench, one, 'acknowledged')
    grant(bench, [one])
    expect(orders(bench)).toEqual([])
  })

  it('is run also when the grant comes late, if there is room', () => {
    const bench = worker()
    grant(bench, [leaseOf(1)], nuc, 99)
    expect(orders(bench)).toEqual([`run-task ${jobA}.1.1`])
  })

  it('is handed back when there is no room, each pool for itself', () => {
    const bench = worker({ self: { slots: 1, ioSlots: 1 } })
    grant(bench, [leaseOf(1), leaseOf(2), leaseOf(3, { pool: 'io' }), leaseOf(4, { pool: 'io' })])
    expect(orders(bench)).toEqual([
      `run-task ${jobA}.1.1`,
      `returned to nuc: ${jobA}.2.1`,
      `run-task ${jobA}.3.1`,
      `returned to nuc: ${jobA}.4.1`
    ])
  })

  it('is handed back when the node stops', () => {
    const bench = worker()
    bench.turn({ kind: 'node-stopping' })
    grant(bench, [leaseOf(1)])
    expect(bench.ordered('send-up')[0]!.message).toMatchObject({
      outcome: { kind: 'returned', reason: 'the node is stopping' }
    })
  })
})

describe('a running task', () => {
  it('is told of to its owner every 2 s, with how far it is', () => {
    const bench = worker()
    const [one, other] = [leaseOf(1), leaseOf(7, { jobId: jobB })]
    bench.connect(mac)
    grant(bench, [one])
    grant(bench, [other], mac)
    bench.turn({ kind: 'task-progressed', leaseId: one.leaseId, progress })
    bench.pass(500)
    expect(orders(bench)).toEqual([`heartbeat to nuc: ${one.leaseId}`, `heartbeat to mac: ${other.leaseId}`])
    expect(bench.ordered('send-up')[0]!.message).toMatchObject({ leases: [{ progress }] })
    expect(orders(bench.passed(1_999))).toEqual([])
    expect(orders(bench.passed(1))).toHaveLength(2)
  })

  it('goes on while its owner is gone, and is told of when the owner is back', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    bench.disconnect(nuc)
    bench.pass(60_000)
    expect(orders(bench)).toEqual([])
    expect(statusOf(bench, one)).toBe('running')
    bench.turn({ kind: 'peer-connected', peerId: nuc, name: 'nuc', bootId: 'n2' })
    expect(orders(bench)).toEqual([`heartbeat to nuc: ${one.leaseId}`])
  })

  it('ends early when its owner wants it no more, and what it made is removed', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    down(bench, one, 'stop')
    expect(orders(bench)).toEqual([`stop-task ${one.leaseId}`])
    expect(bench.pass(2_000).effects.some(({ kind }) => kind === 'send-up')).toBe(true)
    expect(orders(bench)).toEqual(['heartbeat to nuc: '])
    ended(bench, one, { kind: 'returned', reason: 'not wanted' })
    expect(orders(bench)).toEqual([`discard-result ${one.leaseId}`])
    expect(bench.state.holds.size).toBe(0)
  })

  it('is removed also when it finished in the moment in which it was told to stop', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    down(bench, one, 'stop')
    down(bench, one, 'stop')
    expect(orders(bench)).toEqual([])
    ended(bench, one)
    expect(orders(bench)).toEqual([`discard-result ${one.leaseId}`])
  })

  it('takes orders from its owner alone', () => {
    const bench = worker().connect(mac)
    const one = leaseOf(1)
    grant(bench, [one])
    down(bench, one, 'stop', mac)
    expect(orders(bench)).toEqual([])
    ended(bench, one)
    down(bench, one, 'acknowledged', mac)
    expect(statusOf(bench, one)).toBe('ended')
  })

  it('is not forgotten by an acknowledgement that is not its', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    down(bench, one, 'acknowledged')
    expect(statusOf(bench, one)).toBe('running')
  })

  it('keeps its place until it has really ended', () => {
    const bench = worker({ self: { slots: 1 } })
    const one = leaseOf(1)
    grant(bench, [one])
    down(bench, one, 'stop')
    grant(bench, [leaseOf(2)])
    expect(orders(bench)).toEqual([`returned to nuc: ${jobA}.2.1`])
  })
})

describe('a task that has ended', () => {
  it('is told to its owner, again with every heartbeat until it is acknowledged', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    ended(bench, one)
    expect(orders(bench)).toEqual([`finished to nuc: ${one.leaseId}`])
    for (let i = 0; i < 3; i++) {
      bench.pass(2_000)
      expect(orders(bench)).toEqual([`heartbeat to nuc: ${one.leaseId}`, `finished to nuc: ${one.leaseId}`])
    }
    down(bench, one, 'acknowledged')
    expect(orders(bench.passed(2_000))).toEqual([])
    expect(bench.state.holds.size).toBe(0)
  })

  it('is kept while its owner is gone, and handed in when it is back', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    bench.disconnect(nuc)
    ended(bench, one)
    expect(orders(bench)).toEqual([])
    bench.turn({ kind: 'peer-connected', peerId: nuc, name: 'nuc', bootId: 'n2' })
    expect(orders(bench)).toEqual([`heartbeat to nuc: ${one.leaseId}`, `finished to nuc: ${one.leaseId}`])
  })

  it('by failing leaves nothing behind', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    ended(bench, one, { kind: 'failed', error: 'no space', fault: 'worker' })
    expect(orders(bench)).toEqual([`discard-result ${one.leaseId}`, `failed to nuc: ${one.leaseId}`])
  })

  it('takes no place any more', () => {
    const bench = worker({ self: { slots: 1 } })
    const one = leaseOf(1)
    grant(bench, [one])
    ended(bench, one)
    grant(bench, [leaseOf(2)])
    expect(orders(bench)).toEqual([`run-task ${jobA}.2.1`])
  })

  it('is removed when its owner has taken another result', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    ended(bench, one)
    down(bench, one, 'stop')
    expect(orders(bench)).toEqual([`discard-result ${one.leaseId}`])
    expect(bench.state.holds.size).toBe(0)
  })

  it('ends once', () => {
    const bench = worker()
    const one = leaseOf(1)
    grant(bench, [one])
    ended(bench, one)
    ended(bench, one, { kind: 'failed', error: 'late', fault: 'task' })
    expect(orders(bench)).toEqual([])
    bench.turn({ kind: 'task-progressed', leaseId: one.leaseId, progress })
    expect(bench.state.holds.get(one.leaseId)).toMatchObject({
      outcome: finished,
      progress: { units: 0 }
    })
  })

  it('and that nobody knows changes nothing', () => {
    const bench = worker()
    const before = bench.state
    ended(bench, leaseOf(9))
    bench.turn({ kind: 'task-progressed', leaseId: leaseOf(9).leaseId, progress })
    expect(bench.state).toBe(before)
  })
})

describe('what is remembered', () => {
  it('of owners that never come back is bounded: the oldest results go', () => {
    const bench = worker({ settings: { maxKeptOutcomes: 2 } })
    bench.disconnect(nuc)
    const leases = [1, 2, 3].map((no) => leaseOf(no))
    for (const lease of leases) {
      bench.connect(nuc)
      grant(bench, [lease])
      bench.disconnect(nuc)
      ended(bench, lease)
    }
    expect(orders(bench)).toEqual([`discard-result ${leases[0]!.leaseId}`])
    expect([...bench.state.holds.keys()]).toEqual([leases[1]!.leaseId, leases[2]!.leaseId])
  })

  it('of leases that ended is bounded', () => {
    const bench = worker()
    for (let no = 1; no <= 600; no++) {
      const lease = leaseOf(no, { jobId: `${no}`.padStart(10, '0') as JobId })
      grant(bench, [lease])
      ended(bench, lease)
      down(bench, lease, 'acknowledged')
    }
    expect(bench.state.endedLeases).toHaveLength(512)
    expect(bench.state.endedLeases.at(-1)).toBe('0000000600.600.1')
  })
})

describe('a clean stop', () => {
  it('hands every running task back at once, and tells finished results once more', () => {
    const bench = worker()
    const [one, two] = [leaseOf(1), leaseOf(2)]
    grant(bench, [one, two])
    ended(bench, two)
    bench.turn({ kind: 'node-stopping' })
    expect(orders(bench)).toEqual([
      `returned to nuc: ${one.leaseId}`,
      `stop-task ${one.leaseId}`,
      `finished to nuc: ${two.leaseId}`
    ])
    expect(bench.ordered('announce')).toHaveLength(1)
  })

  it('asks for nothing any more', () => {
    const bench = worker()
    bench.turn({ kind: 'node-stopping' })
    bench.queue()
    bench.plan({ totalUnits: 1, split: null, whole: null, needs: bench.job.request.needs, payload: null })
    expect(bench.pass(2_000).effects.some(({ kind }) => kind === 'send-steal')).toBe(false)
  })

  it('hands its own tasks back to itself', () => {
    const bench = worker()
    const own = leaseOf(1)
    grant(bench, [own], tower)
    bench.turn({ kind: 'node-stopping' })
    expect(orders(bench)).toEqual([`returned to tower: ${own.leaseId}`, `stop-task ${own.leaseId}`])
  })
})
