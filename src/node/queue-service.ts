import { randomBytes } from 'node:crypto'
import {
  isEnded,
  type JobId,
  type JobKind,
  type JobRecord,
  type JobView,
  jobIdFrom,
  type QueueLine,
  type QueueParams,
  type QueueResult
} from '../model/index.ts'
import type { Event, SchedulerState } from '../scheduler/index.ts'

export interface QueueCollaborators {
  kind: JobKind
  state: () => SchedulerState
  /** Throws when the ledger could not be written: then nothing was queued. */
  turn: (event: Event) => void
  view: (job: JobRecord) => JobView
}

/** Queues sources, each on its own: one that cannot be queued is told, and hinders no other. */
export async function queueSources(
  params: QueueParams,
  { kind, state, turn, view }: QueueCollaborators
): Promise<QueueResult> {
  const batchId = jobIdFrom(randomBytes(10))
  const lines: QueueLine[] = []
  for (const source of params.sources) {
    const prepared = await kind.prepare(params, source)
    if (prepared.kind === 'refused') lines.push({ kind: 'refused', source, error: prepared.error })
    else if (prepared.kind === 'exists') lines.push({ source, ...prepared })
    else {
      const { request } = prepared
      const rival = sameOutput(state(), request.output)
      if (rival) {
        lines.push(refuseRival(source, request.output, rival))
        continue
      }
      const jobId: JobId = jobIdFrom(randomBytes(10))
      turn({ kind: 'job-requested', jobId, request: { ...request, batchId, priority: params.priority } })
      lines.push({ kind: 'queued', job: view(state().jobs.get(jobId)!) })
    }
  }
  return { lines }
}

/** Two sources never map to one output unnoticed. */
const sameOutput = (state: SchedulerState, output: string): JobRecord | undefined =>
  [...state.jobs.values()].find((job) => !isEnded(job.status) && job.request.output === output)

const refuseRival = (source: string, output: string, rival: JobRecord): QueueLine => ({
  kind: 'refused',
  source,
  error: {
    code: 'output-taken',
    message: `${output} is already being made, from ${rival.request.source} (job ${rival.id})`,
    hint: 'Choose another folder with --out or another name with --name, or cancel that job',
    exitStatus: 1
  }
})
