import type { JobId, JobRecord } from '../model/index.ts'
import type { Jobs } from '../scheduler/index.ts'
import { NodeError } from './errors.ts'

/** The job of an id, or of the first characters of one as long as only one job's begins so. */
export function findJob(jobs: Jobs, id: string): JobRecord {
  const exact = jobs.get(id as JobId)
  if (exact) return exact
  const found = id.length === 0 ? [] : [...jobs.values()].filter((job) => job.id.startsWith(id))
  if (found.length === 1) return found[0]!
  throw new NodeError(
    'unknown-job',
    found.length === 0 ? `there is no job '${id}'` : `${found.length} jobs begin with '${id}'`,
    { hint: 'See `proxima-node jobs`' }
  )
}
