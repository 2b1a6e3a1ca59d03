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
    let file: FileHandle
    try {
      file = await open(path, 'wx+', 0o666)
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false
      throw error
    }
    try {
      return await withMark(file, text, () => true)
    } catch (error) {
      // On a full disk it is there, and empty: others would take it for somebody's.
      await rm(path, { force: true })
      throw error
    }
  },
  writeMark: async (path, text, isStill) => withMark(await open(path, 'r+'), text, isStill),
  removeMark: (path) => rm(path, { force: true })
}

async function withMark(
  file: FileHandle,
  text: string,
  isStill: (text: string) => boolean
): Promise<boolean> {
  try {
    if (!isStill(await file.readFile('utf8'))) return false
    await file.write(text, 0)
    // Other machines see what has reached the server.
    await file.sync()
    return true
  } finally {
    await file.close()
  }
}
