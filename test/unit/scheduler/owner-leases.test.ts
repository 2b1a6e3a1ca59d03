import { describe, expect, it } from 'vitest'
import { type LeaseKey, leaseIdOf, type PeerId } from '../../../src/model/index.ts'
import { Bench, benchWithJob, jobA, jobB, laptop, mac, nuc, splitPlan, tower } from './kit.ts'

const clockOf = (bench: Bench, lease: LeaseKey) => bench.state.clocks.get(leaseIdOf(lease))

describe('a lease', () => {
  it('lives as long as its worker is heard of', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    for (let i = 0; i < 5; i++) {
      bench.pass(14_900)
      expect(bench.facts).toEqual([])
      bench.heartbeat(nuc, [lease], i)
    }
    expect(clockOf(bench, lease)!.progress.units).toBe(4)
    expect(bench.attempts(2)).toEqual(['nuc running'])
  })

  it('lapses 15 s after the last heartbeat; the task is ready again and disk is looked at', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.pass(14_999)
    expect(bench.facts).toEqual([])
    bench.pass(1)
    expect(bench.facts).toMatchObject([
      { kind: 'attempt-ended', taskNo: 2, status: 'lost', error: 'no heartbeat in time' }
    ])
    expect(bench.task(2).status).toBe('ready')
    expect(bench.ordered('collect-result')).toEqual([{ kind: 'collect-result', lease }])
    expect(clockOf(bench, lease)).toBeUndefined()
  })

  it('that lapsed is offered to whoever asks next, as a new attempt', () => {
    const bench = benchWithJob().connect(mac)
    bench.stealOne(nuc)
    bench.pass(15_000)
    expect(bench.stealOne(mac)).toEqual({ jobId: jobA, taskNo: 2, attempt: 2 })
  })

  it('that never arrived is noticed when its worker does not name it', () => {
    const bench = benchWithJob()
    const [first, second] = bench.steal(nuc, 2)
    bench.nowMs += 4_999
    bench.heartbeat(nuc, [first!])
    expect(bench.facts).toEqual([])
    bench.nowMs += 1
    bench.heartbeat(nuc, [first!])
    expect(bench.facts).toMatchObject([{ taskNo: 3, status: 'lost', error: 'its worker does not hold it' }])
    expect(clockOf(bench, second!)).toBeUndefined()
  })

  it('of one worker is not touched by the heartbeats of another', () => {
    const bench = benchWithJob().connect(mac)
    bench.stealOne(nuc)
    bench.nowMs += 6_000
    expect(bench.heartbeat(mac, []).facts).toEqual([])
  })

  it('cannot be kept alive, or ended, by anybody but its worker', () => {
    const bench = benchWithJob().connect(mac)
    const lease = bench.stealOne(nuc)
    bench.heartbeat(mac, [lease])
    expect(bench.told()).toEqual([`mac stop ${jobA}.2.1`])
    expect(bench.fail(mac, lease).facts).toEqual([])
    expect(bench.told()).toEqual([`mac stop ${jobA}.2.1`])
    expect(bench.deliver(mac, lease).effects.map(({ kind }) => kind)).not.toContain('verify-result')
    expect(bench.attempts(2)).toEqual(['nuc running'])
  })

  it.each([
    { jobId: jobB, taskNo: 2, attempt: 1 },
    { jobId: jobA, taskNo: 999_999_999, attempt: 1 },
    { jobId: jobA, taskNo: 0, attempt: 1 },
    { jobId: jobA, taskNo: 2, attempt: 0 },
    { jobId: jobA, taskNo: 2, attempt: 7 }
  ])('that was never granted is told to stop: %o', (lease) => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    bench.heartbeat(nuc, [lease])
    expect(bench.facts).toEqual([])
    expect(bench.told()).toEqual([`nuc stop ${leaseIdOf(lease)}`])
  })

  it('whose id is no lease id is told to stop', () => {
    const bench = benchWithJob()
    const leaseId = '../../etc/passwd' as never
    const progress = { units: 0, fps: 0, sizeBytes: 0 }
    bench.hearWorker(nuc, { kind: 'heartbeat', leases: [{ leaseId, progress }] })
    expect(bench.told()).toEqual(['nuc stop ../../etc/passwd'])
  })
})

describe('a closed connection', () => {
  it('leaves 1.5 s for the peer to come back', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.disconnect(nuc)
    bench.pass(1_499)
    expect(bench.facts).toEqual([])
    bench.connect(nuc)
    bench.heartbeat(nuc, [lease])
    bench.pass(10_000)
    expect(bench.attempts(2)).toEqual(['nuc running'])
  })

  it('loses the leases of a peer that is not back by then', () => {
    const bench = benchWithJob()
    bench.steal(nuc, 2)
    bench.disconnect(nuc)
    bench.pass(1_500)
    expect(bench.attempts(2)).toEqual(['nuc lost'])
    expect(bench.attempts(3)).toEqual(['nuc lost'])
  })

  it('does not lengthen a lease that was about to lapse', () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    bench.nowMs += 14_500
    bench.disconnect(nuc)
    bench.pass(500)
    expect(bench.attempts(2)).toEqual(['nuc lost'])
  })

  it('leaves the leases of others alone', () => {
    const bench = benchWithJob().connect(mac)
    bench.stealOne(nuc)
    bench.disconnect(mac)
    bench.pass(2_000)
    expect(bench.attempts(2)).toEqual(['nuc running'])
  })
})

describe('a worker that was started again', () => {
  it('has lost what it held: its leases end when it says hello', () => {
    const bench = benchWithJob()
    bench.steal(nuc, 2)
    bench.turn({ kind: 'peer-connected', peerId: nuc, name: 'nuc', bootId: 'nuc-2' })
    expect(bench.facts).toMatchObject([
      { taskNo: 2, status: 'lost', error: 'its worker was started again' },
      { taskNo: 3, status: 'lost', error: 'its worker was started again' }
    ])
    expect(bench.ordered('collect-result')).toHaveLength(2)
  })

  it('is told apart from one whose link was broken', () => {
    const bench = benchWithJob()
    bench.stealOne(nuc)
    expect(bench.turn({ kind: 'peer-connected', peerId: nuc, name: 'nuc', bootId: 'nuc-1' }).facts).toEqual(
      []
    )
  })
})

describe('a lost lease that is heard of again', () => {
  const lose = (bench: Bench): LeaseKey => {
    const lease = bench.stealOne(nuc)
    bench.pass(15_000)
    bench.turn({ kind: 'result-collected', lease, result: null })
    return lease
  }

  it('is revived when nobody has taken the task since', () => {
    const bench = benchWithJob()
    const lease = lose(bench)
    bench.heartbeat(nuc, [lease], 10)
    expect(bench.facts).toEqual([{ kind: 'lease-revived', ...lease }])
    expect(clockOf(bench, lease)).toMatchObject({ expiresAtMs: bench.nowMs + 15_000, peerId: nuc })
    expect(bench.attempts(2)).toEqual(['nuc running'])
  })

  it('races on beside whoever has taken the task, and may win', () => {
    const bench = benchWithJob().connect(mac)
    const late = lose(bench)
    const next = bench.stealOne(mac)
    bench.heartbeat(nuc, [late])
    expect(bench.facts).toEqual([])
    expect(bench.told()).toEqual([])
    bench.finish(nuc, late)
    expect(bench.attempts(2)).toEqual(['nuc done', 'mac superseded'])
    expect(bench.told()).toEqual([`mac stop ${leaseIdOf(next)}`, `nuc acknowledged ${leaseIdOf(late)}`])
  })

  it('is told to stop when the task is done', () => {
    const bench = benchWithJob().connect(mac)
    const late = lose(bench)
    bench.finish(mac, bench.stealOne(mac))
    bench.heartbeat(nuc, [late])
    expect(bench.told()).toEqual([`nuc stop ${leaseIdOf(late)}`])
  })

  describe('is told to stop when two others are at the task already', () => {
    /** Three peers; the piece of the nuc is a straggler, the others have done theirs and are known to be fast. */
    const raced = (): { bench: Bench; slow: LeaseKey } => {
      const bench = new Bench({ self: { slots: 0 } }).connect(nuc).connect(mac).connect(laptop)
      bench.given(splitPlan({ totalUnits: 3_000, fixedUnits: 1_000 }))
      const [slow, ofMac, ofLaptop] = [bench.stealOne(nuc), bench.stealOne(mac), bench.stealOne(laptop)]
      bench.pass(5_000)
      bench.heartbeat(nuc, [slow], 10)
      bench.finish(mac, ofMac)
      bench.finish(laptop, ofLaptop)
      return { bench, slow }
    }
    const lose = (bench: Bench, lease: LeaseKey, from: PeerId): void => {
      bench.disconnect(from)
      bench.pass(1_500)
      bench.turn({ kind: 'result-collected', lease, result: null })
    }
    const expectStopped = (bench: Bench, lease: LeaseKey, from: PeerId): void => {
      bench.connect(from)
      bench.heartbeat(from, [lease])
      expect(bench.facts).toMatchObject([{ kind: 'attempt-ended', ...lease, status: 'superseded' }])
      expect(bench.told()).toEqual([`${from} stop ${leaseIdOf(lease)}`])
      expect(bench.deliver(from, lease).effects.map(({ kind }) => kind)).not.toContain('verify-result')
    }

    it('and they began after it', () => {
      const { bench, slow } = raced()
      lose(bench, slow, nuc)
      const next = bench.stealOne(mac)
      bench.pass(10_000)
      bench.heartbeat(mac, [next], 10)
      expect(bench.stealOne(laptop).taskNo).toBe(slow.taskNo)
      expectStopped(bench, slow, nuc)
    })

    it('and one of them began before it', () => {
      const { bench, slow } = raced()
      const copy = bench.stealOne(mac)
      lose(bench, copy, mac)
      bench.heartbeat(nuc, [slow], 10)
      expect(bench.stealOne(laptop).taskNo).toBe(slow.taskNo)
      expectStopped(bench, copy, mac)
    })
  })
})

describe('an outcome', () => {
  it('that is a result is verified before it is acknowledged', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.deliver(nuc, lease, 'file')
    expect(bench.facts).toEqual([])
    expect(bench.ordered('verify-result')).toEqual([{ kind: 'verify-result', lease, result: 'file' }])
    expect(bench.told()).toEqual([])
  })

  it('that is told again while it is verified is not verified twice', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.deliver(nuc, lease)
    expect(bench.deliver(nuc, lease)).toMatchObject({ facts: [] })
    expect(bench.ordered('verify-result')).toEqual([])
  })

  it('keeps its lease alive while it is verified, also without heartbeats', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.deliver(nuc, lease)
    expect(bench.pass(60_000).facts).toEqual([])
    expect(bench.heartbeat(nuc, []).facts).toEqual([])
    bench.verdict(lease, true)
    expect(bench.attempts(2)).toEqual(['nuc done'])
  })

  it('that hands the task back readies it, speaks against nobody, and is acknowledged', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.outcome(nuc, lease, { kind: 'returned', reason: 'its worker was stopped' })
    expect(bench.facts).toEqual([
      { kind: 'attempt-ended', ...lease, status: 'returned', error: 'its worker was stopped' }
    ])
    expect(bench.told()).toEqual([`nuc acknowledged ${leaseIdOf(lease)}`])
    expect(bench.stealOne(nuc)).toEqual({ jobId: jobA, taskNo: 2, attempt: 2 })
  })

  it('that comes twice is counted once, and its worker clears up', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.fail(nuc, lease)
    expect(bench.kinds()).toEqual(['attempt-ended'])
    expect(bench.fail(nuc, lease).facts).toEqual([])
    expect(bench.told()).toEqual([`nuc stop ${leaseIdOf(lease)}`])
  })

  it('that won is acknowledged when it is told again, so that its file stays', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.finish(nuc, lease)
    expect(bench.deliver(nuc, lease).facts).toEqual([])
    expect(bench.told()).toEqual([`nuc acknowledged ${leaseIdOf(lease)}`])
  })

  it('that comes after the end of its job is removed by whoever wrote it: the job was cleaned up before', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.command('cancel')
    expect(bench.deliver(nuc, lease).facts).toEqual([])
    expect(bench.told()).toEqual([`nuc stop ${leaseIdOf(lease)}`])
  })

  it('that hands a lost task back changes nothing and is acknowledged', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.pass(15_000)
    bench.outcome(nuc, lease, { kind: 'returned', reason: 'stopped' })
    expect(bench.facts).toEqual([])
    expect(bench.told()).toEqual([`nuc acknowledged ${leaseIdOf(lease)}`])
    expect(bench.attempts(2)).toEqual(['nuc lost'])
  })
})

describe('the speed of a peer', () => {
  const speed = (bench: Bench): number | undefined => bench.state.speeds.get(`${jobA}/${nuc}`)

  it('is measured on running pieces, once they have run for a second', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.pass(999)
    bench.heartbeat(nuc, [lease], 40)
    expect(speed(bench)).toBeUndefined()
    bench.pass(1_001)
    bench.heartbeat(nuc, [lease], 40)
    expect(speed(bench)).toBe(20)
  })

  it('is not measured on tasks without frames of their own, such as joins', () => {
    const bench = benchWithJob()
    for (const lease of bench.steal(nuc, 2)) bench.finish(nuc, lease)
    const lease = bench.stealOne(tower, 1)
    bench.pass(2_000)
    bench.heartbeat(tower, [lease], 100)
    expect(bench.state.speeds.size).toBe(0)
  })

  it('is not measured while a result waits for its verdict', () => {
    const bench = benchWithJob()
    const lease = bench.stealOne(nuc)
    bench.pass(2_000)
    bench.heartbeat(nuc, [lease], 40)
    bench.deliver(nuc, lease)
    bench.pass(8_000)
    bench.heartbeat(nuc, [lease], 50)
    expect(speed(bench)).toBe(20)
  })
})

describe('an owner that was started again', () => {
  const restarted = (before: Bench): Bench => {
    const bench = new Bench({ jobs: before.state.jobs })
    bench.turn({ kind: 'node-started' })
    return bench
  }

  it('gives leases that were out a fresh clock, and looks on disk for what they finished', () => {
    const before = benchWithJob()
    const [first, second] = before.steal(nuc, 2)
    before.finish(nuc, first!)
    const bench = restarted(before)
    expect(bench.facts).toEqual([])
    expect(clockOf(bench, second!)).toMatchObject({ expiresAtMs: bench.nowMs + 15_000, peerId: nuc })
    expect(bench.ordered('collect-result')).toEqual([{ kind: 'collect-result', lease: second }])
    expect([...bench.state.clocks]).toHaveLength(1)
  })

  it('takes a worker back that has gone on meanwhile', () => {
    const before = benchWithJob()
    const lease = before.stealOne(nuc)
    const bench = restarted(before).connect(nuc)
    bench.turn({ kind: 'result-collected', lease, result: null })
    bench.heartbeat(nuc, [lease])
    bench.pass(14_000)
    bench.finish(nuc, lease)
    expect(bench.attempts(2)).toEqual(['nuc done'])
  })

  it('loses the leases of workers that are gone', () => {
    const before = benchWithJob()
    const lease = before.stealOne(nuc)
    const bench = restarted(before)
    bench.turn({ kind: 'result-collected', lease, result: null })
    bench.pass(15_000)
    expect(bench.attempts(2)).toEqual(['nuc lost'])
  })

  it('does not end leases because their worker is another process than nobody knows', () => {
    const before = benchWithJob()
    before.stealOne(nuc)
    expect(restarted(before).connect(nuc, { bootId: 'nuc-9' }).facts).toEqual([])
  })

  it('keeps its results: nothing that was verified is handed out again', () => {
    const before = benchWithJob()
    for (const lease of before.steal(nuc, 2)) before.finish(nuc, lease)
    const bench = restarted(before)
    expect(bench.ordered('collect-result')).toEqual([])
    expect(bench.steal(tower, 1, 1)).toEqual([{ jobId: jobA, taskNo: 1, attempt: 1 }])
  })
})
