import type { JobView, Participant, PlanLine, QueueLine, QueueParams } from '../../model/index.ts'
import { type ControlClient, toWireError } from '../../node/control/connect.ts'
import type { MadeProxy, PlacingWish } from '../../node/edit/index.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { atLeast, type ExitStatus, exitCodes } from '../exit-codes.ts'
import { baseName, count, formatLength, formatSize } from '../output/format.ts'
import { changeLine, presetNamed, warningLines } from '../output/jobs.ts'
import { participantLines } from '../output/participants.ts'
import type { Printer } from '../output/printer.ts'
import { quoteCommand } from '../output/quote.ts'
import { collectSources, type SourceWishes } from './collect-sources.ts'
import type { ExpandedSources } from './expand-sources.ts'
import { listForFinalCut } from './list-for-final-cut.ts'
import { waitForJobs } from './wait-for-jobs.ts'
import { type NodeInHand, withAnyNode } from './with-node.ts'

/** What a person asked to have queued. */
export interface QueueRequest extends Omit<QueueParams, 'sources' | 'batchId' | 'origins' | 'parts'> {
  /** Files, folders, globs and timelines, as they were typed. */
  patterns: string[]
  /** What of them is meant. */
  wishes: SourceWishes
  wait: boolean
  dryRun: boolean
}

/** Queues files; with `wait`, or when this command had to start a node, stays until the jobs have ended. */
export async function queue(context: CommandContext, request: QueueRequest): Promise<ExitStatus> {
  const { patterns, wishes, ...rest } = request
  const { origins, parts, worst, ...sources } = await collectSources(context, patterns, wishes, rest)
  const params = Object.keys(origins).length > 0 ? { ...rest, origins, parts } : rest
  return atLeast(worst, await queueFiles(context, params, sources))
}

/** An edit is queued without losing one of its clips to another: says which would meet in one file. */
async function refuseCollisions(
  { door, home, nodeFlags, print }: CommandContext,
  files: readonly string[],
  params: PlacingWish
): Promise<boolean> {
  const desk = await door.edits(home, nodeFlags)
  const collisions = await desk.collisions(files, params)
  for (const { output, sources } of collisions) {
    const message = `${sources.join(' and ')} would both become ${output}; nothing was queued`
    const hint = 'Choose another --layout, --out or --name, or leave one out with --skip'
    tellRefusal(print, null, new CliError('output-taken', message, { hint, exitStatus: 1 }))
  }
  return collisions.length > 0
}

/** Queues files that were found somehow, and tells of what was not. */
export async function queueFiles(
  context: CommandContext,
  {
    wait,
    dryRun,
    ...rest
  }: Omit<QueueRequest, 'patterns' | 'wishes'> & Pick<QueueParams, 'origins' | 'parts'>,
  { files, problems }: ExpandedSources
): Promise<ExitStatus> {
  for (const problem of problems) tellRefusal(context.print, null, problem)
  let worst: ExitStatus = problems.reduce<ExitStatus>(
    (status, problem) => atLeast(status, problem.exitStatus),
    0
  )
  if (files.length === 0) return worst
  const isLaidOut = rest.origins !== undefined || rest.layout !== undefined
  if (isLaidOut && (await refuseCollisions(context, files, rest))) return exitCodes.failed
  const params: QueueParams = { sources: files, ...rest }
  const queueAndWait = async ({ client, own }: NodeInHand): Promise<ExitStatus> => {
    if (dryRun) return atLeast(worst, await printPlan(context, client, params))
    const jobs: JobView[] = []
    const proxies: MadeProxy[] = []
    const who = new WhoTakesPart(context.print)
    for await (const line of queueInPortions(client, params, context.interrupt.signal)) {
      worst = atLeast(worst, tellQueued(context.print, line))
      if (line.kind === 'queued') who.tell(line.job.participants ?? [])
      if (line.kind === 'queued') jobs.push(line.job)
      if (line.kind !== 'refused') proxies.push(line.kind === 'queued' ? line.job : line)
    }
    worst = atLeast(worst, await listForFinalCut(context, proxies, rest))
    if (jobs.length === 0 || !(wait || own)) return worst
    return atLeast(worst, await waitForJobs(context, { client, own, jobs }))
  }
  return withAnyNode(context, queueAndWait, dryRun ? null : runsItsOwn)
}

/** Sources are looked at one by one, which takes a moment each: about so many jobs are answered at once. */
const portionSize = 25

function* portionsOf({ sources, parts }: QueueParams): Generator<string[]> {
  let portion: string[] = []
  let jobs = 0
  for (const source of sources) {
    portion.push(source)
    jobs += parts?.[source]?.length ?? 1
    if (jobs < portionSize) continue
    yield portion
    portion = []
    jobs = 0
  }
  if (portion.length > 0) yield portion
}

/** Queues all sources as one batch; the first are told, and encoded, while the others are still looked at. */
async function* queueInPortions(
  client: ControlClient,
  params: QueueParams,
  signal: AbortSignal
): AsyncGenerator<QueueLine> {
  let batchId: string | undefined
  for (const sources of portionsOf(params)) {
    const result = await client.call('queue', { ...portionOf(params, sources), batchId }, { signal })
    batchId = result.batchId
    yield* result.lines
  }
}

/** The same for some of the sources alone. */
function portionOf({ origins, parts, ...params }: QueueParams, sources: string[]): QueueParams {
  return {
    ...params,
    sources,
    ...(origins === undefined ? {} : { origins: pick(origins, sources) }),
    ...(parts === undefined ? {} : { parts: pick(parts, sources) })
  }
}

function pick<T>(all: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  const entries = keys.flatMap((key) => (Object.hasOwn(all, key) ? [[key, all[key] as T] as const] : []))
  return Object.fromEntries(entries)
}

const runsItsOwn =
  'No node runs here: this command runs one until its jobs have ended. ' +
  '(`proxima-node --headless` in another terminal makes one that stays.)'

function tellQueued(print: Printer, line: QueueLine): ExitStatus {
  switch (line.kind) {
    case 'queued':
      tellJob(print, line.job)
      return exitCodes.done
    case 'exists':
      tellExists(print, line)
      return exitCodes.done
    case 'refused':
      tellRefusal(print, line.source, line.error)
      return line.error.exitStatus
  }
}

function tellJob(print: Printer, job: JobView): void {
  if (print.json) print.data(job)
  else {
    print.lines([
      changeLine(job, job.queuedAt, print.paint),
      ...(job.chosen ? [`  ${presetNamed(job)}`] : []),
      ...warningLines(job.warnings, print.paint)
    ])
  }
}

/** Tells people who takes part, once for all jobs that are alike in this. Scripts find it on each job's line. */
class WhoTakesPart {
  readonly #print: Printer
  readonly #told = new Set<string>()

  constructor(print: Printer) {
    this.#print = print
  }

  tell(participants: readonly Participant[]): void {
    const lines = participantLines(participants)
    const text = lines.join('\n')
    if (this.#print.json || this.#told.has(text)) return
    this.#told.add(text)
    this.#print.lines(lines)
  }
}

function tellExists(print: Printer, line: { source: string; output: string; message: string }): void {
  if (print.json)
    print.data({ type: 'exists', source: line.source, output: line.output, message: line.message })
  else print.lines([`exists    ${baseName(line.source)}: ${line.message}`])
}

function tellRefusal(print: Printer, source: string | null, error: unknown): void {
  const wire = error instanceof Error ? toWireError(error) : (error as ReturnType<typeof toWireError>)
  if (print.json) {
    print.data({ type: 'error', source, error: { code: wire.code, message: wire.message, hint: wire.hint } })
  }
  print.error(wire)
}

async function printPlan(
  { print, interrupt }: CommandContext,
  client: ControlClient,
  params: QueueParams
): Promise<ExitStatus> {
  let worst: ExitStatus = exitCodes.done
  for (const sources of portionsOf(params)) {
    const { lines } = await client.call('plan', portionOf(params, sources), { signal: interrupt.signal })
    for (const line of lines) worst = atLeast(worst, tellPlan(print, line))
  }
  return worst
}

function tellPlan(print: Printer, line: PlanLine): ExitStatus {
  if (line.kind === 'refused') {
    tellRefusal(print, line.source, line.error)
    return line.error.exitStatus
  }
  if (line.kind === 'exists') tellExists(print, line)
  else if (print.json) print.data({ type: 'plan', ...planData(line) })
  else print.lines([...planLines(line), ...warningLines(line.warnings, print.paint)])
  return exitCodes.done
}

type Plan = Extract<PlanLine, { kind: 'plan' }>

function planData({ kind: _, ...data }: Plan): Omit<Plan, 'kind'> {
  return data
}

function planLines(plan: Plan): string[] {
  const shape = plan.chunks > 1 ? `in about ${plan.chunks} chunks` : 'in one piece'
  return [
    `${plan.source} → ${plan.output}`,
    `  ${presetNamed(plan)}, ${count(plan.frames, 'frame')}, ${formatLength(plan.durationMs)}, ${shape}${plan.note ? ` (${plan.note})` : ''}`,
    `  about ${formatSize(plan.estimateBytes)}, ${formatSize(plan.freeBytes)} free there`,
    ...participantLines(plan.participants).map((line) => `  ${line}`),
    ...(plan.command.length === 0 ? [] : [`  ${quoteCommand(plan.command)}`])
  ]
}
