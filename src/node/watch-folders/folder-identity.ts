import { stat } from 'node:fs/promises'
import { systemReason } from '../storage/errors.ts'
import { WatchError } from './errors.ts'

/**
 * Which folder on disk a path leads to: its inode and the time of its making, which survive a new name and a new mount.
 * Null where the system tells no inode.
 * @throws WatchError `not-a-folder`
 */
export async function identityOf(dir: string): Promise<string | null> {
  const found = await stat(dir, { bigint: true }).catch((error: unknown) => {
    throw new WatchError('not-a-folder', `${dir} cannot be watched: ${systemReason(error)}`, {
      hint: 'Check the path and its mount.'
    })
  })
  if (!found.isDirectory()) {
    throw new WatchError('not-a-folder', `${dir} cannot be watched: it is a file`, {
      hint: 'Name its folder; --only chooses among its files.'
    })
  }
  return found.ino === 0n ? null : `${found.ino}.${found.birthtimeNs}`
}
