// `npm run bench`: one clip by plain ffmpeg, by one node, and by 1, 2 and 4 hosts of equal, limited CPU. All ways are
// run in turn, several times, and compared as ratios of their medians, so that a busy or slow machine tells the same.
// Prints a Markdown table for docs/benchmarks.md on standard output; what it does meanwhile goes to standard error.
import { cpus } from 'node:os'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { JobView, JobWithTasks } from '../../src/model/index.ts'
import { capabilities } from '../lan/harness/capabilities.ts'
import { createLan, type Lan } from '../lan/harness/lan.ts'
import { ffmpeg, makeClip, tool, videoPackets } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { aloneEnv, Room } from '../support/room.ts'
import type { Station } from '../support/station.ts'
import { interleaved, table } from './measure.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '60' },
    size: { type: 'string', default: '1920x1080' },
    preset: { type: 'string', default: 'h264_proxy' },
    cpu: { type: 'string', default: '0.4' },
    only: { type: 'string', default: '' }
  }
})
const [rounds, seconds, cpu] = [Number(values.rounds), Number(values.seconds), Number(values.cpu)]
const hostCounts = [1, 2, 4]

const missing = buildMissing()
if (missing) {
  process.stderr.write(`${missing}\n`)
  process.exit(1)
}
const noLan = capabilities().lan ?? capabilities().cpu
const room = new Room()
const lan = noLan ? null : createLan({ hosts: Math.max(...hostCounts), env: { PROXIMA_LISTEN__PORT: '0' } })
try {
  await main()
} finally {
  lan?.destroy()
  room.destroy()
}

async function main(): Promise<void> {
  const folder = room.folder('media')
  const clip = await makeClip(join(folder, 'clip.mp4'), { seconds, size: values.size, gop: 50, channels: 2 })
  const station = room.station('alone', aloneEnv)
  await station.start()
  const { command } = (await station.ok(['presets', values.preset, '--for', clip, '--json'])).json as {
    command: string[]
  }
  const single = join(folder, `plain${extname(command.at(-1)!)}`)
  const ways = new Map<string, () => Promise<number>>([
    ['plain ffmpeg', () => timed(() => tool([command[0]!, '-y', ...command.slice(1, -1), single]))],
    ['one node', () => queued(station, clip, room.folder('out'))]
  ])
  if (lan) {
    const members = [...lan.hosts.keys()]
    await lan.start()
    await lan.pair()
    const share = lan.folder('shared')
    await lan.share()
    const film = await makeClip(join(share, 'clip.mp4'), { seconds, size: values.size, gop: 50, channels: 2 })
    for (const count of hostCounts) {
      ways.set(hostsName(count), () => byHosts(lan, members.slice(0, count), film, lan.folder('shared/out')))
    }
  } else {
    process.stderr.write(`without hosts: ${noLan}\n`)
  }
  const chosen = values.only === '' ? [...ways.keys()] : values.only.split(',')
  const results = await interleaved(
    chosen.map((name) => ({ name, run: ways.get(name) ?? unknown(name) })),
    rounds,
    (text) => process.stderr.write(`${text}\n`)
  )
  if (chosen.includes('plain ffmpeg') && chosen.includes('one node')) {
    const [job] = await station.jobs()
    const equal = same(await videoPackets(job!.output), await videoPackets(single))
    process.stderr.write(`one node's video ${equal ? 'equals' : 'DIFFERS from'} plain ffmpeg's\n`)
  }
  const version = (await tool([ffmpeg(), '-version'])).split('\n')[0]
  process.stdout.write(
    `${table(results, [
      { name: 'one node', against: 'plain ffmpeg', aim: 'at most 1.05', invert: false },
      { name: hostsName(2), against: hostsName(1), aim: '', invert: true },
      { name: hostsName(4), against: hostsName(1), aim: 'at least 3.4', invert: true }
    ])}\n`
  )
  process.stdout.write(
    `\n${values.preset} of ${seconds} s of ${values.size} H.264 at 25 fps with 2 s GOPs and stereo AAC; ` +
      `${cpus().length} cores, ${version}; hosts limited to ${cpu} cores each; ` +
      `${rounds} rounds, every way once a round, in turn forwards and backwards.\n`
  )
}

/** The first `members` hosts run, each on its part of a core; the film is queued on the first. */
async function byHosts(from: Lan, members: number[], film: string, out: string): Promise<number> {
  from.setCpu(null)
  const others = [...from.hosts.keys()].filter((index) => !members.includes(index))
  await Promise.all(others.map((index) => from.host(index).stop()))
  const stopped = members.filter((index) => from.host(index).pid === null)
  await from.start(stopped)
  await from.connected(members)
  from.setCpu(cpu)
  try {
    return await queued(from.host(0), film, out)
  } finally {
    from.setCpu(null)
  }
}

async function queued(station: Station, clip: string, out: string): Promise<number> {
  let last: JobView | undefined
  const ms = await timed(async () => {
    const command = ['queue', clip, '--preset', values.preset, '--out', out, '--force', '--wait', '--json']
    const result = await station.ok(command, { timeoutMs: 900_000 })
    last = (result.lines as JobView[]).at(-1)
  })
  if (last?.status !== 'completed') throw new Error(`the job ended as ${last?.status}: ${last?.error}`)
  const job = await station.job(last.id)
  process.stderr.write(`  ${phases(job)}\n`)
  return ms
}

/** Where the time of a job went, for whoever tunes it: seconds after it was queued. */
function phases(job: JobWithTasks): string {
  const queuedMs = Date.parse(job.queuedAt)
  const at = (time: string | null) =>
    time === null ? '?' : ((Date.parse(time) - queuedMs) / 1000).toFixed(2)
  const attempts = job.tasks.flatMap(({ kind, attempts: tried }) => tried.map((one) => ({ kind, ...one })))
  const encodes = attempts.filter(({ kind }) => kind !== 'join')
  const join = attempts.find(({ kind }) => kind === 'join')
  const peers = new Set(attempts.map(({ peerName }) => peerName))
  const first = encodes.map(({ startedAt }) => startedAt).sort()[0] ?? null
  const last =
    encodes
      .map(({ endedAt }) => endedAt ?? '')
      .sort()
      .at(-1) ?? null
  return (
    `${job.shape}, ${job.tasks.length} tasks on ${[...peers].sort().join(', ')}: first encode ${at(first)}, ` +
    `last verified ${at(last)}, join from ${at(join?.startedAt ?? null)}, ended ${at(job.endedAt)}`
  )
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await act()
  return performance.now() - startMs
}

function unknown(name: string): () => Promise<number> {
  throw new RangeError(`no such way: ${name}`)
}

function hostsName(count: number): string {
  return count === 1 ? '1 limited host' : `${count} limited hosts`
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
