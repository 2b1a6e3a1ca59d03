import { describe, expect, it } from 'vitest'
import { findMutant } from './find-mutant.ts'
import { mutants } from './mutants.ts'

describe('simulation finds a planted bug', () => {
  it.each(mutants)('$name', async (mutant) => {
    const found = await findMutant(mutant, 1_000)
    expect(found, 'not found in 1,000 seeds').not.toBeNull()
    expect(mutant.caughtBy).toContain(found!.invariant)
  })
})
