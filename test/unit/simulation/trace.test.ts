import { describe, expect, it } from 'vitest'
import { Trace } from '../../simulation/trace.ts'

const digestOf = (events: readonly [number, number, string, number?, number?][]): number => {
  const trace = new Trace()
  for (const event of events) trace.add(...event)
  return trace.digest
}

describe('the trace of a run', () => {
  const events: [number, number, string, number?, number?][] = [
    [10, 0, 'lease-granted', 2, 1],
    [10, 1, 'task-ended'],
    [12.5, 0, 'task-done', 2, 1]
  ]

  it('is the same number for the same events', () => {
    expect(digestOf(events)).toBe(digestOf(events))
  })

  it.each<[string, [number, number, string, number?, number?][]]>([
    ['a moment', [events[0]!, [10.25, 1, 'task-ended'], events[2]!]],
    ['a node', [events[0]!, [10, 2, 'task-ended'], events[2]!]],
    ['a kind', [events[0]!, [10, 1, 'crash'], events[2]!]],
    ['an attempt', [[10, 0, 'lease-granted', 2, 2], events[1]!, events[2]!]],
    ['the order', [events[1]!, events[0]!, events[2]!]],
    ['an event less', events.slice(0, 2)]
  ])('is another one when %s differs', (_, others) => {
    expect(digestOf(others)).not.toBe(digestOf(events))
  })

  it('keeps words only for whoever wants to read them', () => {
    const log: string[] = []
    new Trace(log).add(10.4, 3, 'lease-granted', 2, 1)
    expect(log).toEqual(['10 n3 lease-granted 2.1'])
  })
})
