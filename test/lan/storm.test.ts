import { expect, test } from 'vitest'
import { type Fault, faults } from '../faults/faults.ts'
import { playRound, referenceOf } from '../faults/round.ts'
import { Random } from '../simulation/random.ts'
import { buildMissing } from '../support/paths.ts'
import { capabilities } from './harness/index.ts'
import { filmOf, givenStudio } from './studio.ts'

const reason = capabilities().lan ?? capabilities().cpu ?? buildMissing()

const named = (name: string): Fault => {
  const found = faults.find((fault) => fault.name === name)
  if (!found) throw new RangeError(`there is no fault "${name}"`)
  return found
}

/** One round of what `npm run test:faults` does by the hundred: the deaths that no other test here aims at. */
test.skipIf(reason)(
  `a worker, the owner, the owner as it joins and as it publishes: all killed in one job${reason ? ` (skipped: ${reason})` : ''}`,
  async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    console.log(`seed ${seed}`)
    const cores = 0.3
    const lan = await givenStudio({
      hosts: 3,
      cpu: cores,
      env: { PROXIMA_LEASE__TTL_MS: '4000', PROXIMA_LEASE__HEARTBEAT_MS: '1000' }
    })
    const reference = await referenceOf(lan, await filmOf(lan, 16))
    const chosen = [
      named('a worker is killed'),
      named('the owner is killed'),
      named('the owner is killed while joining'),
      named('the owner is killed as it publishes')
    ]
    const { happened } = await playRound(lan, reference, { random: new Random(seed), cores, chosen })
    // The last two are aimed at moments that a job may be too quick for.
    expect(happened.map(({ name }) => name)).toEqual(
      expect.arrayContaining(chosen.slice(0, 2).map(({ name }) => name))
    )
  }
)
