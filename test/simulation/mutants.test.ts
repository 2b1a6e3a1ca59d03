import { describe, it } from 'vitest'
import { findMutant } from './find-mutant.ts'
import { mutants } from './mutants.ts'

describe.concurrent('simulation finds a planted bug', () => {
  it.for(mutants)('$name', async (mutant, { expect }) => {
    const found = await findMutant(mutant, 1_000)
    expect(found, 'not found in 1,000 seeds').not.toBeNull()
    expect(mutant.caughtBy).toContain(found!.invariant)
  })
})
