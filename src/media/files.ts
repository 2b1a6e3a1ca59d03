import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, open, rename, rm, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCodeOf } from './errors.ts'

/**
 * Tells one file from another after a rename. Size and time of last change, which every machine on a share sees alike;
 * inode numbers differ between clients of some shares.
 */
export interface FileIdentity {
  sizeBytes: number
  mtimeMs: number
}

/** The identity of a file, or null when there is none. */
export async function identityOfFile(path: string): Promise<FileIdentity | null> {
  try {
    const info = await stat(path)
    return { sizeBytes: info.size, mtimeMs: Math.floor(info.mtimeMs) }
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')

export const sameFile = (a: FileIdentity, b: FileIdentity): boolean =>
  a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs

/**
 * Whether a source is the one that was planned. In whole seconds: clients of a share tell finer parts of a time
 * differently.
 */
export const sameSource = (a: FileIdentity, b: FileIdentity): boolean =>
  a.sizeBytes === b.sizeBytes && Math.floor(a.mtimeMs / 1000) === Math.floor(b.mtimeMs / 1000)

/** Hands a file's content to the disk. */
export async function flushFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes names in a folder durable, where the system can (Windows and some shares cannot). */
async function flushFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch (error) {
    if (!['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'EACCES'].includes(systemCodeOf(error) ?? '')) throw error
  }
}

/** Writes a small file so that it is there whole or not at all. */
export async function writeDurably(path: string, text: string): Promise<void> {
  const part = `${path}.part`
  const file = await open(part, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, path)
  await flushFolder(dirname(path))
}

/** SHA-256 of a file, hexadecimal. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, {
    highWaterMark: 1 << 20,
    ...(signal ? { signal } : {})
  })) {
    hash.update(chunk)
  }
  return hash.digest('hex')
}

type PublishOutcome = 'published' | 'taken' | 'missing'

/**
 * Gives a verified file its final name. Idempotent: when it has that name already, it is `published`.
 * A file that is there stays (`taken`): asked by a hard link, which no race can slip through, where the disk has such.
 * @param replace true: whatever is there is replaced; an identity: only that very file is
 */
export async function publishFile(
  part: string,
  final: string,
  { identity, replace }: { identity: FileIdentity; replace: boolean | FileIdentity }
): Promise<PublishOutcome> {
  const [partNow, finalNow] = await Promise.all([identityOfFile(part), identityOfFile(final)])
  if (finalNow !== null && sameFile(finalNow, identity)) {
    await rm(part, { force: true })
    return 'published'
  }
  if (partNow === null) return 'missing'
  const mayReplace = typeof replace === 'boolean' ? replace : finalNow !== null && sameFile(finalNow, replace)
  if (mayReplace) await rename(part, final)
  else if (finalNow !== null || !(await linkAs(part, final))) return 'taken'
  await flushFolder(dirname(final))
  return 'published'
}

/** False when the name is taken. */
async function linkAs(part: string, final: string): Promise<boolean> {
  try {
    await link(part, final)
    await unlink(part)
    return true
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'EEXIST') return false
    // FAT and many shares have no hard links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES', 'EINVAL'].includes(code ?? ''))
      throw error
    if ((await identityOfFile(final)) !== null) return false
    await rename(part, final)
    return true
  }
}
