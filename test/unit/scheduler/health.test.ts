import { describe, expect, it } from 'vitest'
import type { GrantedLease, LeaseKey, PeerId, RootId } from '../../../src/model/index.ts'
import { leaseIdOf } from '../../../src/model/index.ts'
import { conditionOf, doubtsOf, type HealthReport, usableFitness } from '../../../src/scheduler/index.ts'
import { Bench, fitness, jobA, jobB, jobC, mac, nuc, offerOf, splitPlan, tower, wholePlan } from './kit.ts'

const nas = 'nas0000000' as RootId
const san = 'san0000000' as RootId
const well: HealthReport = { machine: null, encoding: null, roots: [] }
const full: HealthReport = { ...well, machine: 'its home cannot be written: the disk is full' }

const found = (bench: Bench, report: HealthReport) => bench.turn({ kind: 'health-checked', report })
const asked = (bench: Bench) => bench.ordered('check-health').length
const ask = (bench: Bench) => bench.turn({ kind: 'health-check-wanted', because: 'asked' })

/** A task of another's that ends here as told. */
let grants = 0
function end(bench: Bench, outcome: 'finished' | 'worker' | 'task', owner: PeerId = nuc): void {
  const key: LeaseKey = { jobId: jobC, taskNo: ++grants, attempt: 1 }
  const lease: GrantedLease = {
    ...key,
    leaseId: leaseIdOf(key),
    jobKind: 'pretend',
    taskKind: 'encode-chunk',
    range: null,
    pool: 'slot',
    ttlMs: 15_000,
    payload: null
  }
  bench.turn({
    kind: 'message-received',
    message: { kind: 'grant', from: owner, answer: { requestId: 999, leases: [lease] } }
  })
  bench.turn({
    kind: 'task-ended',
    leaseId: lease.leaseId,
    outcome:
      outcome === 'finished'
        ? { kind: 'finished', result: null }
        : { kind: 'failed', error: 'no space left\nmore', fault: outcome }
  })
}

describe('a machine in trouble', () => {
  it('looks at itself when a task met trouble of its own, and only then', () => {
    const bench = new Bench().connect(nuc)
    end(bench, 'finished')
    expect(asked(bench)).toBe(0)
    end(bench, 'task')
    expect(asked(bench)).toBe(0)
    end(bench, 'worker')
    expect(asked(bench)).toBe(1)
  })

  it('is unhealthy with the reason when its check says so, takes nothing, and says it once', () => {
    const bench = new Bench().connect(nuc)
    ask(bench)
    found(bench, full)
    expect(conditionOf(bench.state)).toEqual({ state: 'unhealthy', reason: full.machine })
    expect(bench.ordered('tell-health')).toEqual([{ kind: 'tell-health', reason: full.machine }])
    bench.hearStatus(nuc, { offers: [offerOf()] })
    bench.given(splitPlan())
    expect(bench.ordered('send-steal')).toEqual([])
    expect(bench.pass(1_000).effects.filter(({ kind }) => kind === 'tell-health')).toEqual([])
  })

  it('checks itself again after 1, 2, 4… s, at most 30, and comes back by itself', () => {
    const bench = new Bench()
    ask(bench)
    const waits: number[] = []
    for (let i = 0; i < 7; i++) {
      found(bench, full)
      let seconds = 0
      do {
        seconds += 0.5
        bench.pass(500)
      } while (asked(bench) === 0)
      waits.push(seconds)
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30])
    found(bench, well)
    expect(conditionOf(bench.state)).toEqual({ state: 'awake', reason: null })
    expect(bench.ordered('tell-health')).toEqual([{ kind: 'tell-health', reason: null }])
    expect(asked(bench.passed(60_000))).toBe(0)
  })

  it('checks itself at once when somebody wakes it', () => {
    const bench = new Bench()
    ask(bench)
    found(bench, full)
    ask(bench)
    expect(asked(bench)).toBe(1)
    bench.connect(nuc, { offers: [offerOf()] })
    expect(bench.ordered('send-steal')).toEqual([])
    found(bench, well)
    expect(bench.ordered('send-steal')).toHaveLength(1)
  })

  it('does not look over and over while its ledger cannot be written', () => {
    const bench = new Bench()
    ask(bench)
    found(bench, full)
    bench.turn({ kind: 'health-check-wanted', because: 'write-failed' })
    expect(asked(bench)).toBe(0)
  })

  it('looks once more when something speaks against it during a check', () => {
    const bench = new Bench()
    ask(bench)
    ask(bench)
    expect(asked(bench)).toBe(0)
    found(bench, well)
    expect(asked(bench)).toBe(1)
    expect(asked(found(bench, well) && bench)).toBe(0)
  })

  it('keeps to what a person wished: a draining machine goes on draining when it is well again', () => {
    const bench = new Bench({ self: { state: 'draining' } })
    ask(bench)
    found(bench, full)
    expect(conditionOf(bench.state).state).toBe('draining')
    ask(bench)
    found(bench, well)
    expect(conditionOf(bench.state)).toEqual({ state: 'draining', reason: null })
  })
})

describe('a root in trouble', () => {
  const roots = [nas, san]
  const lost: HealthReport = { ...well, roots: [{ root: nas, reason: 'root nas: not mounted' }] }
  const withNeeds = (root: RootId) => ({ ...offerOf().needs, roots: [root] })

  it('is left out of what the machine has, which goes on with the other', () => {
    const bench = new Bench({ self: { fitness: { ...fitness, roots } } })
    ask(bench)
    found(bench, lost)
    expect(usableFitness(bench.state).roots).toEqual([san])
    expect(conditionOf(bench.state)).toEqual({ state: 'awake', reason: 'root nas: not mounted' })
    bench.connect(nuc, { offers: [offerOf({ needs: withNeeds(nas) })] })
    expect(bench.ordered('send-steal')).toEqual([])
    bench.hearStatus(nuc, { offers: [offerOf({ needs: withNeeds(san) })] })
    expect(bench.ordered('send-steal')).toHaveLength(1)
  })

  it('makes a machine unhealthy that has no other, but for its own jobs outside every root', () => {
    const bench = new Bench({ self: { fitness: { ...fitness, roots: [nas] } } })
    ask(bench)
    found(bench, lost)
    expect(conditionOf(bench.state)).toEqual({ state: 'unhealthy', reason: 'root nas: not mounted' })
    bench.given(splitPlan({}, { needs: { ...offerOf().needs, ownerOnly: true } }))
    expect(bench.ordered('send-steal')).toMatchObject([{ to: tower }])
  })
})

describe('a machine whose tasks meet trouble that its checks do not find', () => {
  const hindered = (times: number): Bench => {
    const bench = new Bench().connect(nuc)
    for (let i = 0; i < times; i++) {
      end(bench, 'worker')
      while (bench.state.health.checking) found(bench, well)
    }
    return bench
  }

  it('is kept from encoding after three in a row, then tries its encoders and comes back', () => {
    expect(conditionOf(hindered(2).state).state).toBe('awake')
    const bench = hindered(3)
    expect(conditionOf(bench.state)).toEqual({
      state: 'unhealthy',
      reason: 'its last 3 tasks met trouble of its own: no space left'
    })
    bench.pass(1_900)
    expect(asked(bench)).toBe(0)
    bench.pass(100)
    expect(bench.ordered('check-health')).toEqual([{ kind: 'check-health', encoders: true }])
    found(bench, well)
    expect(conditionOf(bench.state).state).toBe('awake')
  })

  it('counts what one trouble ended at a time once', () => {
    const bench = new Bench({ self: { slots: 8 } }).connect(nuc)
    for (let i = 0; i < 8; i++) end(bench, 'worker')
    found(bench, well)
    expect(bench.state.health.hindrances).toBe(1)
    expect(conditionOf(bench.state).state).toBe('awake')
  })

  it('waits longer when it goes on like that, and is trusted again after a success', () => {
    const bench = hindered(3)
    bench.pass(2_000)
    found(bench, well)
    end(bench, 'worker')
    expect(bench.state.health.barred?.untilMs).toBe(bench.nowMs + 4_000)
    bench.pass(4_000)
    found(bench, well)
    end(bench, 'finished')
    end(bench, 'worker')
    expect(bench.state.health.barred).toBeNull()
  })

  it('goes on joining what others encoded', () => {
    const bench = hindered(3).given(splitPlan({ totalUnits: 50 }))
    expect(conditionOf(bench.state).state).toBe('unhealthy')
    bench.finish(nuc, bench.stealOne(nuc))
    expect(bench.steal(tower, 1, 1)).toHaveLength(1)
  })
})

describe('a machine that fails what others can do', () => {
  /** An owner without slots; in each job the mac fails the only task, and the nuc then does it. */
  const owner = (): Bench =>
    new Bench({ self: { slots: 0 }, settings: { maxCoolDownMs: 0 } }).connect(nuc).connect(mac)
  const failOne = (bench: Bench, jobId: typeof jobA): void => {
    bench.given(wholePlan(), jobId)
    bench.fail(mac, bench.stealOne(mac))
  }
  const doOne = (bench: Bench): void => void bench.finish(nuc, bench.stealOne(nuc))

  it('is doubted by the owner for each job that another then did', () => {
    const bench = owner()
    failOne(bench, jobA)
    expect(doubtsOf(bench.state)).toEqual([])
    doOne(bench)
    expect(doubtsOf(bench.state)).toEqual([{ peerId: mac, jobs: 1 }])
    failOne(bench, jobB)
    doOne(bench)
    expect(doubtsOf(bench.state)).toEqual([{ peerId: mac, jobs: 2 }])
  })

  it('is cleared by the first task that it does well', () => {
    const bench = owner()
    failOne(bench, jobA)
    doOne(bench)
    bench.given(wholePlan(), jobB)
    bench.finish(mac, bench.stealOne(mac))
    expect(doubtsOf(bench.state)).toEqual([])
  })

  it('is not doubted for what nobody can do', () => {
    const bench = owner()
    failOne(bench, jobA)
    bench.fail(nuc, bench.stealOne(nuc))
    bench.fail(mac, bench.stealOne(mac))
    expect(bench.job.status).toBe('failed')
    expect(doubtsOf(bench.state)).toEqual([])
    expect(bench.state.doubts.size).toBe(0)
  })

  const doubted = (bench: Bench, by: PeerId, jobs: number): void =>
    void bench.hearStatus(by, { doubts: [{ peerId: tower, jobs }] })

  it('holds itself for unwell from three such jobs on, of one owner or of several', () => {
    const bench = new Bench().connect(nuc).connect(mac)
    doubted(bench, nuc, 2)
    expect(conditionOf(bench.state).state).toBe('awake')
    doubted(bench, mac, 1)
    expect(conditionOf(bench.state)).toEqual({
      state: 'unhealthy',
      reason: 'its ffmpeg failed tasks of 3 jobs one after another that other machines then did'
    })
  })

  it('comes back on probation: the next such job counts at once, and for twice as long', () => {
    const bench = new Bench().connect(nuc)
    doubted(bench, nuc, 3)
    bench.pass(30_000)
    found(bench, well)
    expect(conditionOf(bench.state).state).toBe('awake')
    doubted(bench, nuc, 3)
    expect(conditionOf(bench.state).state).toBe('awake')
    doubted(bench, nuc, 4)
    expect(bench.state.health.barred?.untilMs).toBe(bench.nowMs + 60_000)
  })

  it('is not kept longer for what it had failed before, which others do meanwhile', () => {
    const bench = new Bench().connect(nuc)
    doubted(bench, nuc, 3)
    const until = bench.state.health.barred?.untilMs
    bench.pass(5_000)
    doubted(bench, nuc, 6)
    expect(bench.state.health.barred?.untilMs).toBe(until)
    bench.pass(25_000)
    found(bench, well)
    doubted(bench, nuc, 6)
    expect(conditionOf(bench.state).state).toBe('awake')
  })

  it('is as trusted as before once its owner takes everything back', () => {
    const bench = new Bench().connect(nuc)
    doubted(bench, nuc, 3)
    bench.pass(30_000)
    found(bench, well)
    bench.hearStatus(nuc)
    doubted(bench, nuc, 2)
    expect(conditionOf(bench.state).state).toBe('awake')
    doubted(bench, nuc, 3)
    expect(bench.state.health.barred?.untilMs).toBe(bench.nowMs + 30_000)
  })

  it('learns of its own as an owner, too', () => {
    const bench = new Bench({ settings: { maxCoolDownMs: 0, maxDoubtedJobs: 1 } }).connect(nuc)
    bench.given(wholePlan())
    bench.fail(tower, bench.stealOne(tower))
    doOne(bench)
    expect(conditionOf(bench.state).state).toBe('unhealthy')
  })
})
