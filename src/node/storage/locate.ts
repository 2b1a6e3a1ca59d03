import { lstat, readdir, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { StorageError, systemCode } from './errors.ts'

/** Whether `path` is `folder` or lies in it: by whole components, of real absolute paths. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/**
 * Where `components` (NFC) lead from `base`, a real path: every symbolic link followed and proved to stay inside,
 * names found as the disk spells them. `missing` are the components at the end that do not exist yet.
 * @throws StorageError `outside-root`, `not-found` (a file where a folder should be)
 */
export async function locate(
  base: string,
  components: readonly string[]
): Promise<{ path: string; missing: readonly string[] }> {
  let current = base
  for (const [index, component] of components.entries()) {
    const name = await nameOnDisk(current, component)
    if (name === null) {
      if (!(await lstat(current)).isDirectory()) throw notAFolder(current)
      const missing = components.slice(index)
      return { path: join(current, ...missing), missing }
    }
    current = await follow(base, join(current, name))
  }
  return { path: current, missing: [] }
}

/** A link's end. One that leads nowhere counts as outside: writing through it would make a file where it points. */
async function follow(base: string, path: string): Promise<string> {
  let real: string
  try {
    real = await realpath(path)
  } catch (error) {
    const code = systemCode(error)
    if (code !== 'ENOENT' && code !== 'ELOOP') throw error
    throw new StorageError('outside-root', `${path} is a link that leads nowhere`, {
      hint: 'Remove or correct the link.',
      cause: error
    })
  }
  if (isInside(base, real)) return real
  throw new StorageError('outside-root', `${path} leads out of the root ${base}, to ${real}`, {
    hint: 'Use the file from a root of its own, or put it into this one.'
  })
}

/** The entry of `folder` that is `component` in NFC, as the disk spells it; null when there is none. */
async function nameOnDisk(folder: string, component: string): Promise<string | null> {
  if (await exists(join(folder, component))) return component
  const decomposed = component.normalize('NFD')
  // Plain names have one spelling; most lookups end here.
  if (decomposed === component) return null
  if (await exists(join(folder, decomposed))) return decomposed
  // Mixed spellings (a Mac's NFD with exceptions) are found by looking at everything.
  try {
    return (await readdir(folder)).find((entry) => entry.normalize('NFC') === component) ?? null
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') throw notAFolder(folder)
    throw error
  }
}

/** Whether something is under that name, be it a link that leads nowhere. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return false
    throw error
  }
}

function notAFolder(path: string): StorageError {
  return new StorageError('not-found', `${path} is a file, not a folder`, { hint: 'Check the path.' })
}

/** The real path of `path`, or of its nearest existing ancestor with the rest as it is. */
export async function realOrPending(path: string): Promise<string> {
  const rest: string[] = []
  for (let head = path; ; ) {
    try {
      return join(await realpath(head), ...rest)
    } catch (error) {
      const code = systemCode(error)
      const parent = join(head, '..')
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || parent === head) throw error
      // A link that leads nowhere exists, without a real path: what it would become cannot be told.
      if (code === 'ENOENT' && (await exists(head))) throw error
      rest.unshift(head.slice(parent.endsWith(sep) ? parent.length : parent.length + 1))
      head = parent
    }
  }
}
