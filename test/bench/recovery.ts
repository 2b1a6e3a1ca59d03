// `npm run bench:recovery`: how soon a mesh gets over a death. Real hosts with real ffmpeg; every number is a time or a
// ratio measured within one run. Prints a Markdown table for docs/reliability.md on standard output; what it does
// meanwhile goes to standard error.
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { JobWithTasks } from '../../src/model/index.ts'
import { capabilities } from '../lan/harness/capabilities.ts'
import type { Host } from '../lan/harness/host.ts'
import { createLan, type Lan } from '../lan/harness/lan.ts'
import { filmOf, runningChunk } from '../lan/studio.ts'
import { makeClip } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { waitFor } from '../support/wait-for.ts'
import { fillLedger } from './long-ledger.ts'
import { median } from './measure.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    tasks: { type: 'string', default: '10000' },
    only: { type: 'string', default: '' }
  }
})
const [kills, rounds, tasks] = [Number(values.kills), Number(values.rounds), Number(values.tasks)]
const cores = 0.3
const preset = ['--preset', 'dnxhr_sq']

interface Row {
  what: string
  runs: number[]
  unit: 's' | '×'
  aim: number
}

const missing = buildMissing() ?? capabilities().lan ?? capabilities().cpu
if (missing) {
  process.stderr.write(`${missing}\n`)
  process.exit(1)
}

const say = (text: string): boolean => process.stderr.write(`${text}\n`)
const benches = new Map<string, () => Promise<Row[]>>([
  ['killed', () => offeredAgain('a killed worker’s chunk is offered again', 2, kills, (host) => host.kill())],
  [
    'frozen',
    () =>
      offeredAgain(
        'a frozen worker’s',
        20,
        rounds,
        async (host) => host.freeze(),
        (host) => host.thaw()
      )
  ],
  [
    'cut',
    () =>
      offeredAgain(
        'that of a worker whose cable is pulled',
        20,
        rounds,
        async (host) => host.cut(),
        (host) => host.restore()
      )
  ],
  ['owner', ownerStarts],
  ['share', oneOfFour]
])
function unknown(name: string): never {
  throw new RangeError(`there is no bench ${name}, only ${[...benches.keys()].join(', ')}`)
}

async function withLan<T>(hosts: number, use: (lan: Lan) => Promise<T>): Promise<T> {
  const lan = createLan({ hosts })
  try {
    await lan.start()
    await lan.pair()
    await lan.share()
    return await use(lan)
  } finally {
    lan.destroy()
  }
}

/** From what befalls a worker in mid-chunk to the end of its lease in the owner's ledger. */
async function offeredAgain(
  what: string,
  aim: number,
  times: number,
  befalls: (host: Host) => Promise<void>,
  passes: (host: Host) => void = () => {}
): Promise<Row[]> {
  return withLan(3, async (lan) => {
    const [owner, worker] = [lan.host(0), lan.host(1)]
    const film = await filmOf(lan, 240)
    lan.setCpu(cores)
    const offered: number[] = []
    for (let round = 0; round < times; round++) {
      const id = await owner.queue([
        film,
        ...preset,
        '--chunk',
        '10',
        '--force',
        '--out',
        lan.folder('shared/out')
      ])
      const { taskId, attempt } = await runningChunk(owner, id, worker)
      const atMs = Date.now()
      await befalls(worker)
      const ended = await waitFor(
        async () => {
          const task = (await owner.job(id)).tasks.find((one) => one.id === taskId)
          return task?.attempts.find((one) => one.attempt === attempt && one.status !== 'running') ?? null
        },
        { timeoutMs: 120_000, what: 'the lease to end', everyMs: 100 }
      )
      offered.push((Date.parse(ended.endedAt!) - atMs) / 1000)
      say(`${what}: ${offered.at(-1)!.toFixed(2)} s (${ended.status})`)
      passes(worker)
      await owner.ok(['cancel', id])
      lan.setCpu(null)
      if (worker.pid === null) await worker.start()
      await lan.connected()
      lan.setCpu(cores)
    }
    return [{ what, runs: offered, unit: 's', aim }]
  })
}

/** From the start of the owner's process to its first answer, and to the first lease that it grants. */
async function ownerStarts(): Promise<Row[]> {
  // Alone, a machine would take the file whole.
  const lan = createLan({ hosts: 2, env: { PROXIMA_CHUNKING__MIN_DURATION_MS: '100' } })
  try {
    await lan.start()
    await lan.pair()
    await lan.share()
    const [owner, other] = [lan.host(0), lan.host(1)]
    const film = await makeClip(join(lan.sharedFolder, 'long.mp4'), {
      seconds: tasks / 10,
      size: '256x144',
      rate: '10',
      gop: 10
    })
    const id = await owner.queue([film, ...preset, '--chunk', '0.1'])
    const answer: number[] = []
    const lease: number[] = []
    const empty: number[] = []
    await waitFor(async () => (await owner.job(id)).tasks.some(({ status }) => status === 'done'), {
      timeoutMs: 120_000,
      what: 'a first chunk'
    })
    await other.stop()
    await owner.stop()
    const before = fillLedger(join(owner.home, 'ledger.db'), tasks)
    say(`the ledger has ${before} tasks`)
    for (let round = 0; round < rounds; round++) {
      const startedMs = Date.now()
      owner.launch()
      await firstAnswer(owner)
      answer.push((Date.now() - startedMs) / 1000)
      const first = await waitFor(
        async () => {
          const starts = (await owner.job(id)).tasks.flatMap(({ attempts }) =>
            attempts.map((one) => Date.parse(one.startedAt))
          )
          const newest = Math.max(...starts)
          return newest > startedMs ? newest : null
        },
        { timeoutMs: 120_000, what: 'a first lease', everyMs: 200 }
      )
      lease.push((first - startedMs) / 1000)
      say(
        `an owner of ${tasks} tasks: answers after ${answer.at(-1)!.toFixed(2)} s, leases after ${lease.at(-1)!.toFixed(2)} s`
      )
      await owner.kill()
      const emptyMs = Date.now()
      other.launch()
      await firstAnswer(other)
      empty.push((Date.now() - emptyMs) / 1000)
      await other.kill()
    }
    return [
      { what: `an owner with ${tasks} tasks answers after its start`, runs: answer, unit: 's', aim: 5 },
      { what: 'and grants its first lease', runs: lease, unit: 's', aim: 5 },
      { what: 'a node without jobs answers, beside it', runs: empty, unit: 's', aim: 5 }
    ]
  } finally {
    lan.destroy()
  }
}

const firstAnswer = (host: Host): Promise<unknown> =>
  waitFor(() => host.ask('jobs', {}), { timeoutMs: 120_000, what: `${host.name} to answer`, everyMs: 20 })

/** Frames that are encoded, those of running pieces with them. */
const framesOf = ({ tasks: all }: JobWithTasks): number =>
  all.reduce((sum, { range, status, attempts }) => {
    if (!range) return sum
    if (status === 'done') return sum + range.end - range.start
    return (
      sum + Math.max(0, ...attempts.map((one) => (one.status === 'running' ? (one.progress?.units ?? 0) : 0)))
    )
  }, 0)

/**
 * How long a job's pieces take from the death of one of four equal hosts on, to how long three such hosts take for the
 * same share of the same film. The join is left out: it is the owner's alone, with any number of hosts.
 */
async function oneOfFour(): Promise<Row[]> {
  const seconds = 200
  const frames = seconds * 25
  const ratios: number[] = []
  await withLan(4, async (lan) => {
    const [owner, fourth] = [lan.host(0), lan.host(3)]
    const film = await filmOf(lan, seconds)
    const out = lan.folder('shared/out')
    /** The time from 40% of the film to its last piece. */
    const encode = async (at40: () => Promise<unknown>): Promise<number> => {
      const id = await owner.queue([film, ...preset, '--force', '--out', out])
      await waitFor(async () => framesOf(await owner.job(id)) >= 0.4 * frames, {
        timeoutMs: 600_000,
        what: '40% of the job',
        everyMs: 100
      })
      await at40()
      const sinceMs = Date.now()
      const job = await owner.ended(id, 600_000)
      const ends = job.tasks
        .filter(({ kind }) => kind === 'encode-chunk')
        .flatMap(({ attempts }) => attempts.map(({ endedAt }) => Date.parse(endedAt!)))
      return Math.max(...ends) - sinceMs
    }
    for (let round = 0; round < rounds; round++) {
      await fourth.ok(['drain'])
      lan.setCpu(cores)
      const byThree = await encode(async () => {})
      lan.setCpu(null)
      await fourth.ok(['awake'])
      lan.setCpu(cores)
      const afterDeath = await encode(() => fourth.powerCut())
      say(`one of four dies: ${(afterDeath / 1000).toFixed(1)} s, three: ${(byThree / 1000).toFixed(1)} s`)
      ratios.push(afterDeath / byThree)
      lan.setCpu(null)
      await fourth.start()
      await lan.connected()
    }
  })
  const what = 'one of 4 hosts loses its power: the rest of the pieces, to the time of 3 hosts'
  return [{ what, runs: ratios, unit: '×', aim: 1.15 }]
}

const chosen = values.only === '' ? [...benches.keys()] : values.only.split(',')
const rows: Row[] = []
for (const name of chosen) rows.push(...((await benches.get(name)?.()) ?? unknown(name)))
const shown = ({ what, runs, unit, aim }: Row): string => {
  const worst = Math.max(...runs)
  const number = (value: number): string => (unit === 's' ? `${value.toFixed(1)} s` : `${value.toFixed(2)} ×`)
  return `| ${what} | ${number(median(runs))} | ${number(worst)} | ${runs.length} | ${number(aim)} | ${worst <= aim ? 'yes' : 'no'} |`
}
console.log(
  [
    '| What | Median | Worst | Runs | Aim | Met |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows.map(shown)
  ].join('\n')
)
console.log(`\n${cpus().length} cores, ${cores} for each host.`)
