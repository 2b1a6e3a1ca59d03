import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PeerId } from '../../../../src/model/index.ts'
import { chooseConnection, dialsFirst, raceMs } from '../../../../src/node/mesh/dial-rule.ts'

const [small, large] = ['12D3A', '12D3B'] as [PeerId, PeerId]
const candidate = (id: string, dialledBySelf: boolean, openedAtMs: number) => ({
  id,
  dialledBySelf,
  openedAtMs
})

test('exactly one of two peers dials first', () => {
  expect([dialsFirst(small, large), dialsFirst(large, small)]).toEqual([true, false])
})

test('of two that crossed, the one of the smaller id stays, on both ends and in whatever order they opened', () => {
  for (const [first, second] of [
    [0, 40],
    [40, 0]
  ] as const) {
    const bySmall = { small: candidate('s', true, first), large: candidate('s', false, first) }
    const byLarge = { small: candidate('l', false, second), large: candidate('l', true, second) }
    expect(chooseConnection(small, large, [bySmall.small, byLarge.small])?.id).toBe('s')
    expect(chooseConnection(large, small, [byLarge.large, bySmall.large])?.id).toBe('s')
  }
})

test('an old connection gives way to a new one, whoever dialled: the old one is dead without knowing', () => {
  const old = candidate('old', true, 0)
  const fresh = candidate('new', false, raceMs + 1)
  expect(chooseConnection(small, large, [old, fresh])?.id).toBe('new')
  expect(
    chooseConnection(large, small, [candidate('old', false, 0), candidate('new', true, raceMs + 1)])?.id
  ).toBe('new')
})

test('of two that the same end dialled, the newer stays', () => {
  expect(chooseConnection(small, large, [candidate('b', false, 5), candidate('a', false, 0)])?.id).toBe('b')
})

test('both ends always agree, whatever is open', () => {
  const opened = fc.array(fc.record({ bySmall: fc.boolean(), atMs: fc.integer({ min: 0, max: 20_000 }) }), {
    maxLength: 6
  })
  fc.assert(
    fc.property(opened, fc.nat(), (connections, turn) => {
      // Opened at the very same millisecond there is no order to agree on.
      const distinct = connections.filter(
        (one, i) => connections.findIndex((two) => two.atMs === one.atMs) === i
      )
      const view = (self: PeerId) =>
        distinct.map((c, i) => candidate(`${i}`, c.bySmall === (self === small), c.atMs))
      const [here, there] = [view(small), view(large)]
      there.push(...there.splice(0, turn % (there.length + 1)))
      const [mine, theirs] = [chooseConnection(small, large, here), chooseConnection(large, small, there)]
      expect(mine?.id).toBe(theirs?.id)
      expect(mine === null).toBe(distinct.length === 0)
    })
  )
})
