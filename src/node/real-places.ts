import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

/** Tells whether two paths name one place, also where nothing is yet. What it found out, it keeps. */
export class RealPlaces {
  readonly #folders = new Map<string, string>()

  /** The path with the symbolic links of its folder followed. */
  async of(path: string): Promise<string> {
    const folder = dirname(resolve(path))
    if (!this.#folders.has(folder)) this.#folders.set(folder, await realFolder(folder))
    return this.known(path)!
  }

  /** The same when it was asked for before: without waiting. */
  known(path: string): string | undefined {
    const folder = this.#folders.get(dirname(resolve(path)))
    return folder === undefined ? undefined : join(folder, basename(path))
  }
}

/** The real path of a folder; of one that is not there yet, as far as it is there. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    const parent = dirname(folder)
    // Storage that does not answer: its name must do.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) return folder
    return join(await realFolder(parent), basename(folder))
  }
}

/** The real path, or the path itself where it leads nowhere yet. */
export async function realOrSame(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    // What is not there has no other name.
    return path
  }
}
