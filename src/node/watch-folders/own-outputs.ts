import { stat } from 'node:fs/promises'
import type { JobRecord, WireError } from '../../model/index.ts'

/**
 * Unattended, nobody would see that the output of one file replaces that of another of the same name: `queue` takes an
 * output of another source for one that is out of date.
 * @returns why not, when another source that still exists was made into this output before
 */
export async function whyOutputOfAnother(
  source: string,
  output: string,
  jobs: Iterable<JobRecord>
): Promise<WireError | null> {
  let last: JobRecord | null = null
  for (const job of jobs) {
    if (job.request.output !== output || job.status === 'canceled') continue
    if (last === null || job.seq > last.seq) last = job
  }
  if (last === null || last.request.source === source || !(await isThere(last.request.source))) return null
  return {
    code: 'output-of-another',
    message: `${output} is the output of ${last.request.source} (job ${last.id})`,
    hint: 'Watch with a --name or --out that keeps them apart, or queue it by hand.',
    exitStatus: 1
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}
