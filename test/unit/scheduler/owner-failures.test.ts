import { describe, expect, it } from 'vitest'
import type { LeaseKey, PeerId } from '../../../src/model/index.ts'
import { isCooling } from '../../../src/scheduler/owner-failures.ts'
import { Bench, type BenchOptions, benchWithJob, jobA, laptop, mac, nuc, splitPlan, tower } from './kit.ts'

const patient: BenchOptions = { settings: { maxCoolDownMs: 0 } }

/** An owner that takes no part, with these peers, and a job of one piece and a join unless told. */
const among = (peers: readonly PeerId[], units = 50, options: BenchOptions = patient): Bench => {
  const bench = new Bench({ ...options, self: { slots: 0 } })
  for (const peer of peers) bench.connect(peer)
  return bench.given(splitPlan({ totalUnits: units }))
}

/** Takes one task and fails it. */
const failOne = (bench: Bench, peer: PeerId): LeaseKey => {
  const lease = bench.stealOne(peer)
  bench.fail(peer, lease, `${peer} has no luck`)
  return lease
}

describe('a task that fails', () => {
  it('is ready again after the first and second time', () => {
    const bench = among([nuc, mac])
    failOne(bench, nuc)
    expect(bench.task(2).status).toBe('ready')
    failOne(bench, mac)
    expect(bench.task(2).status).toBe('ready')
    expect(bench.attempts(2)).toEqual(['nuc failed', 'mac failed'])
  })

  it('fails for good after the third time on two peers, and its job with it', () => {
    const bench = among([nuc, mac])
    failOne(bench, nuc)
    failOne(bench, mac)
    failOne(bench, nuc)
    expect(bench.kinds()).toEqual(['attempt-ended', 'task-failed', 'job-failed'])
    expect(bench.task(2).status).toBe('failed')
    const error = 'encode-chunk 2 (frames 0–49) failed 3 times on nuc, mac: nuc has no luck'
    expect(bench.job).toMatchObject({ status: 'failed', error })
  })

  it('fails after three times on one machine that is alone', () => {
    const bench = among([nuc])
    for (let i = 0; i < 2; i++) failOne(bench, nuc)
    expect(bench.job.status).toBe('active')
    failOne(bench, nuc)
    expect(bench.job.status).toBe('failed')
  })

  it('waits for another peer to try, where there is one, even after three times on the same', () => {
    const bench = among([nuc])
    for (let i = 0; i < 2; i++) failOne(bench, nuc)
    const third = bench.stealOne(nuc)
    bench.connect(mac)
    bench.fail(nuc, third)
    expect(bench.task(2).status).toBe('ready')
    expect(bench.steal(nuc)).toEqual([])
    failOne(bench, mac)
    expect(bench.job.status).toBe('failed')
  })

  it('fails after six times, whoever else there might be', () => {
    // The mac comes whenever an attempt has failed, and is gone when the next one starts.
    const bench = among([nuc])
    for (let i = 1; i <= 6; i++) {
      expect(bench.job.status).not.toBe('failed')
      const lease = bench.stealOne(nuc)
      bench.connect(mac)
      bench.fail(nuc, lease)
      bench.disconnect(mac)
    }
    expect(bench.attempts(2)).toHaveLength(6)
    expect(bench.job.status).toBe('failed')
  })

  it('counts results that did not verify like failures', () => {
    const bench = among([nuc, mac])
    failOne(bench, nuc)
    bench.reject(mac, bench.stealOne(mac))
    bench.reject(nuc, bench.stealOne(nuc))
    expect(bench.job).toMatchObject({
      status: 'failed',
      error: 'encode-chunk 2 (frames 0–49) failed 3 times on nuc, mac: a frame is missing'
    })
  })

  it('does not count what was handed back or canceled', () => {
    const bench = among([nuc, mac])
    for (let i = 0; i < 8; i++)
      bench.outcome(nuc, bench.stealOne(nuc), { kind: 'returned', reason: 'stopped' })
    expect(bench.task(2).status).toBe('ready')
  })

  it('fails with its third failure also when that comes late, from a lease that was lost', () => {
    const bench = among([nuc, mac])
    const late = bench.stealOne(nuc)
    bench.pass(15_000)
    bench.turn({ kind: 'result-collected', lease: late, result: null })
    failOne(bench, mac)
    bench.fail(nuc, bench.stealOne(nuc))
    bench.fail(nuc, late)
    expect(bench.job.status).toBe('failed')
    expect(bench.fail(nuc, late).facts).toEqual([])
  })

  it('takes the job’s other tasks down: what runs is told to stop', () => {
    const bench = among([nuc, mac], 100)
    const [first] = bench.steal(nuc, 2)
    bench.fail(nuc, first!)
    failOne(bench, mac)
    failOne(bench, nuc)
    expect(bench.told()).toEqual([`nuc stop ${jobA}.3.1`, `nuc acknowledged ${jobA}.2.3`])
    expect(bench.attempts(3)).toEqual(['nuc canceled'])
    expect(bench.task(1).status).toBe('canceled')
  })
})

describe('a task that is lost with its workers', () => {
  const lose = (bench: Bench, peer: PeerId): void => {
    bench.connect(peer)
    bench.stealOne(peer)
    bench.disconnect(peer)
    bench.pass(1_500)
    bench.turn({
      kind: 'result-collected',
      lease: { jobId: jobA, taskNo: 2, attempt: bench.attempts(2).length },
      result: null
    })
  }

  it('fails after five losses on three peers', () => {
    const bench = among([])
    for (const peer of [nuc, mac, nuc, mac]) lose(bench, peer)
    expect(bench.task(2).status).toBe('ready')
    lose(bench, laptop)
    expect(bench.job).toMatchObject({
      status: 'failed',
      error: 'encode-chunk 2 (frames 0–49) was lost 5 times with its worker, on nuc, mac, laptop'
    })
  })

  it('does not fail while it was lost on two machines only, which people switch off at will', () => {
    const bench = among([])
    for (const peer of [nuc, mac, nuc, mac, nuc, mac, nuc]) lose(bench, peer)
    expect(bench.task(2).status).toBe('ready')
  })

  it('does not fail while a copy of it still runs', () => {
    const bench = among([], 50, { settings: { maxLosses: 1, maxLossPeers: 1 } })
      .connect(nuc)
      .connect(mac)
    const first = bench.stealOne(nuc)
    bench.state = {
      ...bench.state,
      speeds: new Map([[`${jobA}/${mac}`, 1_000]])
    }
    bench.pass(2_000)
    bench.heartbeat(nuc, [first], 1)
    expect(bench.stealOne(mac)).toMatchObject({ taskNo: 2, attempt: 2 })
    bench.disconnect(nuc)
    bench.pass(1_500)
    expect(bench.attempts(2)).toEqual(['nuc lost', 'mac running'])
    expect(bench.job.status).toBe('active')
  })
})

describe('a peer that fails what others can do', () => {
  it('gets no more of that job after its third failure in a row', () => {
    const bench = among([nuc, mac, laptop], 500)
    bench.finish(mac, bench.stealOne(mac))
    failOne(bench, nuc)
    failOne(bench, nuc)
    expect(bench.kinds()).toEqual(['attempt-ended'])
    failOne(bench, nuc)
    expect(bench.facts.at(-1)).toEqual({
      kind: 'peer-blocked',
      jobId: jobA,
      peerId: nuc,
      reason: 'it failed 3 tasks of this job in a row, which others can do'
    })
    expect(bench.steal(nuc, 3)).toEqual([])
    expect(bench.steal(mac, 2)).toHaveLength(2)
  })

  it('clears its name with a success', () => {
    const bench = among([nuc, mac, laptop], 500)
    bench.finish(mac, bench.stealOne(mac))
    failOne(bench, nuc)
    failOne(bench, nuc)
    bench.pass(30_000)
    bench.finish(nuc, bench.stealOne(nuc))
    failOne(bench, nuc)
    failOne(bench, nuc)
    expect(bench.job.blocked).toEqual({})
  })

  it('may try again, with a clean slate, when somebody says so', () => {
    const bench = among([nuc, mac, laptop], 500)
    bench.finish(mac, bench.stealOne(mac))
    for (let i = 0; i < 3; i++) failOne(bench, nuc)
    bench.turn({ kind: 'unblock-requested', jobId: jobA, peerIds: [nuc, mac, nuc] })
    expect(bench.facts).toEqual([{ kind: 'peer-unblocked', jobId: jobA, peerId: nuc }])
    failOne(bench, nuc)
    expect(bench.job.blocked).toEqual({})
  })

  it('is blocked once', () => {
    const bench = among([nuc, mac], 500)
    bench.finish(mac, bench.stealOne(mac))
    const leases = bench.steal(nuc, 4)
    const kinds = leases.map((lease) => {
      bench.fail(nuc, lease)
      return bench.kinds()
    })
    expect(kinds).toEqual([
      ['attempt-ended'],
      ['attempt-ended'],
      ['attempt-ended', 'peer-blocked'],
      ['attempt-ended']
    ])
  })

  it('is not blocked while nobody has done any better', () => {
    const bench = among([nuc, mac], 500)
    for (const lease of bench.steal(nuc, 4)) bench.fail(nuc, lease)
    expect(bench.job.blocked).toEqual({})
  })

  it('is not blocked by its own successes', () => {
    const bench = among([nuc, mac], 500)
    bench.finish(nuc, bench.stealOne(nuc))
    for (const lease of bench.steal(nuc, 4)) bench.fail(nuc, lease)
    expect(bench.job.blocked).toEqual({})
  })

  it('is never the owner, which alone can join', () => {
    const bench = new Bench(patient).connect(nuc).given(splitPlan({ totalUnits: 500 }))
    bench.finish(nuc, bench.stealOne(nuc))
    for (const lease of bench.steal(tower, 4)) bench.fail(tower, lease)
    expect(bench.job.blocked).toEqual({})
  })
})

describe('a peer that failed lately', () => {
  const cooling = (bench: Bench, peer: PeerId): boolean =>
    isCooling(bench.state, bench.job, peer, bench.nowMs)

  it('leaves the job to others for 1, 2, 4… seconds, up to half a minute', () => {
    const bench = among([nuc, mac], 5_000, {})
    const waits: number[] = []
    for (let i = 0; i < 7; i++) {
      const lease = bench.stealOne(nuc)
      bench.fail(nuc, lease)
      expect(bench.steal(nuc)).toEqual([])
      const before = bench.nowMs
      while (cooling(bench, nuc)) bench.nowMs += 100
      waits.push(bench.nowMs - before)
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  })

  it('does not wait when there is nobody else', () => {
    const bench = among([nuc], 5_000, {})
    failOne(bench, nuc)
    expect(cooling(bench, nuc)).toBe(false)
    expect(bench.steal(nuc)).toHaveLength(1)
  })

  it('does not wait for others that failed lately, too', () => {
    const bench = among([nuc, mac], 5_000, {})
    const [ofNuc, ofMac] = [bench.stealOne(nuc), bench.stealOne(mac)]
    bench.fail(nuc, ofNuc)
    expect(cooling(bench, nuc)).toBe(true)
    bench.fail(mac, ofMac)
    expect([cooling(bench, nuc), cooling(bench, mac)]).toEqual([false, false])
  })

  it('does not wait for others that could not do the job', () => {
    const bench = among([nuc, mac], 5_000, {})
    bench.hearStatus(mac, { state: 'asleep' })
    failOne(bench, nuc)
    expect(cooling(bench, nuc)).toBe(false)
  })

  it('may still be given its joins, which are nobody else’s', () => {
    const bench = new Bench().connect(nuc).given(splitPlan())
    for (const lease of bench.steal(nuc, 2)) bench.finish(nuc, lease)
    failOneJoin(bench)
    expect(cooling(bench, tower)).toBe(true)
    expect(bench.steal(tower, 0, 1)).toEqual([{ jobId: jobA, taskNo: 1, attempt: 2 }])
  })

  function failOneJoin(bench: Bench): void {
    bench.fail(tower, bench.stealOne(tower, 1))
  }
})

describe('trouble of a machine’s own', () => {
  const hinder = (bench: Bench, peer: PeerId, lease: LeaseKey) =>
    bench.outcome(peer, lease, { kind: 'failed', error: 'No space left on device', fault: 'worker' })

  it('does not count as a failure of the task, and another peer takes it at once', () => {
    const bench = among([nuc, mac], 500)
    const lease = bench.stealOne(nuc)
    hinder(bench, nuc, lease)
    expect(bench.facts).toEqual([
      { kind: 'attempt-ended', ...lease, status: 'hindered', error: 'No space left on device' }
    ])
    expect(bench.stealOne(mac)).toMatchObject({ taskNo: lease.taskNo, attempt: 2 })
  })

  it('keeps its machine from the job for growing waits, even if there is no other', () => {
    const bench = among([nuc], 500, {})
    hinder(bench, nuc, bench.stealOne(nuc))
    expect(bench.steal(nuc)).toEqual([])
    bench.pass(1_000)
    hinder(bench, nuc, bench.stealOne(nuc))
    bench.pass(1_000)
    expect(bench.steal(nuc)).toEqual([])
    bench.pass(1_000)
    expect(bench.steal(nuc)).toHaveLength(1)
  })

  it('fails the job when it does not pass', () => {
    const bench = among([nuc], 500, {})
    for (let times = 1; times <= 8; times++) {
      expect(bench.job.status).not.toBe('failed')
      hinder(bench, nuc, bench.stealOne(nuc))
      bench.pass(30_000)
    }
    expect(bench.job).toMatchObject({ status: 'failed' })
    expect(bench.job.error).toContain('could not be done 8 times on nuc: No space left on device')
  })

  it('holds the owner’s join back as well, until its storage is back', () => {
    const bench = benchWithJob()
    for (const lease of bench.steal(nuc, 2)) bench.finish(nuc, lease)
    hinder(bench, tower, bench.stealOne(tower, 1))
    expect(bench.steal(tower, 0, 1)).toEqual([])
    bench.pass(1_000)
    expect(bench.steal(tower, 0, 1)).toHaveLength(1)
  })
})

describe('a lease that could not be put into a message', () => {
  it('counts as a failure, so that the job ends with the reason instead of trying for ever', () => {
    const bench = among([], 500)
    for (let times = 1; times <= 3; times++) {
      const lease = bench.stealOne(tower)
      bench.turn({ kind: 'lease-undeliverable', lease, error: 'the plan is of another version' })
    }
    expect(bench.job).toMatchObject({ status: 'failed' })
    expect(bench.job.error).toContain('the plan is of another version')
  })
})
