import { randomBytes } from 'node:crypto'
import { open, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, parse, resolve } from 'node:path'
import { messageOf, systemCodeOf } from '../../media/index.ts'
import type { LayoutedPlace, OutputLayouts, PlaceWish, SourcePart } from '../../model/index.ts'

export interface OutputWish extends PlaceWish {
  /** `--out`, an absolute folder, or null. */
  outDir: string | null
  /** `--name`, with `{stem}` and `{preset}`, or null. */
  nameTemplate: string | null
  /** Its frames are told in the name, so that no two parts of a source meet. */
  part: Pick<SourcePart, 'start' | 'end'> | null
}

/**
 * Where the output of a source goes: into `outDir`; else where the layout says. A name of one's own takes the place of
 * the layout's, in the same folder.
 * @returns the absolute path; or what is wrong with the wish
 */
export async function outputPath(wish: OutputWish, layouts: OutputLayouts): Promise<LayoutedPlace> {
  const chosen = await pathOfWhole(wish, layouts)
  if (chosen.kind === 'wrong' || wish.part === null) return chosen
  const { start, end } = wish.part
  const { dir, name, ext } = parse(chosen.path)
  return { ...chosen, path: join(dir, `${name}_${start}-${end - 1}${ext}`) }
}

async function pathOfWhole(wish: OutputWish, layouts: OutputLayouts): Promise<LayoutedPlace> {
  if (wish.outDir === null && wish.nameTemplate === null) return layouts.place(wish)
  const named = ownName(wish)
  if (named.kind === 'wrong') return { ...named, hint: null }
  if (wish.outDir !== null) return { kind: 'path', path: join(resolve(wish.outDir), named.name) }
  const place = await layouts.place(wish)
  return place.kind === 'wrong' ? place : { kind: 'path', path: join(dirname(place.path), named.name) }
}

function ownName({
  source,
  ...wish
}: OutputWish): { kind: 'name'; name: string } | { kind: 'wrong'; message: string } {
  const stem = basename(source, extname(source))
  const template = wish.nameTemplate ?? '{stem}'
  const unknown = /\{(?!stem\}|preset\})[^}]*\}?/.exec(template)
  if (unknown) {
    return { kind: 'wrong', message: `--name knows {stem} and {preset}, not ${unknown[0]}` }
  }
  const name = template.replaceAll('{stem}', stem).replaceAll('{preset}', wish.preset)
  if (name === '' || name.startsWith('.') || /[/\\\0]/.test(name)) {
    return { kind: 'wrong', message: `${JSON.stringify(name)} is no name for a file (from --name)` }
  }
  return { kind: 'name', name: `${name}.${wish.extension}` }
}

/** What is on disk where an output shall go. */
export type OutputPlace =
  | { kind: 'free'; newFolders: number }
  | { kind: 'exists' }
  | { kind: 'is-source' }
  | { kind: 'unwritable'; message: string }

/**
 * Looks at an output's place, and tries to write there: permissions and read-only disks cannot be told otherwise.
 * Leaves nothing behind.
 */
export async function checkPlace(source: string, output: string): Promise<OutputPlace> {
  const [sourceFile, outputFile] = await Promise.all([stat(source), statOrNull(output)])
  if (resolve(source) === output) return { kind: 'is-source' }
  if (outputFile !== null) {
    const same =
      (outputFile.ino !== 0 && outputFile.ino === sourceFile.ino && outputFile.dev === sourceFile.dev) ||
      (await realpath(source)) === (await realpath(output))
    if (same) return { kind: 'is-source' }
    if (outputFile.isDirectory()) return { kind: 'unwritable', message: `${output} is a folder` }
  }
  let folder = dirname(output)
  let newFolders = 0
  let info = await statOrNull(folder)
  while (info === null && dirname(folder) !== folder) {
    folder = dirname(folder)
    newFolders++
    info = await statOrNull(folder)
  }
  if (info === null || !info.isDirectory())
    return { kind: 'unwritable', message: `${folder} is not a folder` }
  const problem = await tryToWrite(folder)
  if (problem !== null) return { kind: 'unwritable', message: problem }
  return outputFile === null ? { kind: 'free', newFolders } : { kind: 'exists' }
}

async function statOrNull(path: string) {
  try {
    return await stat(path)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return null
    // A file stands where a folder should: the walk upwards finds it.
    if (systemCodeOf(error) === 'ENOTDIR') return null
    throw error
  }
}

/** Makes and removes a file in a folder. @returns null, or `cannot write into <folder>: <why>` */
export async function tryToWrite(folder: string): Promise<string | null> {
  const path = join(folder, `.proxima-try-${randomBytes(8).toString('hex')}`)
  try {
    const file = await open(path, 'wx')
    await file.close()
    return null
  } catch (error) {
    const why: Readonly<Record<string, string>> = {
      EACCES: 'no permission to write there',
      EPERM: 'no permission to write there',
      EROFS: 'it is read-only',
      ENOSPC: 'its disk is full',
      EDQUOT: 'the quota is used up'
    }
    return `cannot write into ${folder}: ${why[systemCodeOf(error) ?? ''] ?? messageOf(error)}`
  } finally {
    await rm(path, { force: true }).catch(() => {}) // what could not be made need not be removed
  }
}
