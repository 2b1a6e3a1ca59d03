import { describe, expect, it } from 'vitest'
import type { GrantedLease, Offer, PeerId } from '../../../src/model/index.ts'
import { leaseIdOf } from '../../../src/model/index.ts'
import {
  Bench,
  jobA,
  jobB,
  jobC,
  laptop,
  mac,
  needs,
  nuc,
  offerOf,
  splitPlan,
  tower,
  wholePlan
} from './kit.ts'

/** Whom the last step asked, as `nuc for 2+0`. */
const asked = (bench: Bench): string | undefined => {
  const steals = bench.ordered('send-steal')
  expect(steals.length).toBeLessThanOrEqual(1)
  return steals.map(({ to, request: { slots, io } }) => `${to} for ${slots}+${io}`)[0]
}

const offering = (bench: Bench, peer: PeerId, ...offers: readonly Partial<Offer>[]): Bench =>
  bench.connect(peer, { offers: offers.map((offer) => offerOf(offer)) })

/** A node whose slots are all taken while peers make their offers, and then free. */
function choosing(...peers: [PeerId, ...Partial<Offer>[]][]): Bench {
  const bench = new Bench({ self: { slots: 0 } })
  for (const [peer, ...offers] of peers) offering(bench, peer, ...offers)
  bench.turn({ kind: 'self-changed', self: { ...bench.state.self, slots: 1 } })
  return bench
}

const answer = (bench: Bench, from: PeerId, leases: readonly GrantedLease[] = []) => {
  const requestId = bench.state.steals.get(from)!.requestId
  bench.turn({ kind: 'message-received', message: { kind: 'grant', from, answer: { requestId, leases } } })
}

const lease = (taskNo: number, pool: 'slot' | 'io' = 'slot'): GrantedLease => {
  const key = { jobId: jobB, taskNo, attempt: 1 }
  const leaseId = leaseIdOf(key)
  return { ...key, leaseId, jobKind: 'p', taskKind: 't', range: null, pool, ttlMs: 15_000, payload: null }
}

describe('an idle node', () => {
  it('asks whoever offers something, for all the room it has', () => {
    const bench = offering(new Bench({ self: { slots: 3 } }), nuc, {})
    expect(asked(bench)).toBe('nuc for 3+0')
  })

  it('asks nobody when nobody offers anything', () => {
    const bench = new Bench().connect(nuc)
    expect(asked(bench)).toBeUndefined()
    expect(asked(offering(bench, mac, { readyTasks: 0 }))).toBeUndefined()
  })

  it.each(['asleep', 'draining', 'unhealthy'] as const)('asks nobody while it is %s', (state) => {
    expect(asked(offering(new Bench({ self: { state } }), nuc, {}))).toBeUndefined()
  })

  it('asks nobody for what it could not do', () => {
    expect(
      asked(offering(new Bench(), nuc, { needs: { ...needs, encoders: ['prores_ks'] } }))
    ).toBeUndefined()
    expect(asked(offering(new Bench(), nuc, { needs: { ...needs, ownerOnly: true } }))).toBeUndefined()
  })

  it('asks again when it has become fit', () => {
    const bench = offering(new Bench(), nuc, { needs: { ...needs, tags: ['gpu'] } })
    const { self } = bench.state
    bench.turn({ kind: 'self-changed', self: { ...self, fitness: { ...self.fitness, tags: ['gpu'] } } })
    expect(asked(bench)).toBe('nuc for 1+0')
  })
})

describe('the owner that is asked', () => {
  it('is the one with the most urgent job', () => {
    const bench = choosing([nuc, { ageMs: 9_000 }], [mac, { priority: 1 }])
    expect(asked(bench)).toBe('mac for 1+0')
  })

  it('is the one with the oldest job where jobs are equally urgent', () => {
    expect(asked(choosing([nuc, { ageMs: 10_000 }], [mac, { ageMs: 20_000 }]))).toBe('mac for 1+0')
    expect(asked(choosing([nuc, { ageMs: 20_000 }], [mac, { ageMs: 10_000 }]))).toBe('nuc for 1+0')
  })

  it('differs between workers where offers are alike, so that they spread', () => {
    const choices = ['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8'].map((name) => {
      const bench = new Bench({ self: { peerId: name as PeerId, slots: 0 } })
      for (const owner of [nuc, mac]) offering(bench, owner, {})
      bench.turn({ kind: 'self-changed', self: { ...bench.state.self, slots: 1 } })
      return asked(bench)
    })
    expect(new Set(choices)).toEqual(new Set(['nuc for 1+0', 'mac for 1+0']))
  })

  it('is judged by the best of its offers that this node could serve', () => {
    const unfit = { jobId: jobC, priority: 9, needs: { ...needs, tags: ['gpu'] } }
    expect(asked(choosing([nuc, unfit, { priority: 1 }], [mac, { priority: 2 }]))).toBe('mac for 1+0')
  })

  it('is one with fresh work before one that has only stragglers, however urgent', () => {
    const late = { readyTasks: 0, lateTasks: 3, priority: 9 }
    expect(asked(choosing([nuc, late], [mac, {}]))).toBe('mac for 1+0')
    expect(asked(choosing([nuc, late, { jobId: jobC }], [mac, {}]))).toBeDefined()
  })

  it('may be one that has only stragglers, when there is nothing else', () => {
    expect(asked(choosing([nuc, { readyTasks: 0, lateTasks: 1 }]))).toBe('nuc for 1+0')
  })

  it('is judged by its fresh work when it has stragglers, too', () => {
    const late = { readyTasks: 0, lateTasks: 3, priority: 9 }
    const bench = choosing([nuc, late, { jobId: jobC, priority: 2 }], [mac, { priority: 1 }])
    expect(asked(bench)).toBe('nuc for 1+0')
  })

  it('is this node itself for its own jobs, like any other owner', () => {
    const bench = new Bench({ self: { slots: 2 } }).given(wholePlan())
    expect(asked(bench)).toBe('tower for 2+1')
  })

  it('is another for a more urgent job of another', () => {
    const bench = new Bench({ self: { slots: 0, ioSlots: 0 } }).given(wholePlan())
    offering(bench, nuc, { priority: 1 })
    bench.turn({ kind: 'self-changed', self: { ...bench.state.self, slots: 1 } })
    expect(asked(bench)).toBe('nuc for 1+0')
  })

  it('is this node itself when it has a join to do, before everything else', () => {
    const bench = new Bench({ self: { slots: 0, ioSlots: 0 } }).connect(laptop).given(splitPlan())
    for (const taken of bench.steal(laptop, 2)) bench.finish(laptop, taken)
    offering(bench, nuc, { priority: 100 })
    bench.turn({ kind: 'self-changed', self: { ...bench.state.self, slots: 1, ioSlots: 1 } })
    expect(asked(bench)).toBe('tower for 1+1')
  })

  it('is this node itself for its fresh work also when a more urgent job has only stragglers', () => {
    const bench = new Bench({ self: { slots: 0, ioSlots: 0 } })
      .connect(laptop)
      .given(wholePlan(), jobB)
      .given(splitPlan(), jobA, { priority: 5 })
    bench.steal(laptop, 2)
    offering(bench, nuc, { priority: -1 })
    bench.turn({ kind: 'self-changed', self: { ...bench.state.self, slots: 1 } })
    expect(asked(bench)).toBe('tower for 1+0')
  })
})

describe('a steal', () => {
  it('is asked once: what it asked for is spoken for until it is answered', () => {
    const bench = offering(new Bench({ self: { slots: 2 } }), nuc, {})
    expect(asked(bench)).toBe('nuc for 2+0')
    offering(bench, mac, {})
    expect(asked(bench)).toBeUndefined()
    expect(asked(bench.passed(500))).toBeUndefined()
  })

  it('that brought less than there is room for is followed by the next owner', () => {
    const bench = offering(new Bench({ self: { slots: 2 } }), nuc, {})
    offering(bench, mac, { priority: -1 })
    bench.hearStatus(nuc, { offers: [] })
    answer(bench, nuc, [lease(1)])
    expect(asked(bench)).toBe('mac for 1+0')
  })

  it('that brought nothing lets the owner rest for a second, and others be asked', () => {
    const bench = offering(new Bench(), nuc, {})
    offering(bench, mac, { priority: -1 })
    answer(bench, nuc)
    expect(asked(bench)).toBe('mac for 1+0')
    answer(bench, mac)
    expect(asked(bench)).toBeUndefined()
    expect(asked(bench.passed(999))).toBeUndefined()
    expect(asked(bench.passed(1))).toBe('nuc for 1+0')
  })

  it('that is not answered within 3 s may be asked again', () => {
    const bench = offering(new Bench(), nuc, {})
    expect(asked(bench.passed(2_999))).toBeUndefined()
    bench.pass(1)
    expect(bench.ordered('send-steal')).toMatchObject([{ request: { requestId: 2 } }])
  })

  it('of a peer that is gone is forgotten', () => {
    const bench = offering(new Bench(), nuc, {})
    offering(bench, mac, {})
    bench.disconnect(nuc)
    expect(asked(bench)).toBe('mac for 1+0')
  })

  it('is not made for less than nothing, when this node has fewer slots than before', () => {
    const bench = offering(new Bench({ self: { slots: 2 } }), nuc, {})
    answer(bench, nuc, [lease(1), lease(2)])
    bench.turn({ kind: 'self-changed', self: { ...bench.state.self, slots: 1 } })
    expect(asked(bench.passed(5_000))).toBeUndefined()
  })

  it('is made at once for a new job of this node’s own, whatever it said a moment ago', () => {
    const bench = new Bench().given(wholePlan(), jobA)
    answer(bench, tower)
    expect(bench.state.dryUntilMs.has(tower)).toBe(true)
    bench.given(wholePlan(), jobB)
    expect(asked(bench)).toBe('tower for 1+1')
  })

  it('is made at once to a peer that has come back', () => {
    const bench = offering(new Bench(), nuc, {})
    answer(bench, nuc)
    expect(asked(bench)).toBeUndefined()
    bench.disconnect(nuc)
    offering(bench, nuc, {})
    expect(asked(bench)).toBe('nuc for 1+0')
  })
})
