import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ledger } from '../../../src/ledger/index.ts'
import { type Fact, type JobId, type JobRecord, linkStates } from '../../../src/model/index.ts'
import { applyFact, type Jobs } from '../../../src/scheduler/apply.ts'
import { audio, chunk, factsOf, jobId, join_, ledgerKit, whole } from './kit.ts'

const jobs = [1, 2, 3].map(jobId)
const taskNos = [1, 2, 3, 4, 5]
const attempts = [1, 2, 3]

/** Every fact worth trying about a job, whether it fits its state or not. */
function conceivable(id: JobId, seq: number, a: number, b: number): Fact[] {
  const f = factsOf(id)
  const range = { start: Math.min(a, b), end: Math.max(a, b) }
  const facts = [
    f.queued(seq, (a % 201) - 100),
    f.planned(100),
    f.shaped('split'),
    f.shaped('whole'),
    f.blocked(a % 3, `reason ${b}`),
    f.unblocked(b % 3),
    f.failed(`error ${a}`),
    f.prioritized((b % 201) - 100),
    f.link(linkStates[a % linkStates.length]!, b % 2 === 0 ? null : `why ${b}`),
    f.is('job-completed'),
    f.is('job-canceled'),
    f.is('job-paused'),
    f.is('job-resumed'),
    f.is('job-retried'),
    f.is('job-cleaned'),
    f.is('job-purged')
  ]
  for (const no of taskNos) {
    facts.push(
      f.created(no, chunk, range),
      f.created(no, audio),
      f.created(no, join_, null, false),
      f.created(no, whole),
      f.readied(no),
      f.taskFailed(no, `task error ${a}`)
    )
    for (const attempt of attempts) {
      facts.push(
        f.granted(no, attempt, a % 3),
        f.revived(no, attempt),
        f.ended(
          no,
          attempt,
          (['failed', 'hindered', 'rejected', 'lost', 'returned', 'superseded', 'canceled'] as const)[a % 7]!
        ),
        f.ended(no, attempt, 'lost', 'silent'),
        f.done(no, attempt)
      )
    }
  }
  return facts
}

/** The jobs with the fact applied, or null when it does not fit. */
function tryFact(state: Jobs, fact: Fact): Jobs | null {
  // The ledger also refuses tasks of a job that has no shape or has ended; the scheduler makes none there.
  const job = state.get(fact.jobId)
  if (fact.kind === 'task-created' && (job?.shape == null || /completed|failed|canceled/.test(job.status)))
    return null
  try {
    return applyFact(state, fact)
  } catch {
    return null
  }
}

/** Ends are tried less often than the way there: else hardly a job would get past its first steps. */
const drastic = new Set<Fact['kind']>(['job-failed', 'job-canceled', 'job-purged', 'job-paused'])

/** Shrinking a failure on real files takes minutes: it is cut short, with the best example so far. */
const bounded = { interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false }

const byId = (records: Iterable<JobRecord>): JobRecord[] =>
  [...records].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))

const misfit = expect.objectContaining({ name: 'LedgerError', code: 'fact-does-not-fit' })

const draw = fc.record({ job: fc.nat(2), fact: fc.nat(), a: fc.nat(100), b: fc.nat(100), bold: fc.nat(9) })

describe('the rows and the log of a ledger', () => {
  let kit: ReturnType<typeof ledgerKit>
  beforeEach(() => {
    kit = ledgerKit()
  })
  afterEach(() => kit.remove())

  it('agree with the scheduler about every sequence of facts that can become true', () => {
    const seen = new Set<Fact['kind']>()
    let file = 0
    fc.assert(
      fc.property(fc.array(draw, { minLength: 30, maxLength: 120, size: 'max' }), (draws) => {
        const name = `${file++}.db`
        let ledger: Ledger = kit.open(name)
        let state: Jobs = new Map()
        let pending: Fact[] = []
        draws.forEach(({ job, fact: pick, a, b, bold }, index) => {
          const fitting = conceivable(jobs[job]!, index + 1, a, b).flatMap((fact) => {
            if (drastic.has(fact.kind) && bold > 0) return []
            const next = tryFact(state, fact)
            return next ? [{ fact, next }] : []
          })
          const chosen = fitting[pick % Math.max(fitting.length, 1)]
          if (!chosen) return
          state = chosen.next
          seen.add(chosen.fact.kind)
          pending.push(chosen.fact)
          if (bold % 3 > 0) return
          ledger.commit(pending)
          pending = []
        })
        ledger.commit(pending)
        expect(byId(ledger.load())).toEqual(byId(state.values()))

        ledger.close()
        ledger = kit.open(name)
        let replayed: Jobs = new Map()
        for (const fact of ledger.replay()) replayed = applyFact(replayed, fact)
        expect(byId(replayed.values())).toEqual(byId(ledger.load()))
        expect(byId(replayed.values())).toEqual(byId(state.values()))
        expect(ledger.integrityCheck()).toEqual([])
        ledger.close()
      }),
      { numRuns: 100, ...bounded }
    )
    // The generator must have reached everything, or the property above says little.
    expect([...seen].sort()).toEqual(
      [...new Set(conceivable(jobs[0]!, 1, 1, 2).map((fact) => fact.kind))].sort()
    )
  })

  it('refuse whatever the scheduler would not have decided, and stay as they were', () => {
    let refused = 0
    let file = 0
    fc.assert(
      fc.property(fc.array(draw, { minLength: 20, maxLength: 60, size: 'max' }), (draws) => {
        const ledger = kit.open(`${file++}.db`)
        let state: Jobs = new Map()
        draws.forEach(({ job, fact: pick, a, b }, index) => {
          const all = conceivable(jobs[job]!, index + 1, a, b)
          const fitting = all.filter((fact) => !drastic.has(fact.kind) && tryFact(state, fact))
          const misfits = all.filter((fact, index) => (index + pick) % 6 === 0 && !tryFact(state, fact))
          const right = fitting[pick % Math.max(fitting.length, 1)]
          for (const wrong of misfits) {
            expect(() => ledger.commit([wrong]), JSON.stringify(wrong)).toThrowError(misfit)
            refused++
          }
          // Together: the fitting one must be rolled back with the other.
          const wrong = misfits[0]
          if (right && wrong && !tryFact(applyFact(state, right), wrong)) {
            expect(() => ledger.commit([right, wrong]), JSON.stringify(wrong)).toThrowError(misfit)
          }
          if (!right) return
          ledger.commit([right])
          state = applyFact(state, right)
        })
        expect(byId(ledger.load())).toEqual(byId(state.values()))
        ledger.close()
      }),
      { numRuns: 60, ...bounded }
    )
    expect(refused).toBeGreaterThan(10_000)
  })
})
