import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { regressions } from './regressions.ts'
import { runSeed, runSeeds } from './run-seeds.ts'
import { production } from './subject.ts'

const fresh = 1_000

const again = (seed: number, size: string): string =>
  `npm run simulate -- --seed ${seed} --size ${size} --log`

describe('simulated meshes', () => {
  it(`keep every invariant through ${fresh} fresh seeds`, () => {
    const first = randomInt(2 ** 31)
    console.log(`simulation: seeds ${first} to ${first + fresh - 1}`)
    const { failure, ended } = runSeeds(first, fresh, production)
    expect(failure?.violation ?? null, failure ? again(failure.seed, 'mixed') : '').toBeNull()
    // A run in which nothing is ever finished would keep every invariant, too.
    expect(ended.completed).toBeGreaterThan(fresh / 2)
    console.log(`simulation: jobs ${JSON.stringify(ended)}`)
  })

  it.each(regressions)('keep every invariant in seed $seed ($size): $bug', ({ seed, size }) => {
    expect(runSeed(seed, production, { size }).violation, again(seed, size)).toBeNull()
  })

  it('do exactly the same twice for one seed', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const once = runSeed(seed, production, { size: 'small' })
      expect(once.events).toBeGreaterThan(100)
      expect(runSeed(seed, production, { size: 'small' })).toEqual(once)
    }
  })

  it('do the same when ticks that can come to nothing are turned, too', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const spared = runSeed(seed, production, { size: 'small', strict: false })
      expect(runSeed(seed, production, { size: 'small', strict: true })).toEqual(spared)
    }
  })
})
