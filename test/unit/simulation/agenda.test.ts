import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Agenda } from '../../simulation/agenda.ts'

const runAll = (agenda: Agenda): void => {
  while (agenda.advance());
}

describe('the agenda', () => {
  it('does things in the order of their times, and of their planning where times are equal', () => {
    const done: string[] = []
    const agenda = new Agenda()
    for (const [atMs, name] of [
      [20, 'c'],
      [10, 'a'],
      [20, 'd'],
      [10, 'b']
    ] as const)
      agenda.at(atMs, () => done.push(`${name} at ${agenda.nowMs}`))
    runAll(agenda)
    expect(done).toEqual(['a at 10', 'b at 10', 'c at 20', 'd at 20'])
    expect(agenda.advance()).toBe(false)
  })

  it('counts delays from now', () => {
    const agenda = new Agenda()
    const at: number[] = []
    agenda.after(5, () => agenda.after(7, () => at.push(agenda.nowMs)))
    runAll(agenda)
    expect(at).toEqual([12])
  })

  it('does what is planned for the past at once, and time never goes back', () => {
    const agenda = new Agenda()
    const at: number[] = []
    agenda.at(10, () => agenda.at(3, () => at.push(agenda.nowMs)))
    runAll(agenda)
    expect(at).toEqual([10])
  })

  it('keeps its order with any number of things', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 300 }), (times) => {
        const agenda = new Agenda()
        const done: [number, number][] = []
        for (const [i, atMs] of times.entries()) agenda.at(atMs, () => done.push([atMs, i]))
        runAll(agenda)
        expect(done).toEqual(times.map((atMs, i) => [atMs, i]).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!))
      })
    )
  })
})
