/** `npm run test:mutants`: plants each bug and prints after how many seeds simulation finds it. */
import { findMutant } from './find-mutant.ts'
import { mutants } from './mutants.ts'

const limit = 1_000
let missed = 0
console.log('| bug | found by | seeds |\n| --- | --- | --- |')
for (const mutant of mutants) {
  const found = await findMutant(mutant, limit)
  if (!found) missed += 1
  console.log(`| ${mutant.name} | ${found?.invariant ?? 'NOT FOUND'} | ${found?.seeds ?? `${limit}+`} |`)
}
process.exitCode = missed > 0 ? 1 : 0
