import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { regressions } from './regressions.ts'
import { production } from './subject.ts'
import { World } from './world.ts'

const fresh = 1_000

describe('simulated meshes', () => {
  it(`keep every invariant through ${fresh} fresh seeds`, () => {
    const first = randomInt(2 ** 31)
    console.log(`simulation: seeds ${first} to ${first + fresh - 1}`)
    const ended: Record<string, number> = {}
    for (let seed = first; seed < first + fresh; seed++) {
      const result = new World(seed, production).run(seed)
      expect(
        result.violation,
        `npm run simulate -- --seed ${seed} --log (${JSON.stringify(result.faults)})`
      ).toBeNull()
      for (const [status, jobs] of Object.entries(result.ended)) ended[status] = (ended[status] ?? 0) + jobs
    }
    // A run in which nothing is ever finished would keep every invariant, too.
    expect(ended.completed).toBeGreaterThan(fresh / 2)
    console.log(`simulation: jobs ${JSON.stringify(ended)}`)
  })

  it.each(regressions)('keep every invariant in seed $seed: $bug', ({ seed }) => {
    expect(new World(seed, production).run(seed).violation).toBeNull()
  })

  it('do exactly the same twice for one seed', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const once = new World(seed, production).run(seed)
      const again = new World(seed, production).run(seed)
      expect(once.events).toBeGreaterThan(100)
      expect(again).toEqual(once)
    }
  })
})
