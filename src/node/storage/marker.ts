import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { chmod, copyFile, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { RootId } from '../../model/index.ts'
import { StorageError, systemCode, systemReason } from './errors.ts'
import { type Marker, markerSchema } from './schemas.ts'

/** The folder of a root that holds its marker and the jobs' chunks. */
export const proximaFolder = '.proxima'
export const markerName = 'root.json'

const maxMarkerBytes = 4_096

/**
 * The marker of a folder, or null when there is none.
 * @throws StorageError `marker-unreadable`
 */
export async function readMarker(folder: string): Promise<Marker | null> {
  const file = join(folder, proximaFolder, markerName)
  let text: string
  try {
    const stats = await stat(file)
    if (!stats.isFile() || stats.size > maxMarkerBytes) throw unreadable(file, 'it is no file of a marker')
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof StorageError) throw error
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw unreadable(file, systemReason(error), error)
  }
  const parsed = markerSchema.safeParse(parseJson(text))
  if (!parsed.success) throw unreadable(file, 'it does not hold id, name and createdAt of a root')
  return parsed.data
}

/**
 * Writes a marker, unless another machine is faster: then theirs is the result.
 * @throws StorageError `cannot-write`, `marker-unreadable`
 */
export async function createMarker(folder: string, name: string, now: Date): Promise<Marker> {
  const home = join(folder, proximaFolder)
  const file = join(home, markerName)
  const marker: Marker = { id: randomBytes(8).toString('hex') as RootId, name, createdAt: now.toISOString() }
  const draft = join(home, `root-${marker.id}.part`)
  try {
    await makeFolderLike(home, await stat(folder))
    const handle = await open(draft, 'wx')
    try {
      await handle.writeFile(`${JSON.stringify(marker, null, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    try {
      await appear(draft, file)
    } finally {
      await unlink(draft)
    }
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') {
      throw new StorageError(
        'cannot-write',
        `no marker can be written into ${folder}: ${systemReason(error)}`,
        {
          hint: 'Share a folder that this user can write in.',
          cause: error
        }
      )
    }
  }
  const written = await readMarker(folder)
  if (!written) throw unreadable(file, 'it went away at once')
  return written
}

/** Puts a complete file under its name, unless one is there already (EEXIST). */
async function appear(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file)
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw error
    // No hard links here (exFAT, some SMB servers).
    await copyFile(draft, file, constants.COPYFILE_EXCL)
  }
}

/**
 * Makes a folder with the mode of another one, so that everybody who works in a shared root can work in it too.
 * Nothing happens when it is there. Its parent must exist.
 */
export async function makeFolderLike(folder: string, model: Stats): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return
    throw error
  }
  try {
    await chmod(folder, (model.mode & 0o7777) | 0o700)
  } catch (error) {
    // Mounts without modes of their own (SMB, exFAT) refuse; there everybody has the mount's rights anyway.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EINVAL'].includes(systemCode(error) ?? '')) throw error
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Said by the schema: undefined is no marker either.
    return undefined
  }
}

function unreadable(file: string, why: string, cause?: unknown): StorageError {
  return new StorageError('marker-unreadable', `the root's marker ${file} cannot be used: ${why}`, {
    hint: 'Check the mount and its permissions; remove the file only if nobody shares this root.',
    cause
  })
}
