import { readdir } from 'node:fs/promises'

/** The names in a folder; none where there is no such folder yet. @throws what else the disk says */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
