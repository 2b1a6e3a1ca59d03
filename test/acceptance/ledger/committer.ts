/** A process of its own that commits to the ledger named by its argument until it is killed, telling of each commit. */
import { writeSync } from 'node:fs'
import { openLedger } from '../../../src/ledger/index.ts'
import { chunk, factsOf, jobId } from './kit.ts'

const ledger = openLedger({ path: process.argv[2]!, wallClock: () => new Date() })
const f = factsOf(jobId(1))
ledger.commit([f.queued(), f.planned(1_000_000), f.shaped('split')])
for (let no = 1; no <= 1_000_000; no++) {
  ledger.commit([f.created(no, chunk, { start: no - 1, end: no }), f.granted(no, 1)])
  writeSync(1, `${no}\n`)
}
