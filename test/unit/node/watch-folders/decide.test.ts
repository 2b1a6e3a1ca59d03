import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JobRecord, QueueLine } from '../../../../src/model/index.ts'
import {
  afterAnswer,
  decide,
  forgetGone,
  isTouched,
  takeUp,
  underNewRules
} from '../../../../src/node/watch-folders/decide.ts'
import type { KnownFile, Moment, Patience, SeenFile } from '../../../../src/node/watch-folders/files.ts'
import { jobView } from '../../../support/control.ts'
import { requestOf } from '../../scheduler/kit.ts'

const patience: Patience = { settleMs: 10_000, minAgeMs: 0, intervalMs: 5_000 }
const noon = Date.parse('2026-03-01T12:00:00Z')
const at = (seconds: number, wallSeconds = seconds): Moment => ({
  nowMs: seconds * 1_000,
  wallMs: noon + wallSeconds * 1_000
})
const file = (path: string, sizeBytes = 100, mtimeMs = noon): SeenFile => ({ path, sizeBytes, mtimeMs })
const known = (change: Partial<KnownFile> = {}): KnownFile => ({
  sizeBytes: 100,
  mtimeMs: noon,
  print: 'p',
  outcome: 'queued',
  jobId: 'job1',
  output: '/out/a.mov',
  reason: null,
  at: '2026-03-01T12:00:00.000Z',
  ...change
})

/** Looks one after the other at what `files` gives; the paths that were ripe at each. */
function looks(
  steps: readonly { at: Moment; files: readonly SeenFile[]; complete?: boolean }[],
  given: { known?: Map<string, KnownFile>; patience?: Partial<Patience> } = {}
) {
  let waiting = new Map()
  const told = steps.map((step) => {
    const decision = decide(
      given.known ?? new Map(),
      waiting,
      { files: step.files, complete: step.complete ?? true },
      step.at,
      { ...patience, ...given.patience }
    )
    waiting = decision.waiting
    return { ...decision, paths: decision.ripe.map(({ path }) => path) }
  })
  return { told, ripe: told.map(({ paths }) => paths), last: told.at(-1)! }
}

describe('what is ripe', () => {
  it('is a file that stayed the same for the settle time, over two looks', () => {
    const files = [file('a.mov')]
    const { ripe, told } = looks([
      { at: at(0), files },
      { at: at(5), files },
      { at: at(9.9), files },
      { at: at(10), files }
    ])
    expect(ripe).toEqual([[], [], [], ['a.mov']])
    // It is looked at again as soon as it can be ripe, not only after the interval.
    expect(told[2]?.lookAgainInMs).toBe(250)
    expect(told[0]?.lookAgainInMs).toBe(5_000)
  })

  it('is nothing that was seen only once, also without a settle time', () => {
    const files = [file('a.mov')]
    const { ripe, told } = looks(
      [
        { at: at(0), files },
        { at: at(0.25), files }
      ],
      { patience: { settleMs: 0 } }
    )
    expect(ripe).toEqual([[], ['a.mov']])
    expect(told[0]?.lookAgainInMs).toBe(250)
  })

  it('is no copy that grows, or whose time moves, however long it takes', () => {
    const steps = [...Array(20).keys()].map((n) => ({
      at: at(9 * n),
      files: [file('grows.mov', 100 + n), file('written.mov', 100, noon + n)]
    }))
    const { ripe, last } = looks(steps)
    expect(ripe.flat()).toEqual([])
    expect(last.waiting.get('grows.mov')?.reason).toBe('it still grows')
    expect(last.waiting.get('written.mov')?.reason).toBe('it is still written')
  })

  it('is no empty file', () => {
    const files = [file('a.mov', 0)]
    const { ripe, last } = looks([0, 20, 40].map((n) => ({ at: at(n), files })))
    expect(ripe.flat()).toEqual([])
    expect(last.waiting.get('a.mov')?.reason).toBe('it is empty')
  })

  it('begins to settle anew when a file went away in between', () => {
    const files = [file('a.mov')]
    const { ripe } = looks([
      { at: at(0), files },
      { at: at(5), files: [] },
      { at: at(10), files },
      { at: at(20), files }
    ])
    expect(ripe).toEqual([[], [], [], ['a.mov']])
  })

  it('goes on settling while part of the folder cannot be read', () => {
    const files = [file('sub/a.mov')]
    const { ripe } = looks([
      { at: at(0), files },
      { at: at(5), files: [], complete: false },
      { at: at(10), files }
    ])
    expect(ripe).toEqual([[], [], ['sub/a.mov']])
  })

  it('is in the order of names as people count, and not all at once', () => {
    const names = [...Array(60).keys()].map((n) => `clip${n}.mov`)
    const files = names.toReversed().map((name) => file(name))
    const { told } = looks([
      { at: at(0), files },
      { at: at(10), files }
    ])
    expect(told[1]?.paths).toEqual(names.slice(0, 50))
    expect(told[1]?.lookAgainInMs).toBe(250)
    expect(told[1]?.waiting.size).toBe(60)
  })

  it('is held against the minimum age by the calendar or by what was seen, whichever is kinder', () => {
    const rules = { patience: { minAgeMs: 60_000 } }
    const young = [file('a.mov', 100, noon)]
    const old = [file('a.mov', 100, noon - 55_000)]
    expect(looks([0, 10, 59].map((n) => ({ at: at(n), files: young })).slice(), rules).ripe.flat()).toEqual(
      []
    )
    expect(
      looks(
        [0, 10].map((n) => ({ at: at(n), files: old })),
        rules
      ).ripe
    ).toEqual([[], ['a.mov']])
    // The server's clock is a day ahead: what was seen counts.
    const ahead = [file('a.mov', 100, noon + 86_400_000)]
    expect(
      looks(
        [0, 30, 60].map((n) => ({ at: at(n), files: ahead })),
        rules
      ).ripe
    ).toEqual([[], [], ['a.mov']])
  })

  it('does not come sooner or later by a calendar that jumps', () => {
    const files = [file('a.mov')]
    for (const jump of [86_400, -86_400]) {
      const { ripe } = looks([
        { at: at(0), files },
        { at: at(5, 5 + jump), files },
        { at: at(10, 10 + jump), files }
      ])
      expect(ripe).toEqual([[], [], ['a.mov']])
    }
  })

  it('is not what was dealt with, but what took its place', () => {
    const dealt = new Map([['a.mov', known()]])
    const same = [file('a.mov')]
    const other = [file('a.mov', 200, noon + 1)]
    expect(
      looks(
        [0, 10].map((n) => ({ at: at(n), files: same })),
        { known: dealt }
      ).ripe.flat()
    ).toEqual([])
    const { ripe } = looks(
      [0, 10].map((n) => ({ at: at(n), files: other })),
      { known: dealt }
    )
    expect(ripe).toEqual([[], ['a.mov']])
  })

  it('never changed within the settle time before, whatever is seen when', () => {
    const step = fc.record({
      afterMs: fc.integer({ min: 1, max: 9_000 }),
      size: fc.integer({ min: 0, max: 2 })
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let waiting = new Map()
        let nowMs = 0
        const history: { nowMs: number; size: number }[] = []
        for (const { afterMs, size } of steps) {
          nowMs += afterMs
          history.push({ nowMs, size })
          const listing = { files: [file('a.mov', size)], complete: true }
          const decision = decide(new Map(), waiting, listing, { nowMs, wallMs: noon }, patience)
          waiting = decision.waiting
          expect(decision.lookAgainInMs).toBeGreaterThan(0)
          const since = history.findLastIndex((entry) => entry.size !== size) + 1
          const quietMs = nowMs - history[since]!.nowMs
          expect(decision.ripe.length === 1).toBe(size > 0 && quietMs >= patience.settleMs)
        }
      })
    )
  })
})

describe('a file whose time changed', () => {
  it('was only touched when size and content are as they were', () => {
    expect(isTouched(known(), file('a.mov', 100, noon + 5), 'p')).toBe(true)
    expect(isTouched(known(), file('a.mov', 100, noon + 5), 'q')).toBe(false)
    expect(isTouched(known(), file('a.mov', 101, noon + 5), 'p')).toBe(false)
    expect(isTouched(undefined, file('a.mov'), 'p')).toBe(false)
  })
})

const refused = (code: string, message = 'no'): QueueLine => ({
  kind: 'refused',
  source: '/in/a.mov',
  error: { code, message, hint: null, exitStatus: 1 }
})

describe('the answer of queue', () => {
  const a = file('a.mov')

  it('is remembered with the job and its output', () => {
    const job = jobView('job7', { output: '/out/a.mov' })
    expect(afterAnswer({ kind: 'queued', job }, a, 'p', undefined, at(3))).toEqual({
      kind: 'known',
      known: known({ jobId: 'job7', at: '2026-03-01T12:00:03.000Z' })
    })
  })

  it('is remembered when the output was there', () => {
    const line: QueueLine = {
      kind: 'exists',
      source: '/in/a.mov',
      output: '/out/a.mov',
      message: 'up to date'
    }
    expect(afterAnswer(line, a, 'p', undefined, at(0))).toMatchObject({
      kind: 'known',
      known: { outcome: 'exists', jobId: null, output: '/out/a.mov', reason: 'up to date' }
    })
  })

  it.each(['not-media', 'truncated', 'no-video', 'not-encodable', 'output-of-another'])(
    'ends the matter for %s: only another file can change it',
    (code) => {
      expect(afterAnswer(refused(code), a, 'p', undefined, at(0))).toMatchObject({
        kind: 'known',
        known: { outcome: 'refused', reason: 'no' }
      })
    }
  )

  it.each(['no-space', 'unwritable', 'output-taken', 'encoder-missing', 'io-error', 'internal'])(
    'is tried again later for %s, with longer and longer pauses, and told once',
    (code) => {
      const files = [a]
      let waiting = looks([0, 10].map((n) => ({ at: at(n), files }))).last.waiting
      const pauses: number[] = []
      let now = 10
      for (let n = 0; n < 8; n++) {
        const outcome = afterAnswer(refused(code), a, 'p', waiting.get('a.mov'), at(now))
        if (outcome.kind !== 'later') throw new Error('it was given up')
        expect(outcome.tell).toBe(n === 0)
        const pauseMs = outcome.waiting.notBeforeMs - now * 1_000
        pauses.push(pauseMs / 1_000)
        waiting.set('a.mov', outcome.waiting)
        const early = decide(
          new Map(),
          waiting,
          { files, complete: true },
          at(now + pauseMs / 1_000 - 1),
          patience
        )
        expect(early.ripe).toEqual([])
        expect(early.waiting.get('a.mov')?.reason).toBe('no')
        now += pauseMs / 1_000
        const then = decide(new Map(), early.waiting, { files, complete: true }, at(now), patience)
        expect(then.ripe).toEqual([a])
        waiting = then.waiting
      }
      expect(pauses).toEqual([15, 30, 60, 120, 240, 480, 900, 900])
    }
  )

  it('begins anew when the file changes in between', () => {
    const outcome = afterAnswer(refused('io-error'), a, 'p', undefined, at(0))
    if (outcome.kind !== 'later') throw new Error('it was given up')
    const before = new Map([['a.mov', outcome.waiting]])
    const next = decide(new Map(), before, { files: [file('a.mov', 101)], complete: true }, at(1), patience)
    expect(next.waiting.get('a.mov')).toMatchObject({ tries: 0, looks: 1, reason: 'it still grows' })
  })
})

describe('what an earlier life left', () => {
  const job = (id: string, output = '/out/a.mov') =>
    ({ id, seq: 1, request: requestOf({ source: '/in/a.mov', output }) }) as JobRecord
  const half = known({ outcome: 'queueing', jobId: null, output: null })

  it('is the job that was made before the node could remember it', () => {
    const taken = takeUp(new Map([['a.mov', half]]), () => job('job9'))
    expect(taken.get('a.mov')).toMatchObject({ outcome: 'queued', jobId: 'job9', output: '/out/a.mov' })
  })

  it('is nothing when no job was made: the file waits anew', () => {
    expect(takeUp(new Map([['a.mov', half]]), () => undefined).size).toBe(0)
  })

  it('is not the job of what the file was before', () => {
    const both = new Map([
      ['a.mov', half],
      ['b.mov', known({ jobId: 'job9' })]
    ])
    expect([...takeUp(both, () => job('job9')).keys()]).toEqual(['b.mov'])
  })
})

describe('what is remembered', () => {
  const files = new Map([
    ['a.mov', known()],
    ['b.mov', known({ outcome: 'refused' })],
    ['c.mov', known({ outcome: 'exists' })]
  ])

  it('is what was queued, not what was refused, when the rules change', () => {
    expect([...underNewRules(files).keys()]).toEqual(['a.mov', 'c.mov'])
  })

  it('is bounded: of too much, the first that are gone are forgotten', () => {
    const many = new Map(files)
    forgetGone(many, [file('a.mov')], 2)
    expect([...many.keys()]).toEqual(['a.mov', 'c.mov'])
    forgetGone(many, [file('a.mov'), file('c.mov')], 1)
    expect([...many.keys()]).toEqual(['a.mov', 'c.mov'])
  })
})
