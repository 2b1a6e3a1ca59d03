import { describe, expect, it } from 'vitest'
import type { Fact } from '../../../src/model/index.ts'
import { Turns } from '../../../src/node/turn.ts'
import { type Effect, type Event, type SchedulerState, step } from '../../../src/scheduler/index.ts'
import { Bench, jobA, nuc, requestOf, tower } from '../scheduler/kit.ts'

const tick: Event = { kind: 'clock-ticked' }
const asked: Event = { kind: 'job-requested', jobId: jobA, request: requestOf() }
const planned: Event = { kind: 'job-plan-failed', jobId: jobA, error: 'no such file', transient: false }
const fact: Fact = { kind: 'job-paused', jobId: jobA }
const effect: Effect = { kind: 'plan-job', jobId: jobA }

/** Turns over a decision that makes one fact and one effect of every event, with everything noted in order. */
function makeTurns(options: { facts?: readonly Fact[]; onPerform?: (turns: Turns) => void } = {}) {
  const log: string[] = []
  const delayed: { delayMs: number; callback: () => void }[] = []
  const bench = new Bench()
  const disk = { broken: false, calls: 0 }
  const failures: unknown[] = []
  const turns: Turns = new Turns(
    bench.state,
    {
      commit: (facts) => {
        disk.calls += 1
        if (disk.broken) throw new Error('the disk is full')
        log.push(`commit ${facts.map(({ kind }) => kind).join(' ')}`)
      },
      perform: ({ kind }) => {
        log.push(`perform ${kind} in state ${turns.state.nextSeq}`)
        options.onPerform?.(turns)
      },
      now: () => 42,
      onCommitFailed: (error) => failures.push(error),
      later: (delayMs, callback) => delayed.push({ delayMs, callback })
    },
    (state, event, nowMs) => {
      log.push(`decide ${event.kind} at ${nowMs}`)
      return {
        state: { ...state, nextSeq: state.nextSeq + 1 },
        facts: options.facts ?? [fact],
        effects: [effect]
      }
    }
  )
  return { turns, log, delayed, disk, failures }
}

describe('a turn', () => {
  it('decides, commits, moves on, and only then lets the effects leave', () => {
    const { turns, log } = makeTurns()
    turns.turn(tick)
    expect(log).toEqual(['decide clock-ticked at 42', 'commit job-paused', 'perform plan-job in state 2'])
  })

  it('does not touch the ledger when there is nothing to remember', () => {
    const { turns, disk, log } = makeTurns({ facts: [] })
    turns.turn(tick)
    expect(disk.calls).toBe(0)
    expect(log.at(-1)).toBe('perform plan-job in state 2')
  })

  it('lets events that arrive meanwhile wait until it is over', () => {
    let once = true
    const { turns, log } = makeTurns({
      onPerform: (own) => {
        if (!once) return
        once = false
        own.turn(planned)
        own.turn(tick)
        expect(own.state.nextSeq).toBe(2)
      }
    })
    turns.turn(tick)
    expect(log.filter((line) => line.startsWith('decide'))).toEqual([
      'decide clock-ticked at 42',
      'decide job-plan-failed at 42',
      'decide clock-ticked at 42'
    ])
    expect(turns.state.nextSeq).toBe(4)
  })

  it('that failed on a bug of ours leaves the state, and does not stop those after it', () => {
    const state: SchedulerState = new Bench().state
    let broken = true
    const turns = new Turns(
      state,
      { commit: () => {}, perform: () => {}, now: () => 0, onCommitFailed: () => {}, later: () => {} },
      (before, event, nowMs) => {
        if (broken) throw new Error('a bug')
        return step(before, event, nowMs)
      }
    )
    expect(() => turns.turn(asked)).toThrow('a bug')
    expect(turns.state).toBe(state)
    broken = false
    turns.turn(asked)
    expect(turns.state.jobs.has(jobA)).toBe(true)
  })

  it('runs the real decision when it is given no other', () => {
    const committed: string[] = []
    const turns = new Turns(new Bench().state, {
      commit: (facts) => committed.push(...facts.map(({ kind }) => kind)),
      perform: () => {},
      now: () => 0,
      onCommitFailed: () => {},
      later: () => {}
    })
    turns.turn(asked)
    expect(committed).toEqual(['job-queued'])
  })
})

describe('a ledger that cannot be written', () => {
  it('leaves everything as it was, and no effect leaves', () => {
    const { turns, log, disk, failures } = makeTurns()
    disk.broken = true
    turns.turn(planned)
    expect(turns.state.nextSeq).toBe(1)
    expect(log).toEqual(['decide job-plan-failed at 42'])
    expect(failures).toEqual([new Error('the disk is full')])
  })

  it('has the event turned again a second later, until it can be written', () => {
    const { turns, delayed, disk, log } = makeTurns()
    disk.broken = true
    turns.turn(planned)
    expect(delayed.map(({ delayMs }) => delayMs)).toEqual([1_000])
    delayed.pop()!.callback()
    expect(delayed).toHaveLength(1)
    disk.broken = false
    delayed.pop()!.callback()
    expect(delayed).toEqual([])
    expect(turns.state.nextSeq).toBe(2)
    expect(log.at(-1)).toBe('perform plan-job in state 2')
  })

  it.each<Event>([
    asked,
    { kind: 'job-commanded', jobId: jobA, command: 'cancel' },
    { kind: 'job-reprioritized', jobId: jobA, priority: 1 }
  ])('is told at once to the person who asked: $kind', (event) => {
    const { turns, delayed, disk } = makeTurns()
    disk.broken = true
    expect(() => turns.turn(event)).toThrow('the disk is full')
    expect(delayed).toEqual([])
    expect(turns.state.nextSeq).toBe(1)
  })

  it('is not tried again for what comes again by itself, so that nothing piles up', () => {
    const { turns, delayed, disk, failures } = makeTurns()
    disk.broken = true
    const request = { requestId: 1, slots: 1, io: 0 }
    for (let i = 0; i < 10; i++) {
      turns.turn(tick)
      turns.turn({ kind: 'message-received', message: { kind: 'steal', from: nuc, request } })
      turns.turn({
        kind: 'message-received',
        message: { kind: 'lease-up', from: tower, message: { kind: 'heartbeat', leases: [] } }
      })
    }
    expect(delayed).toEqual([])
    expect(failures).toHaveLength(30)
  })

  it('does not hold up events that need nothing of it', () => {
    const bench = new Bench()
    bench.queue()
    const turns = new Turns(bench.state, {
      commit: () => {
        throw new Error('the disk is full')
      },
      perform: () => {},
      now: () => 0,
      onCommitFailed: () => {},
      later: () => {}
    })
    turns.turn(planned)
    turns.turn({ kind: 'peer-connected', peerId: nuc, name: 'nuc', bootId: 'n' })
    expect(turns.state.peers.has(nuc)).toBe(true)
    expect(turns.state.jobs.get(jobA)!.status).toBe('planning')
  })
})
