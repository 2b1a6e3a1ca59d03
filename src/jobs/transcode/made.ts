import { isDeepStrictEqual } from 'node:util'
import { type FileIdentity, type Preset, sameFile, sameSource } from '../../media/index.ts'
import type { JobId, JobRecord, Json, SourcePart } from '../../model/index.ts'
import { plannedSource, requestPayload, resultPayload } from './payload.ts'

/** What a file that stands where an output shall go is to this node. */
export type Standing =
  /** Made here, of this very source and preset, and untouched since. */
  | { kind: 'current'; by: JobId }
  /** Made here and untouched since, but of a source or a preset that has changed. */
  | { kind: 'stale'; by: JobId; why: string }
  /** Made here of another file, which would no longer have an output. */
  | { kind: 'of-another'; by: JobId; source: string }
  /** Not made by a job that the ledger knows, or changed since. */
  | { kind: 'foreign'; why: string }

/** What an output would be made of now. */
export interface Making {
  path: string
  source: FileIdentity
  preset: Preset
  /** Absent or null: the whole source. */
  part?: SourcePart | null
}

/**
 * Holds a file against what the ledger remembers of the job that last made one of that name: nothing is guessed from
 * names or times.
 */
export function standingOf(
  jobs: Iterable<JobRecord>,
  output: string,
  there: FileIdentity,
  { path, source, preset, part = null }: Making
): Standing {
  const job = lastToMake(jobs, output)
  const made = job === null ? null : madeBy(job)
  if (job === null || made === null) return { kind: 'foreign', why: 'no job that is remembered here made it' }
  if (!sameFile(made.file, there)) {
    return { kind: 'foreign', why: `it was changed after job ${job.id} had made it` }
  }
  if (!sameSource(made.source, source)) {
    if (job.request.source !== path) return { kind: 'of-another', by: job.id, source: job.request.source }
    return { kind: 'stale', by: job.id, why: 'its source has changed since' }
  }
  if (!isDeepStrictEqual(made.part, part)) {
    return { kind: 'stale', by: job.id, why: 'it is of other frames of its source' }
  }
  if (!isDeepStrictEqual(essence(made.preset), essence(preset))) {
    const { name } = made.preset
    const why = name === preset.name ? `the preset ${name} has changed since` : `it was made with ${name}`
    return { kind: 'stale', by: job.id, why }
  }
  return { kind: 'current', by: job.id }
}

function lastToMake(jobs: Iterable<JobRecord>, output: string): JobRecord | null {
  let last: JobRecord | null = null
  for (const job of jobs) {
    const isLater = last === null || job.seq > last.seq
    if (job.status === 'completed' && job.request.output === output && isLater) last = job
  }
  return last
}

/** Null when the job was made by a version that is not understood: then nothing is known of its output. */
function madeBy(job: JobRecord): (Omit<Making, 'path'> & { file: FileIdentity }) | null {
  const request = requestPayload.safeParse(job.request.payload)
  const plan = plannedSource.safeParse(job.plan?.payload)
  const result = resultPayload.safeParse(resultOf(job))
  if (!request.success || !plan.success || !result.success || result.data.kind !== 'file') return null
  const { preset, part } = request.data
  return { file: result.data.identity, source: plan.data.sourceFile, preset, part }
}

const resultOf = (job: JobRecord): Json => job.tasks.find((task) => task.final)?.result ?? null

/** What of a preset shows in the output: not what it is called, nor how its output is checked. */
function essence({ name: _, description: __, verify: ___, qualityFloor: ____, ...rest }: Preset): object {
  return rest
}
