import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { isLeftOutFolder } from '../../model/index.ts'

/** Files that are looked at in one search, and files of fitting names that are kept: some bound must be. */
export const indexLimits = { files: 2_000_000, candidates: 5_000 } as const

/** The caller hears of so many files at a time. */
const filesPerNews = 1_000

/** What a search through folders brought. */
export interface Candidates {
  paths: string[]
  /** Folders that could not be read, with the system's word for why. */
  unread: { folder: string; reason: string }[]
  /** Why not everything was looked at, or null. */
  cut: string | null
}

/**
 * Files below the folders whose names fit, in the order of their paths. Neither hidden ones nor proxies; symbolic links
 * are not followed.
 * @param onLooked hears how many files were looked at so far
 */
export async function searchFolders(
  folders: readonly string[],
  fits: (fileName: string) => boolean,
  signal: AbortSignal,
  onLooked: (files: number) => void = () => {}
): Promise<Candidates> {
  const found: Candidates = { paths: [], unread: [], cut: null }
  const waiting = [...folders]
  const seen = new Set<string>()
  let files = 0
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (seen.has(folder)) continue
    seen.add(folder)
    try {
      for await (const entry of await opendir(folder, { bufferSize: 512 })) {
        signal.throwIfAborted()
        if (entry.isDirectory() && !isLeftOutFolder(entry.name)) waiting.push(join(folder, entry.name))
        if (!entry.isFile() || entry.name.startsWith('.')) continue
        if (++files % filesPerNews === 0) onLooked(files)
        if (fits(entry.name)) found.paths.push(join(folder, entry.name))
      }
    } catch (error) {
      if (signal.aborted || !(error instanceof Error && 'code' in error)) throw error
      found.unread.push({ folder, reason: error.message })
    }
    if (files > indexLimits.files) found.cut = `only the first ${indexLimits.files} files were looked at`
    if (found.paths.length > indexLimits.candidates) {
      found.cut = `more than ${indexLimits.candidates} files have fitting names`
    }
    if (found.cut !== null) break
  }
  found.paths.sort()
  return found
}
