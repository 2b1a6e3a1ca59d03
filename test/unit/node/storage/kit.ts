import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type NodeStorage,
  openStorage,
  type StorageCollaborators
} from '../../../../src/node/storage/index.ts'

/** A folder with homes and mounts in it; `remove` takes everything away. */
export function storageKit() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'proxima-storage-')))
  const at = (...parts: string[]): string => join(folder, ...parts)
  return {
    folder,
    at,
    /** Makes a folder. */
    dir: (path: string): string => {
      mkdirSync(at(path), { recursive: true })
      return at(path)
    },
    /** Makes a file with its folders. */
    file: (path: string, text = 'x'): string => {
      mkdirSync(dirname(at(path)), { recursive: true })
      writeFileSync(at(path), text)
      return at(path)
    },
    /** Storage of a machine of its own. */
    open: (
      machine = 'one',
      collaborators: Partial<StorageCollaborators> = {},
      timeLimitMs?: number
    ): Promise<NodeStorage> => {
      const home = at('homes', machine)
      mkdirSync(home, { recursive: true })
      return openStorage(
        {
          home,
          rootsFile: join(home, 'roots.json'),
          workFolder: join(home, 'work'),
          ...(timeLimitMs === undefined ? {} : { timeLimitMs })
        },
        { wallClock: () => new Date('2030-01-01T00:00:00Z'), ...collaborators }
      )
    },
    remove: () => rmSync(folder, { recursive: true, force: true })
  }
}
