import { relative, resolve } from 'node:path'
import { isInside } from '../storage/locate.ts'
import type { SearchedFile, WithoutOutputs } from './types.ts'

/**
 * Parts files that a search brought from what was made of them before: a second run over a folder must find nothing new,
 * wherever the first one put its outputs. Folders that layouts name are not even searched (`isLeftOutFolder`).
 * @param ownFolders where outputs and the node's own files go; who names one of them, or a folder in it, means it
 * @param placeOf where the output of a file goes; null where that is not known
 */
export async function withoutOutputs(
  searched: readonly SearchedFile[],
  files: readonly string[],
  ownFolders: readonly string[],
  placeOf: ((source: string) => Promise<readonly string[]>) | null,
  realPath: (path: string) => Promise<string>
): Promise<WithoutOutputs> {
  const result: WithoutOutputs = { kept: [], passedOver: [], leftOut: [] }
  const own = await Promise.all(ownFolders.map(async (folder) => ({ folder, real: await realPath(folder) })))
  const reals = new Map<string, string>()
  const madeOf = new Map<string, string>()
  if (placeOf !== null) {
    for (const source of files) {
      for (const output of await placeOf(source)) {
        if (output !== source) madeOf.set(resolve(output), source)
      }
    }
  }
  for (const { path, folder } of searched) {
    const real = reals.get(folder) ?? (await realPath(folder))
    reals.set(folder, real)
    const realFile = resolve(real, relative(folder, path))
    const within = own.find((one) => isInside(one.real, realFile) && !isInside(one.real, real))
    const source = madeOf.get(path)
    if (within !== undefined) {
      const known = result.passedOver.find((one) => one.folder === within.folder)
      if (known === undefined) result.passedOver.push({ folder: within.folder, files: 1 })
      else known.files++
    } else if (source !== undefined) {
      result.leftOut.push({ source: path, reason: `the output of ${source} goes there` })
    } else result.kept.push(path)
  }
  return result
}
