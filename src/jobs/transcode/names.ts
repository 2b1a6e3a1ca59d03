import { readdir, rmdir } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { systemCodeOf } from '../../media/index.ts'
import type { JobId, LeaseKey, MediaRef, Storage } from '../../model/index.ts'
import { fromStorage } from './errors.ts'

/** Names of an attempt's files in the job's own folder. Made of numbers only: nothing that a peer sends gets in. */
export const chunkName = (taskNo: number, attempt: number): string => `${taskNo}.${attempt}.mov`
export const audioName = (taskNo: number, attempt: number, format: 'mov' | 'mp4'): string =>
  `${taskNo}.${attempt}.${format}`
export const resultName = (taskNo: number, attempt: number): string => `${taskNo}.${attempt}.json`
export const listName = (taskNo: number, attempt: number): string => `${taskNo}.${attempt}.ffconcat`

/** Every name in the job's folder that belongs to this attempt. */
export const isOfAttempt = (name: string, { taskNo, attempt }: LeaseKey): boolean =>
  name.startsWith(`${taskNo}.${attempt}.`)

/** The hidden name beside the destination under which an output is assembled. */
export function hiddenName(output: string, { jobId, taskNo, attempt }: LeaseKey): string {
  const extension = extname(output)
  const stem = [...basename(output, extension)].slice(0, 40).join('')
  return `.${stem}.${jobId}.${taskNo}-${attempt}.part${extension}`
}

/** Any hidden name of a job's outputs. */
export const isHiddenOf = (name: string, jobId: JobId): boolean =>
  name.startsWith('.') && new RegExp(`\\.${jobId}\\.\\d+-\\d+\\.part\\.[a-z0-9]+$`).test(name)

/** The real path of an output, whose folders are made where they are missing. */
export async function prepareOutput(storage: Storage, output: MediaRef): Promise<string> {
  await fromStorage(() => storage.makeFolders(output))
  return fromStorage(() => storage.resolve(output))
}

/** Names in a folder; none when it does not exist. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return []
    throw error
  }
}

/** Removes `folder` and up to `levels - 1` of its parents, as long as they are empty. */
export async function removeEmptyFolders(folder: string, levels: number): Promise<void> {
  let path = folder
  for (let level = 0; level < levels; level++) {
    try {
      await rmdir(path)
    } catch (error) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EBUSY', 'EPERM', 'EACCES'].includes(systemCodeOf(error) ?? ''))
        return
      throw error
    }
    path = dirname(path)
  }
}
