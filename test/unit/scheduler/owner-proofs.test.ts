import { describe, expect, it } from 'vitest'
import type { JobId, PeerId, ProofAnswer } from '../../../src/model/index.ts'
import { whyNotPeer } from '../../../src/scheduler/index.ts'
import { Bench, jobA, jobB, nuc, plannedTask, splitPlan, statusOf, tower, whole } from './kit.ts'

/** A bench whose nodes prove nothing by themselves: the test answers. */
class ProofBench extends Bench {
  override proves = false
  readonly asked: { askId: number; jobId: JobId; to: PeerId }[] = []

  override turn(...args: Parameters<Bench['turn']>): ReturnType<Bench['turn']> {
    const result = super.turn(...args)
    for (const { askId, jobId, to } of this.ordered('ask-proof')) this.asked.push({ askId, jobId, to })
    return result
  }

  /** Who has been asked since the last look, as `nuc aaaaaaaaaa`. */
  asks(): string[] {
    return this.asked.splice(0).map(({ to, jobId }) => `${to} ${jobId}`)
  }

  /** A node answers what it was asked last. */
  answer(peerId: PeerId, kind: ProofAnswer['kind'], jobId: JobId = jobA): this {
    const { askId } = this.state.proofs.get(peerId)!.get(jobId)!
    return this.answerTo(askId, peerId, kind, jobId)
  }

  answerTo(askId: number, peerId: PeerId, kind: ProofAnswer['kind'], jobId: JobId = jobA): this {
    const answer: ProofAnswer = kind === 'cannot' ? { kind, reason: 'its disk is full' } : { kind }
    this.turn({ kind: 'proof-answered', askId, jobId, peerId, answer })
    return this
  }

  why(peerId: PeerId): string | null {
    return whyNotPeer(this.state, this.job, peerId)
  }
}

/** A planned job of two pieces, and `nuc`; both nodes have been asked and have not answered. */
const asking = (): ProofBench => {
  const bench = new ProofBench().connect(nuc).given(splitPlan()) as ProofBench
  expect(bench.asks()).toEqual([`${tower} ${jobA}`, `${nuc} ${jobA}`])
  return bench
}

describe('a job that nobody could do as it was planned', () => {
  const over = { kind: 'cannot', reason: 'its source has changed', ends: true } as const
  const answered = (peerId: PeerId): ProofBench => {
    const bench = asking()
    const { askId } = bench.state.proofs.get(peerId)!.get(jobA)!
    bench.turn({ kind: 'proof-answered', askId, jobId: jobA, peerId, answer: over })
    return bench
  }

  it('fails when this very node says so', () => {
    expect(answered(tower).job).toMatchObject({ status: 'failed', error: 'its source has changed' })
  })

  it('goes on when only another node says so', () => {
    const bench = answered(nuc)
    expect(bench.job.status).not.toBe('failed')
    expect(bench.why(nuc)).toBe('its source has changed')
  })
})

const tick = (bench: ProofBench, ms: number): string[] => {
  bench.pass(ms)
  return bench.asks()
}

describe('a proof', () => {
  it('is needed before a node is given anything, this one included', () => {
    const bench = asking()
    expect([bench.steal(nuc), bench.steal(tower)]).toEqual([[], []])
    expect(bench.why(nuc)).toBe('it has not said yet whether it can')
    bench.answer(nuc, 'can').answer(tower, 'can')
    expect([bench.why(nuc), bench.why(tower)]).toEqual([null, null])
    expect([bench.steal(nuc).length, bench.steal(tower).length]).toEqual([1, 1])
  })

  it('is not asked of who does not fit anyway, nor twice', () => {
    const bench = new ProofBench().connect(nuc, { encoders: [] }).given(splitPlan()) as ProofBench
    expect(bench.asks()).toEqual([`${tower} ${jobA}`])
    expect(tick(bench, 5_000)).toEqual([])
    bench.answer(tower, 'can')
    expect(tick(bench, 60_000)).toEqual([])
  })

  it('that is refused tells why, and is asked for again, each time later', () => {
    const bench = asking().answer(tower, 'can').answer(nuc, 'cannot')
    expect(bench.why(nuc)).toBe('its disk is full')
    expect(bench.steal(nuc)).toEqual([])
    expect([tick(bench, 9_999), tick(bench, 1)]).toEqual([[], [`${nuc} ${jobA}`]])
    // What it said stands until it says something else.
    expect(bench.why(nuc)).toBe('its disk is full')
    bench.answer(nuc, 'cannot')
    expect([tick(bench, 19_999), tick(bench, 1)]).toEqual([[], [`${nuc} ${jobA}`]])
    bench.answer(nuc, 'can')
    expect(bench.why(nuc)).toBeNull()
  })

  it('that is not answered is asked for again soon', () => {
    const bench = asking().answer(tower, 'can').answer(nuc, 'unanswered')
    expect(bench.why(nuc)).toBe('it does not answer whether it can')
    expect([tick(bench, 1_999), tick(bench, 1)]).toEqual([[], [`${nuc} ${jobA}`]])
    expect([tick(bench, 14_999), tick(bench, 1)]).toEqual([[], [`${nuc} ${jobA}`]])
  })

  it('counts for the question that was asked last alone, and once', () => {
    const bench = asking().answer(tower, 'can')
    const first = bench.state.proofs.get(nuc)!.get(jobA)!.askId
    bench.answer(nuc, 'unanswered')
    expect(tick(bench, 2_000)).toEqual([`${nuc} ${jobA}`])
    bench.answerTo(first, nuc, 'can')
    expect(bench.why(nuc)).not.toBeNull()
    bench.answer(nuc, 'cannot').answer(nuc, 'can')
    expect(bench.why(nuc)).toBe('its disk is full')
  })

  it.each<[string, (bench: ProofBench) => void]>([
    ['its node connects anew', (bench) => bench.connect(nuc, { bootId: 'nuc-2' })],
    [
      'its node says that it is another now',
      (bench) => bench.hearStatus(nuc, { roots: ['00000000000000aa' as never] })
    ]
  ])('is asked for anew when %s', (_, change) => {
    const bench = asking().answer(tower, 'can').answer(nuc, 'can')
    const before = bench.state.proofs.get(nuc)!.get(jobA)!.askId
    change(bench)
    expect(bench.asks()).toEqual([`${nuc} ${jobA}`])
    expect(bench.steal(nuc)).toEqual([])
    bench.answerTo(before, nuc, 'can')
    expect(bench.steal(nuc)).toEqual([])
    bench.answer(nuc, 'can')
    expect(bench.steal(nuc)).toHaveLength(1)
  })

  it('stands while a status tells nothing new', () => {
    const bench = asking().answer(tower, 'can').answer(nuc, 'can')
    bench.hearStatus(nuc, { slots: { total: 1, busy: 1 }, encoders: [...statusOf(nuc).encoders] })
    expect(bench.asks()).toEqual([])
    expect(bench.why(nuc)).toBeNull()
  })

  it('of this node is asked for anew when its roots or encoders change, not when a member comes', () => {
    const bench = asking().answer(tower, 'can').answer(nuc, 'can')
    const { self } = bench.state
    bench.turn({ kind: 'self-changed', self: { ...self, fellowMembers: 3 } })
    expect(bench.asks()).toEqual([])
    const fitness = { ...self.fitness, encoders: [...self.fitness.encoders, 'libx264'] }
    bench.turn({ kind: 'self-changed', self: { ...self, fitness } })
    expect(bench.asks()).toEqual([`${tower} ${jobA}`])
  })

  it('is forgotten with its job', () => {
    const bench = asking().answer(tower, 'can')
    bench.command('cancel')
    expect(bench.state.proofs.size).toBe(0)
    bench.answerTo(2, nuc, 'can')
    expect(bench.state.proofs.size).toBe(0)
  })
})

describe('many jobs', () => {
  const jobIds = Array.from({ length: 60 }, (_, i) => `aaaaaaaa${String(i).padStart(2, '0')}` as JobId)

  const queueOf = (): ProofBench => {
    const bench = new ProofBench().connect(nuc)
    for (const jobId of jobIds) bench.given(splitPlan(), jobId)
    return bench as ProofBench
  }

  it('are asked for a few at a time, most urgent first, and only those that are next', () => {
    const bench = queueOf()
    const ofNuc = () => bench.asks().filter((ask) => ask.startsWith(`${nuc} `))
    expect(ofNuc()).toEqual(jobIds.slice(0, 4).map((jobId) => `${nuc} ${jobId}`))
    for (const jobId of jobIds.slice(0, 4)) bench.answer(nuc, 'can', jobId)
    expect(ofNuc()).toEqual(jobIds.slice(4, 8).map((jobId) => `${nuc} ${jobId}`))
    for (const jobId of jobIds.slice(4, 8)) bench.answer(nuc, 'can', jobId)
    expect(ofNuc()).toEqual([])
  })

  it('that a node refuses do not hide those behind them, up to a bound', () => {
    const bench = queueOf()
    bench.asks()
    for (;;) {
      const open = [...bench.state.proofs.get(nuc)!].filter(([, { awaited }]) => awaited)
      if (open.length === 0) break
      for (const [jobId] of open) bench.answer(nuc, 'cannot', jobId)
    }
    // The refusals that count, and what was under way when there were as many.
    const { refusalsAhead, asksAtOnce } = bench.state.settings
    const refused = bench.state.proofs.get(nuc)!.size
    expect(refused).toBeGreaterThanOrEqual(refusalsAhead)
    expect(refused).toBeLessThan(refusalsAhead + asksAtOnce)
  })
})

describe('a person who queues', () => {
  it('hears of all who seem fit at once, also before the job is planned', () => {
    const bench = new ProofBench().connect(nuc) as ProofBench
    bench.queue()
    expect(bench.asks()).toEqual([])
    bench.turn({ kind: 'proofs-wanted', jobId: jobA })
    expect(bench.asks()).toEqual([`${tower} ${jobA}`, `${nuc} ${jobA}`])
    bench.answer(nuc, 'can').answer(tower, 'can')
    // What was said then is not asked again when the job is planned.
    bench.plan(splitPlan())
    expect(bench.asks()).toEqual([])
    expect(bench.why(nuc)).toBeNull()
  })

  it('asks nobody about a job that is not there or has ended', () => {
    const bench = asking()
    bench.turn({ kind: 'proofs-wanted', jobId: jobB })
    bench.command('cancel')
    bench.turn({ kind: 'proofs-wanted', jobId: jobA })
    expect(bench.asks()).toEqual([])
  })
})

describe('a job that may be shared or done whole', () => {
  const either = (): ProofBench => {
    const bench = new ProofBench()
      .connect(nuc)
      .given(splitPlan({ fixedUnits: null }, { whole })) as ProofBench
    bench.answer(tower, 'can')
    return bench
  }

  it('waits for the answers of those who seem fit, for a while', () => {
    const bench = either()
    expect(bench.steal(tower)).toEqual([])
    bench.answer(nuc, 'unanswered')
    expect(bench.steal(tower)).toEqual([])
    bench.pass(5_000)
    expect(bench.steal(tower)).toHaveLength(1)
    expect(bench.job.shape).toBe('whole')
  })

  it('is shared with who proved it', () => {
    const bench = either().answer(nuc, 'can')
    expect(bench.steal(tower)).toHaveLength(1)
    expect(bench.job.shape).toBe('split')
  })

  it('is taken whole at once when all others have refused', () => {
    const bench = either().answer(nuc, 'cannot')
    expect(bench.steal(tower)).toHaveLength(1)
    expect(bench.job.shape).toBe('whole')
  })
})

describe('a node that cannot encode a job of its own', () => {
  it('joins it all the same', () => {
    const bench = asking().answer(tower, 'cannot').answer(nuc, 'can')
    bench.finish(nuc, bench.stealOne(nuc))
    bench.finish(nuc, bench.stealOne(nuc))
    expect(bench.steal(tower, 1, 1)).toEqual([{ jobId: jobA, taskNo: 1, attempt: 1 }])
  })

  it('does not keep others out who have failed, when there is nobody else', () => {
    const bench = asking().answer(tower, 'cannot').answer(nuc, 'can')
    bench.turn({ kind: 'clock-ticked' })
    const job = { ...bench.job, blocked: { [nuc]: 'it failed 3 tasks' } }
    expect(whyNotPeer(bench.state, job, nuc)).toBeNull()
    bench.pass(10_000)
    bench.answer(tower, 'can')
    expect(whyNotPeer(bench.state, job, nuc)).toBe('it failed 3 tasks')
  })

  it('lets a task fail only when those have been heard who may still be able to do it', () => {
    const bench = new ProofBench().connect(nuc) as ProofBench
    bench.given(splitPlan({ totalUnits: 50, fixedUnits: 50 }, { whole: plannedTask('encode-file') }))
    bench.answer(tower, 'can')
    for (let i = 0; i < 3; i++) {
      bench.pass(10_000)
      bench.fail(tower, bench.stealOne(tower))
    }
    expect(bench.job.status).toBe('active')
  })
})
