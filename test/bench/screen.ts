// `node test/bench/screen.ts`: what the screen costs. A scripted node tells of a busy mesh over a real socket; the
// built command draws it on a pty of its own, which is read and counted. CPU is that of the screen's process alone,
// from /proc, over `--seconds`, beside an idle `node -e` at the same time. Prints a Markdown table for
// docs/benchmarks.md on standard output.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { BusyScene, type Load } from '../support/busy-scene.ts'
import { makeClaim, removeClaim } from '../support/claims.ts'
import { buildMissing, builtProgram, nodePath } from '../support/paths.ts'
import { claimVariable, commandOf, pidsOf } from '../support/traces.ts'
import { waitFor } from '../support/wait-for.ts'
import { startFakeNode } from '../tui/fake-node.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    size: { type: 'string', default: '80x24' }
  }
})
const seconds = Number(values.seconds)
const [columns = 80, rows = 24] = values.size.split('x').map(Number)
const warmUpMs = 5_000
/** Kernel ticks a second of the times in /proc. */
const ticksPerSecond = 100

interface Case {
  name: string
  load: Load
  moves: boolean
  aim: string
}

const cases: readonly Case[] = [
  { name: 'idle', load: { jobs: 0, peers: 1, chunks: 0, running: 0 }, moves: false, aim: 'at most 2%' },
  {
    name: '200 running chunks, 12 peers',
    load: { jobs: 20, peers: 12, chunks: 600, running: 200 },
    moves: true,
    aim: 'at most 8%, 2 KB a frame'
  },
  {
    name: '50 jobs, 5,000 chunks, 40 peers',
    load: { jobs: 50, peers: 40, chunks: 5_000, running: 120 },
    moves: true,
    aim: ''
  }
]

interface Cost {
  name: string
  aim: string
  cpuShare: number
  idleNodeShare: number
  bytesPerSecond: number
  /** At the start, at half-time and at the end. */
  rssMb: number[]
}

const missing = buildMissing()
if (missing) {
  process.stderr.write(`${missing}\n`)
  process.exit(1)
}
const chosen = cases.filter(({ name }) => values.only === '' || name.startsWith(values.only))
const costs: Cost[] = []
for (const one of chosen) {
  process.stderr.write(`${one.name}: ${seconds} s\n`)
  costs.push(await measure(one))
}
process.stdout.write(`${report(costs)}\n`)

async function measure({ name, load, moves, aim }: Case): Promise<Cost> {
  const claim = makeClaim('b')
  try {
    const home = join(claim.folder, 'home')
    mkdirSync(home)
    const scene = new BusyScene(load)
    const server = await startFakeNode({
      home,
      parts: scene.first(),
      async *later(signal) {
        while (!signal.aborted) {
          await delay(250, undefined, { signal }).catch(() => {})
          if (moves) yield* scene.tick()
        }
      },
      async *maps(signal) {
        while (!signal.aborted) {
          yield scene.map()
          await delay(moves ? 250 : 1_000_000, undefined, { signal }).catch(() => {})
        }
      }
    })
    const drawn = join(claim.folder, 'drawn')
    const command = `stty cols ${columns} rows ${rows}; exec ${builtProgram.map((word) => `'${word}'`).join(' ')}`
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: claim.folder,
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      PROXIMA_HOME: home,
      [claimVariable]: claim.prefix
    }
    const screen = spawn('script', ['-q', '-f', '-c', command, drawn], {
      env,
      stdio: ['pipe', 'ignore', 'inherit']
    })
    const idle = spawn(nodePath, ['-e', 'setInterval(() => {}, 1000)'], { env, stdio: 'ignore' })
    const screenPid = await waitFor(
      () =>
        pidsOf(claim).find(
          (pid) => /proxima-node\.js/.test(commandOf(pid)) && !/^(script|sh|bash)/.test(commandOf(pid))
        ),
      { timeoutMs: 20_000, what: 'the screen to start' }
    )
    await waitFor(() => statSync(drawn).size > 1_000, { timeoutMs: 20_000, what: 'the screen to draw' })
    await delay(warmUpMs)
    const before = {
      screen: cpuMs(screenPid),
      idle: cpuMs(idle.pid ?? 0),
      bytes: statSync(drawn).size,
      rss: rssMb(screenPid)
    }
    const startMs = performance.now()
    await delay(seconds * 500)
    const halfMb = rssMb(screenPid)
    await delay(seconds * 500)
    const ranMs = performance.now() - startMs
    const cost: Cost = {
      name,
      aim,
      cpuShare: (cpuMs(screenPid) - before.screen) / ranMs,
      idleNodeShare: (cpuMs(idle.pid ?? 0) - before.idle) / ranMs,
      bytesPerSecond: ((statSync(drawn).size - before.bytes) / ranMs) * 1000,
      rssMb: [before.rss, halfMb, rssMb(screenPid)]
    }
    process.kill(screenPid, 'SIGTERM')
    idle.kill()
    await once(screen, 'exit')
    await server.close()
    return cost
  } finally {
    removeClaim(claim)
  }
}

/** User and system time of a process, from fields 14 and 15 of its stat. */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000
}

function rssMb(pid: number): number {
  const match = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return Number(match?.[1] ?? 0) / 1024
}

function report(results: readonly Cost[]): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)}%`
  const lines = results.map(({ name, cpuShare, idleNodeShare, bytesPerSecond, rssMb: rss, aim }) =>
    [
      '',
      name,
      percent(cpuShare),
      percent(idleNodeShare),
      `${Math.round(bytesPerSecond)}`,
      `${Math.round(bytesPerSecond / 4)}`,
      rss.map((mb) => Math.round(mb)).join(', '),
      aim,
      ''
    ]
      .join(' | ')
      .trim()
  )
  return [
    '| Screen | CPU, share of a core | idle `node -e` | bytes/s | bytes a frame (4 Hz) | RSS at start, half, end, MB | Aim |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
    `${columns}x${rows}, ${seconds} s each, ${cpus().length} cores.`
  ].join('\n')
}
