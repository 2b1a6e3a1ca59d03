import { describe, expect, it } from 'vitest'
import { Draft, withEntry, withoutEntry, withoutMember } from '../../../src/scheduler/draft.ts'
import { Bench, jobA, jobB, wholePlan } from './kit.ts'

const chore = { kind: 'plan-job', jobId: jobA } as const

describe('a step in the making', () => {
  it('leaves the state that it began with alone', () => {
    const { state, nowMs } = new Bench().given(wholePlan())
    const text = JSON.stringify([...state.jobs])
    const draft = new Draft(state, nowMs)
    draft.record({ kind: 'job-canceled', jobId: jobA })
    draft.startChore('x', chore)
    expect(JSON.stringify([...state.jobs])).toBe(text)
    expect(state.chores.size).toBe(0)
    expect(draft.job(jobA)!.status).toBe('canceled')
  })

  it('announces once, at the end, and only if something changed', () => {
    const { state, nowMs } = new Bench().given(wholePlan())
    expect(new Draft(state, nowMs).finish().effects).toEqual([])
    const draft = new Draft(state, nowMs)
    draft.record({ kind: 'job-paused', jobId: jobA })
    draft.order(chore)
    draft.record({ kind: 'job-resumed', jobId: jobA })
    const { facts, effects } = draft.finish()
    expect(effects).toEqual([chore, { kind: 'announce' }])
    expect(facts.map(({ kind }) => kind)).toEqual(['job-paused', 'job-resumed'])
  })

  it('orders a chore of a key once until it has ended', () => {
    const draft = new Draft(new Bench().state, 0)
    draft.startChore('x', chore)
    draft.startChore('x', { ...chore, jobId: jobB })
    expect(draft.effects).toEqual([chore])
    expect(draft.endChore('x')).toEqual({ effect: chore, dueAtMs: null, tries: 0 })
    expect(draft.endChore('x')).toBeUndefined()
    draft.startChore('x', { ...chore, jobId: jobB })
    expect(draft.effects).toHaveLength(2)
  })
})

describe('changing a map or a set', () => {
  it('leaves the given one alone', () => {
    const map = new Map([[1, 'a']])
    expect([...withEntry(map, 2, 'b')]).toHaveLength(2)
    expect([...withoutEntry(map, 1)]).toHaveLength(0)
    expect([...map]).toEqual([[1, 'a']])
    const set = new Set([1])
    expect([...withoutMember(set, 1)]).toEqual([])
    expect([...set]).toEqual([1])
  })

  it('is free when there is nothing to take away', () => {
    const map = new Map([[1, 'a']])
    expect(withoutEntry(map, 2)).toBe(map)
    const set = new Set([1])
    expect(withoutMember(set, 2)).toBe(set)
  })
})
