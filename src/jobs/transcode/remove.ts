import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Storage } from '../../model/index.ts'
import {
  type GrantedLease,
  isRootRef,
  type JobRecord,
  type MediaRef,
  parseLeaseId
} from '../../model/index.ts'
import { isNotFound } from './errors.ts'
import { hiddenName, isHiddenOf, isOfAttempt, namesIn, removeEmptyFolders } from './names.ts'
import { leasePayload, parsePayload, requestPayload } from './payload.ts'

/**
 * Removes what an attempt wrote, on the machine that ran it. Idempotent.
 * @param isOwn the lease is this node's own: a stranger's that names a place outside the roots would lead to the files
 * of this machine's own jobs, and nothing was written for it
 */
export async function removeAttempt(storage: Storage, lease: GrantedLease, isOwn: boolean): Promise<void> {
  const key = parseLeaseId(lease.leaseId)
  const payload = leasePayload.safeParse(lease.payload)
  // Nothing was written for what was not understood.
  if (key === null || !payload.success) return
  const { output, kind } = payload.data
  if (!isOwn && !isRootRef(output)) return
  const folder = await storage.workFolderPath(output, key.jobId)
  for (const name of await namesIn(folder)) {
    if (isOfAttempt(name, key)) await rm(join(folder, name), { force: true })
  }
  if (kind !== 'encode-file' && kind !== 'join') return
  const final = await resolveOutput(storage, output)
  if (final !== null) await rm(join(dirname(final), hiddenName(final, key)), { force: true })
}

/** Removes every temporary file of a job that ended, and folders that were made for an output that never came. */
export async function clean(storage: Storage, job: JobRecord): Promise<void> {
  const { output, newFolders } = parsePayload(requestPayload, job.request.payload, 'the job')
  await rm(await storage.workFolderPath(output, job.id), { recursive: true, force: true })
  const final = await resolveOutput(storage, output)
  if (final === null) return
  const folder = dirname(final)
  for (const name of await namesIn(folder)) {
    if (isHiddenOf(name, job.id)) await rm(join(folder, name), { force: true })
  }
  await removeEmptyFolders(folder, newFolders)
}

/** The output's real path, or null when its folder was never made. */
async function resolveOutput(storage: Storage, output: MediaRef): Promise<string | null> {
  try {
    return await storage.resolve(output)
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}
