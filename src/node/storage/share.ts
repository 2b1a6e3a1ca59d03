import { realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute } from 'node:path'
import { StorageError, systemReason } from './errors.ts'
import { isInside } from './locate.ts'
import { createMarker, readMarker } from './marker.ts'
import { freeName, type Roots, usualName } from './roots.ts'
import { type RootEntry, rootNameSchema } from './schemas.ts'

export interface ShareContext {
  roots: Roots
  /** The node's home: no root may hold it, or peers could name its files. */
  home: string
  now: () => Date
}

/**
 * Declares where shared storage is mounted on this machine: writes a marker into it, or recognises the one there.
 * Sharing it again, or after it moved, is fine.
 * @param path absolute
 * @param name what to call it here; null for the name that it has, or its folder's
 * @throws StorageError
 */
export async function shareRoot(
  path: string,
  name: string | null,
  context: ShareContext
): Promise<RootEntry> {
  const { roots } = context
  const folder = await realFolder(path)
  await roots.reload()
  if (isInside(folder, await realpath(context.home))) {
    throw new StorageError('root-overlaps', `${folder} cannot be shared: this node's own folder lies in it`, {
      hint: 'Share only the folder that holds the media, or move the node with --home.'
    })
  }
  const others = roots.entries.filter((entry) => entry.path !== folder)
  for (const other of others) await refuseOverlap(folder, other, roots)
  await refuseForeignAncestor(folder)

  const before = await readMarker(folder)
  const here = roots.entries.find((entry) => entry.path === folder)
  const known = roots.entries.find((entry) => entry.id === before?.id)
  if (known && known.path !== folder) await refuseTwin(folder, known, roots)

  // What was at this path, and where this root was, is replaced.
  const rest = roots.entries.filter((entry) => entry.path !== folder && entry !== known)
  const wanted = name === null ? null : checkedName(name)
  if (wanted !== null && rest.some((entry) => entry.name === wanted)) {
    throw new StorageError('name-taken', `another root is called ${wanted} here`, {
      hint: 'Choose another name with --as.'
    })
  }
  const usual = wanted ?? freeName((here ?? known)?.name ?? before?.name ?? usualName(folder), rest)
  const marker = before ?? (await createMarker(folder, usual, context.now()))
  // Another machine may have been faster with its marker, and its name.
  const entry = {
    id: marker.id,
    name: before ? usual : (wanted ?? freeName(marker.name, rest)),
    path: folder
  }
  await roots.save([...rest, entry])
  return entry
}

async function realFolder(path: string): Promise<string> {
  if (!isAbsolute(path) || path.includes('\0')) {
    throw new StorageError('bad-path', `${path} is no absolute path`, {
      hint: 'Give the whole path of a folder.'
    })
  }
  let folder: string
  let isFolder: boolean
  try {
    folder = await realpath(path)
    isFolder = (await stat(folder)).isDirectory()
  } catch (error) {
    throw new StorageError('not-found', `${path} cannot be shared: ${systemReason(error)}`, {
      hint: 'Check the path and that it is mounted.',
      cause: error
    })
  }
  if (!isFolder) {
    throw new StorageError('not-a-folder', `${path} cannot be shared: it is not a folder`, {
      hint: 'Share the folder that holds it.'
    })
  }
  if (dirname(folder) === folder) {
    throw new StorageError('root-overlaps', `${folder} cannot be shared: it is the whole file system`, {
      hint: 'Share only the folder that holds the media.'
    })
  }
  return folder
}

function checkedName(name: string): string {
  const parsed = rootNameSchema.safeParse(name)
  if (parsed.success) return parsed.data
  throw new StorageError('bad-name', `${JSON.stringify(name)} cannot be the name of a root`, {
    hint: 'Use 1 to 64 characters without line breaks.'
  })
}

async function refuseOverlap(folder: string, other: RootEntry, roots: Roots): Promise<void> {
  const proof = await roots.look(other)
  const place = proof.visible ? proof.realPath : other.path
  if (place === folder) return
  const inside = isInside(place, folder)
  if (!inside && !isInside(folder, place)) return
  const how = inside ? 'lies inside' : 'holds'
  throw new StorageError(
    'root-overlaps',
    `${folder} cannot be shared: it ${how} the root ${other.name} (${place})`,
    {
      hint: inside ? 'It can be used through that root already.' : 'Share folders that lie beside each other.'
    }
  )
}

/** A marker further up was written by another machine: the two would name the same files in two ways. */
async function refuseForeignAncestor(folder: string): Promise<void> {
  for (let up = dirname(folder); ; up = dirname(up)) {
    const marker = await readMarker(up)
    if (marker) {
      throw new StorageError(
        'root-overlaps',
        `${folder} cannot be shared: it lies inside ${up}, which is the root ${marker.name}`,
        { hint: `Share that one: proxima-node share '${up}'` }
      )
    }
    if (dirname(up) === up) return
  }
}

async function refuseTwin(folder: string, known: RootEntry, roots: Roots): Promise<void> {
  const proof = await roots.look(known)
  if (!proof.visible || proof.realPath === folder) return
  throw new StorageError(
    'root-shared-twice',
    `${folder} has the marker of the root ${known.name}, which is at ${known.path} here`,
    { hint: 'If it is a copy, remove its .proxima folder; if it is a second mount, use the first.' }
  )
}
