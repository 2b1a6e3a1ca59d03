/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--size small|large|mixed] [--workers N]`: runs seeds on all cores
 * until one fails. `--seed SEED [--log] [--strict]` runs one. `--subject FOLDER` simulates a copy of the source
 * (mutants.ts uses it). Exit status 1 when a seed failed.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type Size, sizes } from './faults.ts'
import { runEverywhere } from './run-everywhere.ts'
import { isStrict, runSeeds, type SeedsResult } from './run-seeds.ts'
import { loadSubject, production } from './subject.ts'
import { type RunResult, World } from './world.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string' },
    seed: { type: 'string' },
    size: { type: 'string', default: 'mixed' },
    workers: { type: 'string', default: String(availableParallelism()) },
    log: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    subject: { type: 'string' }
  }
})

const size = sizeOf(values.size)
const bySize = size === 'mixed' ? '' : ` --size ${size}`
const subject = values.subject ? await loadSubject(values.subject) : production

if (values.seed) one(Number(values.seed))
else await many(Number(values.from ?? Math.floor(Math.random() * 2 ** 31)), Number(values.seeds))

/** One seed: what it draws first, then every event, then what it came to. */
function one(seed: number): void {
  const log: string[] = []
  const strict = values.strict || isStrict(seed)
  const world = new World(seed, subject, { size, strict, ...(values.log ? { log } : {}) })
  console.log(`seed ${seed} ${JSON.stringify(world.faults)}`)
  const result = world.run()
  for (const line of log) console.log(line)
  tell(result, 1)
}

async function many(from: number, count: number): Promise<void> {
  const workers = values.subject ? 1 : Math.max(1, Number(values.workers))
  console.log(`seeds ${from} to ${from + count - 1} on ${workers} cores`)
  const startedMs = performance.now()
  const rate = (clean: number): number => clean / ((performance.now() - startedMs) / 1000)
  let toldMs = startedMs
  const onProgress = (clean: number): void => {
    if (performance.now() - toldMs < 10_000) return
    toldMs = performance.now()
    const leftMinutes = (count - clean) / rate(clean) / 60
    console.log(
      `${clean} of ${count} clean, ${rate(clean).toFixed(0)} a second, ${leftMinutes.toFixed(0)} min left`
    )
  }
  const result: SeedsResult = values.subject
    ? runSeeds(from, count, subject, { size })
    : await runEverywhere({ from, count, workers, options: { size } }, onProgress)
  if (result.failure) {
    tell(result.failure, result.clean + 1)
    return
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  const perSecond = rate(count).toFixed(0)
  const { user, system } = process.cpuUsage()
  // What a core does in a second, whatever else the machine does meanwhile.
  const perCpuSecond = (count / ((user + system) / 1e6)).toFixed(0)
  console.log(
    `${count} seeds clean in ${seconds} s, ${perSecond} a second, ${perCpuSecond} a second of a core; ` +
      `jobs ${JSON.stringify(result.ended)}`
  )
}

function tell(result: RunResult, after: number): void {
  console.log(JSON.stringify(result, null, 2))
  if (!result.violation) return
  console.log(`failed after ${after} seeds; again: npm run simulate -- --seed ${result.seed}${bySize} --log`)
  process.exitCode = 1
}

function sizeOf(name: string): Size {
  const found = sizes.find((size) => size === name)
  if (found) return found
  console.error(`--size ${name}: there is ${sizes.join(', ')}`)
  process.exit(2)
}
