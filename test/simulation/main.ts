/**
 * `npm run simulate -- [--seeds N] [--from SEED] [--seed SEED] [--log]`: runs seeds until one fails.
 * `--subject FOLDER` simulates a copy of the source (mutants.ts uses it). Exit status 1 when a seed failed.
 */
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { production, type Subject } from './subject.ts'
import { World } from './world.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string' },
    seed: { type: 'string' },
    log: { type: 'boolean', default: false },
    subject: { type: 'string' }
  }
})

async function loadSubject(folder: string): Promise<Subject> {
  const at = (file: string) => import(pathToFileURL(`${folder}/${file}`).href)
  return { scheduler: await at('scheduler/index.ts'), Turns: (await at('node/turn.ts')).Turns }
}

const subject = values.subject ? await loadSubject(values.subject) : production
const first = Number(values.seed ?? values.from ?? Math.floor(Math.random() * 2 ** 31))
const count = values.seed ? 1 : Number(values.seeds)
console.log(`seeds ${first} to ${first + count - 1}`)
const startedMs = performance.now()
const ended: Record<string, number> = {}
for (let seed = first; seed < first + count; seed++) {
  const log: string[] = []
  const result = new World(seed, subject, values.log ? { log } : {}).run(seed)
  for (const line of log) console.log(line)
  for (const [status, jobs] of Object.entries(result.ended)) ended[status] = (ended[status] ?? 0) + jobs
  if (result.violation || values.seed) console.log(JSON.stringify(result, null, 2))
  if (result.violation) {
    console.log(`failed after ${seed - first + 1} seeds; again: npm run simulate -- --seed ${seed} --log`)
    process.exit(1)
  }
}
const seconds = (performance.now() - startedMs) / 1000
console.log(
  `${count} seeds clean in ${seconds.toFixed(1)} s, ${(count / seconds).toFixed(0)} a second; jobs ${JSON.stringify(ended)}`
)
