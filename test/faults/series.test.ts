import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLedger } from '../../src/ledger/index.ts'
import { applyFact, type Jobs } from '../../src/scheduler/index.ts'
import { capabilities } from '../lan/harness/index.ts'
import { filmOf, givenStudio } from '../lan/studio.ts'
import { Random } from '../simulation/random.ts'
import { buildMissing } from '../support/paths.ts'
import { faults } from './faults.ts'
import { playRound, referenceOf } from './round.ts'

/** `npm run test:faults`: rounds until so many processes were killed. `KILLS=100 SEED=1 npm run test:faults`. */
const kills = Number(process.env.KILLS ?? 100)
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
/** A table for docs/reliability.md is written there, and to standard error. */
const tablePath = process.env.TABLE

const reason = capabilities().lan ?? capabilities().cpu ?? buildMissing()
const cores = 0.3

test.skipIf(reason)(
  `nothing is lost while ${kills} processes are killed${reason ? ` (skipped: ${reason})` : ''}`,
  async () => {
    process.stderr.write(`seed ${seed}, ${kills} kills\n`)
    const random = new Random(seed)
    const lan = await givenStudio({
      hosts: 4,
      cpu: cores,
      env: { PROXIMA_LEASE__TTL_MS: '4000', PROXIMA_LEASE__HEARTBEAT_MS: '1000' }
    })
    const reference = await referenceOf(lan, await filmOf(lan, 20))
    const counts = new Map<string, number>(faults.map(({ name }) => [name, 0]))
    let killed = 0
    let rounds = 0
    while (killed < kills) {
      const { happened, job } = await playRound(lan, reference, { random, cores })
      rounds += 1
      for (const { name, kills: ended } of happened) {
        counts.set(name, (counts.get(name) ?? 0) + 1)
        killed += ended
      }
      const again = job.tasks.reduce((sum, { attempts }) => sum + attempts.length - 1, 0)
      process.stderr.write(
        `round ${rounds}, ${killed} killed, ${again} attempts more than tasks: ${happened.map(({ name }) => name).join('; ')}\n`
      )
    }
    const table = [
      '| Fault | times |',
      '| --- | --- |',
      ...[...counts].map(([name, times]) => `| ${name} | ${times} |`),
      '',
      `${rounds} jobs on 4 machines, ${killed} processes killed (seed ${seed}): every file equal to one run, packet for packet and sample for sample.`
    ].join('\n')
    process.stderr.write(`${table}\n`)
    if (tablePath) writeFileSync(tablePath, `${table}\n`)

    lan.setCpu(null)
    for (const host of lan.hosts) {
      expect(await host.stop()).toBe(0)
      const ledger = openLedger({ path: join(host.home, 'ledger.db'), wallClock: () => new Date() })
      let replayed: Jobs = new Map()
      for (const fact of ledger.replay()) replayed = applyFact(replayed, fact)
      const byId = (records: Iterable<{ id: string }>) => [...records].sort((a, b) => (a.id < b.id ? -1 : 1))
      expect(byId(replayed.values())).toEqual(byId(ledger.load()))
      expect(ledger.integrityCheck()).toEqual([])
      ledger.close()
    }
  }
)
