import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { WatchParams } from '../../model/index.ts'
import {
  decide,
  heldElsewhere,
  realDisk,
  type WaitingFile,
  WatchError
} from '../../node/watch-folders/index.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { count } from '../output/format.ts'
import { queueFiles } from './queue.ts'

/** What settles later than this after the first could is not waited for. */
const patienceMs = 2_000

/**
 * `watch --once DIR`: looks until what was there at first has settled or goes on changing, queues what is ripe, and
 * tells what is not. Remembers nothing: what has its output, or is being made, `queue` leaves.
 * @throws WatchError when the folder cannot be read, or another node queues from it
 */
export async function watchOnce(
  context: CommandContext,
  { dir, rules, queue: choices }: WatchParams,
  waitForEnd: boolean
): Promise<ExitStatus> {
  const { print, interrupt } = context
  await realDisk.identity(dir)
  const outDir = choices.outDir === null ? null : await realDisk.realPath(choices.outDir)
  if (outDir === (await realDisk.realPath(dir))) {
    throw new WatchError('bad-watch', `the outputs would be put among the sources in ${dir}`, {
      hint: 'Choose another folder with --out, such as one inside it.',
      exitStatus: 2
    })
  }
  await checkHolder(context, dir, choices.preset)
  const options = {
    skipFolders: new Set([context.home, ...(outDir === null ? [] : [outDir])]),
    signal: interrupt.signal,
    onProgress: () => {}
  }
  const patience = { ...rules, intervalMs: rules.settleMs + patienceMs }
  const began = performance.now()
  let waiting: ReadonlyMap<string, WaitingFile> = new Map()
  const ripe = new Map<string, string>()
  for (;;) {
    const listing = await realDisk.list(dir, rules, options)
    const moment = { nowMs: performance.now(), wallMs: Date.now() }
    const rest = listing.files.filter(({ path }) => !ripe.has(path))
    const decision = decide(new Map(), waiting, { ...listing, files: rest }, moment, patience)
    for (const { path } of decision.ripe) {
      ripe.set(path, join(dir, ...path.split('/')))
      decision.waiting.delete(path)
    }
    waiting = decision.waiting
    if (listing.problem !== null) print.note(`${dir} is not seen whole: ${listing.problem}`)
    if (waiting.size === 0 || moment.nowMs - began > patience.intervalMs) break
    await wait(decision.lookAgainInMs, undefined, { signal: interrupt.signal })
  }
  tellWaiting(context, waiting)
  if (ripe.size === 0) {
    if (!print.json) print.tell(`nothing in ${dir} is ripe`)
    return exitCodes.done
  }
  const files = await withoutOutputs(context, dir, [...ripe.values()], choices)
  // Somebody may have begun while it was waited for files to settle.
  await checkHolder(context, dir, choices.preset)
  const origin = { kind: 'watch' as const, file: dir }
  const origins = Object.fromEntries(files.map((path) => [path, origin]))
  const params = { ...choices, origins, wait: waitForEnd, dryRun: false }
  return queueFiles(context, params, { files, problems: [] })
}

async function checkHolder({ home }: CommandContext, dir: string, preset: string): Promise<void> {
  const holder = await heldElsewhere({ dir, preset }, home)
  if (holder === null) return
  const since = holder.since === '' ? '' : ` since ${holder.since}`
  throw new WatchError(
    'held-elsewhere',
    `${holder.name} watches ${dir} with ${preset}${since}, and queues what comes there`,
    {
      hint: 'End that watch there with `watch --remove`, or queue from here all the same with `queue DIR`.'
    }
  )
}

/** Nothing is remembered here, so what was made of other files is told by where it lies. */
async function withoutOutputs(
  { door, home, nodeFlags, print }: CommandContext,
  dir: string,
  files: string[],
  choices: WatchParams['queue']
): Promise<string[]> {
  const desk = await door.edits(home, nodeFlags)
  const searched = files.map((path) => ({ path, folder: dir }))
  const { kept, leftOut } = await desk.withoutOutputs(searched, files, choices)
  if (!print.json) {
    for (const { source, reason } of leftOut) print.note(`${source} is not queued: ${reason}`)
  }
  return kept
}

function tellWaiting({ print }: CommandContext, waiting: ReadonlyMap<string, WaitingFile>): void {
  for (const [file, { sizeBytes, reason }] of waiting) {
    if (print.json) print.data({ type: 'waiting', file, sizeBytes, reason })
    else print.note(`${file} is not queued yet: ${reason}`)
  }
  if (waiting.size > 0 && !print.json) print.note(`Left: ${count(waiting.size, 'file')}.`)
}
