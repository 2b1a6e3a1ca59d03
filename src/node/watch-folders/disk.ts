import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import type { WatchRules } from '../../model/index.ts'
import { readIfThere } from '../atomic-file.ts'
import { realOrSame } from '../real-places.ts'
import { systemCode } from '../storage/errors.ts'
import { answersFromOutside } from './ask-from-outside.ts'
import type { MarkDisk } from './claim.ts'
import type { SeenFile } from './files.ts'
import { identityOf } from './folder-identity.ts'
import { type Listing, listFolder } from './list-folder.ts'
import { printOf } from './print.ts'

/** What a watch asks of storage. Everything may hang for as long as a dead server lets it. */
export interface WatchDisk extends MarkDisk {
  /** @see listFolder */
  list(
    dir: string,
    rules: WatchRules,
    options: {
      skipFolders: ReadonlySet<string>
      markName?: string
      signal: AbortSignal
      onProgress: () => void
    }
  ): Promise<Listing>
  /** @see printOf */
  print(path: string, signal: AbortSignal, onProgress?: () => void): Promise<string>
  /** Null when there is no such file. */
  look(path: string): Promise<Omit<SeenFile, 'path'> | null>
  /** @see identityOf */
  identity(dir: string): Promise<string | null>
  realPath(path: string): Promise<string>
  /** @see answersFromOutside */
  answers(paths: readonly string[]): Promise<boolean>
}

export const realDisk: WatchDisk = {
  list: listFolder,
  print: printOf,
  async look(path) {
    try {
      const { size, mtimeMs } = await stat(path)
      return { sizeBytes: size, mtimeMs }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  },
  identity: identityOf,
  realPath: realOrSame,
  answers: answersFromOutside,
  readMark: readIfThere,
  async createMark(path, text) {
    try {
      await writeAndClose(await open(path, 'wx', 0o666), text)
      return true
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false
      throw error
    }
  },
  writeMark: async (path, text) => writeAndClose(await open(path, 'r+'), text),
  removeMark: (path) => rm(path, { force: true })
}

async function writeAndClose(file: FileHandle, text: string): Promise<void> {
  try {
    await file.writeFile(text)
    // Other machines see what has reached the server.
    await file.sync()
  } finally {
    await file.close()
  }
}
