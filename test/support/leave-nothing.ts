import { afterAll } from 'vitest'
import { openClaims, removeClaim } from './claims.ts'

// Runs in every test file of the projects that make claims, after all its own hooks: a file that leaves something
// behind fails, and what it left is removed.
afterAll(() => {
  const left = openClaims()
  for (const claim of left) removeClaim(claim)
  if (left.length > 0) {
    throw new Error(`left behind by this test file: ${left.map(({ prefix }) => prefix).join(', ')}`)
  }
})
