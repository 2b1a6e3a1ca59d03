import { randomBytes } from 'node:crypto'
import {
  isEnded,
  type JobId,
  type JobKind,
  type JobRecord,
  type JobView,
  jobIdFrom,
  type Participant,
  type QueueLine,
  type QueueParams,
  type QueueResult
} from '../model/index.ts'
import type { Event, SchedulerState } from '../scheduler/index.ts'
import { isExpected, toWireError } from './control/index.ts'
import { RealPlaces } from './real-places.ts'

export interface QueueCollaborators {
  kind: JobKind
  state: () => SchedulerState
  /** Throws when the ledger could not be written: then nothing was queued. */
  turn: (event: Event) => void
  view: (job: JobRecord) => JobView
  /** Asks who takes part in a job that was just queued: for a few seconds at most. Never rejects. */
  participants: (jobId: JobId) => Promise<Participant[]>
  /** A bug's stack belongs into the log; the person gets one line. */
  onError: (error: unknown, what: string) => void
}

/** Queues sources, each on its own: one that cannot be queued is told, and hinders no other. */
export async function queueSources(
  params: QueueParams,
  collaborators: QueueCollaborators
): Promise<QueueResult> {
  const batchId = params.batchId ?? jobIdFrom(randomBytes(10))
  const places = new RealPlaces()
  const lines: QueueLine[] = []
  const asked: Promise<void>[] = []
  for (const source of params.sources) {
    try {
      const line = await queueOne({ ...params, batchId }, source, places, collaborators)
      lines.push(line)
      // They answer while the next sources are looked at.
      if (line.kind === 'queued') asked.push(addParticipants(line.job, collaborators))
    } catch (error) {
      if (!isExpected(error)) collaborators.onError(error, `queue ${source}`)
      // What was queued before it must be told all the same.
      lines.push({ kind: 'refused', source, error: toWireError(error) })
    }
  }
  await Promise.all(asked)
  return { batchId, lines }
}

async function addParticipants(job: JobView, { participants }: QueueCollaborators): Promise<void> {
  job.participants = await participants(job.id as JobId)
}

async function queueOne(
  params: QueueParams & { batchId: string },
  source: string,
  places: RealPlaces,
  { kind, state, turn, view }: QueueCollaborators
): Promise<QueueLine> {
  const prepared = await kind.prepare(params, source)
  if (prepared.kind === 'refused') return { kind: 'refused', source, error: prepared.error }
  if (prepared.kind === 'exists') return { source, ...prepared }
  const { request } = prepared
  const { batchId, priority } = params
  return lookForRival({ output: request.output, batchId, state, places }, (rival) => {
    if (rival) return refuseRival(source, request.output, rival)
    const jobId: JobId = jobIdFrom(randomBytes(10))
    const origin = params.origins?.[source]
    turn({
      kind: 'job-requested',
      jobId,
      request: { ...request, batchId, priority, ...(origin ? { origin } : {}) }
    })
    const job = view(state().jobs.get(jobId)!)
    return { kind: 'queued', job: { ...job, note: job.note ?? prepared.note } }
  })
}

interface Claim {
  output: string
  batchId: string
  state: () => SchedulerState
  places: RealPlaces
}

/**
 * Two sources never map to one output unnoticed: `answer` hears of the job that is making it, or that made it (or
 * failed to) for the same command. Between look and answer nothing else happens: two commands may queue the same.
 */
async function lookForRival<T>(
  { output, batchId, state, places }: Claim,
  answer: (rival: JobRecord | undefined) => T
): Promise<T> {
  const place = await places.of(output)
  for (;;) {
    const jobs = [...state().jobs.values()]
    const rivals = jobs.filter((job) => !isEnded(job.status) || job.request.batchId === batchId)
    const unknown = rivals.filter((job) => places.known(job.request.output) === undefined)
    if (unknown.length === 0) return answer(rivals.find((job) => places.known(job.request.output) === place))
    for (const job of unknown) await places.of(job.request.output)
  }
}

function refuseRival(source: string, output: string, rival: JobRecord): QueueLine {
  const made = isEnded(rival.status) ? `was ${rival.status} by this command already` : 'is already being made'
  return {
    kind: 'refused',
    source,
    error: {
      code: 'output-taken',
      message: `${output} ${made}, from ${rival.request.source} (job ${rival.id})`,
      hint: isEnded(rival.status)
        ? 'Choose another folder with --out or another name with --name'
        : 'Choose another folder with --out or another name with --name, or cancel that job',
      exitStatus: 1
    }
  }
}
