import { mkdir, rm, statfs } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { createTranscodeKind, defaultTranscodeSettings } from '../../../../src/jobs/transcode/index.ts'
import type { TranscodeSettings } from '../../../../src/jobs/transcode/settings.ts'
import type { JobKind, RunContext, Storage } from '../../../../src/model/index.ts'
import {
  type GrantedLease,
  isRootRef,
  type JobId,
  type JobRecord,
  type LeaseKey,
  leaseIdOf,
  type PeerId,
  type QueueParams,
  type RootId,
  type SourcePart,
  type Task,
  type TaskOutcome,
  type UnitRange
} from '../../../../src/model/index.ts'
import { createOutputLayouts } from '../../../../src/node/output-layouts.ts'
import { queueChoices } from '../../../support/queue-choices.ts'

const root = '00000000000000aa' as RootId

/** A storage with one root, as thin as can be: what is proved of the real one is not needed here. */
export function folderStorage(folder: string): Storage {
  const resolve: Storage['resolve'] = async (ref) => (isRootRef(ref) ? join(folder, ref.path) : ref.local)
  const workFolderPath: Storage['workFolderPath'] = async (_near, jobId) => join(folder, '.proxima', jobId)
  return {
    resolve,
    workFolderPath,
    async refer(path) {
      const inside = relative(folder, path)
      return inside.startsWith('..') ? { local: path } : { root, path: inside }
    },
    async workFolder(near, jobId) {
      const path = await workFolderPath(near, jobId)
      await mkdir(path, { recursive: true })
      return path
    },
    async makeFolders(ref) {
      await mkdir(dirname(await resolve(ref)), { recursive: true })
    },
    async freeBytes(path) {
      for (let place = path; ; place = dirname(place)) {
        const free = await statfs(place).catch(() => null)
        if (free) return free.bavail * free.bsize
      }
    }
  }
}

export const presetFolder = new URL('../../../../presets', import.meta.url).pathname

/** Outputs beside their sources, as without any settings. */
export const besideSource = createOutputLayouts({ proxyRoot: null, layout: null, proxyTemplate: null })

export const kindIn = (
  folder: string,
  settings: Partial<TranscodeSettings> = {},
  jobs: () => Iterable<JobRecord> = () => [],
  storage: Storage = folderStorage(folder)
): JobKind =>
  createTranscodeKind(
    {
      ...defaultTranscodeSettings,
      ffmpegPath: null,
      ffprobePath: null,
      presetFolders: [presetFolder],
      niceness: 0,
      worthDurationMs: 30_000,
      minChunkMs: 2_000,
      ...settings
    },
    { storage, layouts: besideSource, jobs }
  )

export const queueParams = (
  source: string,
  preset: string,
  more: Partial<QueueParams> = {}
): QueueParams => ({
  ...queueChoices,
  sources: [source],
  preset,
  worthChunkingMs: 0,
  ...more
})

/** A signal that ends what should long have ended. */
export const untilEnd = AbortSignal.timeout(600_000)

let jobs = 0
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A job as its owner would hold it, moved along by the test instead of by the scheduler. */
export async function queueJob(
  kind: JobKind,
  params: QueueParams,
  part: SourcePart | null = null
): Promise<JobRecord> {
  const prepared = await kind.prepare(params, params.sources[0]!, part)
  if (prepared.kind !== 'ready') throw new Error(`not queued: ${JSON.stringify(prepared)}`)
  const n = jobs++
  const job: JobRecord = {
    id: `testj0000${alphabet[n % 32]}`.replace('j', alphabet[Math.floor(n / 32)]!) as JobId,
    seq: 1,
    request: { ...prepared.request, batchId: 'b', priority: 0 },
    priority: 0,
    status: 'active',
    pausedFrom: null,
    plan: null,
    shape: null,
    remaining: [],
    tasks: [],
    nextTaskNo: 1,
    blocked: {},
    error: null,
    cleaned: false
  }
  return { ...job, plan: await kind.plan(job, AbortSignal.timeout(60_000)) }
}

export function addTask(
  job: JobRecord,
  kind: string,
  range: UnitRange | null,
  final = false
): { job: JobRecord; task: Task } {
  const task: Task = {
    no: job.nextTaskNo,
    kind,
    stage: final ? 1 : 0,
    ownerOnly: false,
    pool: 'slot',
    final,
    range,
    status: 'ready',
    attempts: [],
    result: null,
    error: null
  }
  return { task, job: { ...job, tasks: [...job.tasks, task], nextTaskNo: task.no + 1 } }
}

export const keyOf = (job: JobRecord, task: Task, attempt = 1): LeaseKey => ({
  jobId: job.id,
  taskNo: task.no,
  attempt
})

export const grant = (kind: JobKind, job: JobRecord, task: Task, attempt = 1): GrantedLease => ({
  ...keyOf(job, task, attempt),
  leaseId: leaseIdOf(keyOf(job, task, attempt)),
  jobKind: kind.name,
  taskKind: task.kind,
  range: task.range,
  pool: task.pool,
  ttlMs: 15_000,
  // As it would arrive from another machine.
  payload: JSON.parse(JSON.stringify(kind.taskPayload(job, task, attempt)))
})

export const runContext = (signal = AbortSignal.timeout(100_000)): RunContext & { log: string[] } => {
  const log: string[] = []
  return {
    isOwn: true,
    signal,
    log,
    onProgress: () => {},
    onLog: (line) => void log.push(line),
    onCommand: () => {}
  }
}

/** Runs a task, verifies it, and returns the job with the task done. */
export async function complete(
  worker: JobKind,
  owner: JobKind,
  job: JobRecord,
  task: Task
): Promise<JobRecord> {
  const context = runContext()
  const outcome: TaskOutcome = await worker.run(grant(owner, job, task), context)
  if (outcome.kind !== 'finished') {
    throw new Error(
      `${task.kind} ${JSON.stringify(task.range)}: ${JSON.stringify(outcome)}\n${context.log.join('\n')}`
    )
  }
  const verdict = await owner.verify(job, task, keyOf(job, task), outcome.result, untilEnd)
  if (!verdict.ok)
    throw new Error(`${task.kind} ${JSON.stringify(task.range)} was rejected: ${verdict.reason}`)
  const attempt = { attempt: 1, peerId: 'p' as PeerId, peerName: 'p', status: 'done', error: null } as const
  const done: Task = { ...task, status: 'done', attempts: [attempt], result: outcome.result }
  return { ...job, tasks: job.tasks.map((other) => (other.no === task.no ? done : other)) }
}

/** Cuts at `bounds` (frames), encodes the chunks in a jumbled order, joins and publishes. Returns the output's path. */
export async function encodeInChunks(
  kind: JobKind,
  params: QueueParams,
  bounds: (frames: number, cuts: readonly number[] | null) => readonly number[],
  worker = kind,
  part: SourcePart | null = null
): Promise<{ output: string; job: JobRecord }> {
  let job = await queueJob(kind, params, part)
  const split = job.plan?.split
  if (!split) throw new Error('it was not to be split')
  const { totalUnits, cuts, step = 1 } = split.work
  const inner = [...new Set(bounds(totalUnits, cuts).map((at) => Math.ceil(at / step) * step))]
    .filter((at) => at > 0 && at < totalUnits)
    .sort((a, b) => a - b)
  const edges = [0, ...inner, totalUnits]
  const ranges = edges.slice(1).map((end, i) => ({ start: edges[i]!, end }))
  const tasks: Task[] = []
  for (const range of [...ranges.slice(1), ranges[0]!]) {
    const added = addTask(job, 'encode-chunk', range)
    job = added.job
    tasks.push(added.task)
  }
  if (split.tasks.some(({ kind: name }) => name === 'encode-audio')) {
    const added = addTask(job, 'encode-audio', null)
    job = added.job
    tasks.push(added.task)
  }
  for (const task of tasks) job = await complete(worker, kind, job, task)
  const joining = addTask(job, 'join', null, true)
  job = await complete(kind, kind, joining.job, joining.task)
  return { output: await publishJob(kind, job), job }
}

export async function encodeWhole(
  kind: JobKind,
  params: QueueParams,
  publish = (job: JobRecord): Promise<string> => publishJob(kind, job)
): Promise<{ output: string; job: JobRecord }> {
  const queued = await queueJob(kind, params)
  const { job, task } = addTask(queued, 'encode-file', null, true)
  const done = await complete(kind, kind, job, task)
  return { output: await publish(done), job: done }
}

export async function publishJob(kind: JobKind, job: JobRecord): Promise<string> {
  const final = job.tasks.find((task) => task.final)!
  const verdict = await kind.publish(job, final, keyOf(job, final), final.result)
  if (!verdict.ok) throw new Error(`not published: ${verdict.reason}`)
  await kind.clean(job)
  return job.request.output
}

/** What a single run would be called, beside the output. */
export const referencePath = (output: string): string => join(dirname(output), `single-${basename(output)}`)

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })
