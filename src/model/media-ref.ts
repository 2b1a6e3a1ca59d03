import type { RootId } from './ids.ts'

/**
 * A file by shared root and relative path: the only way in which media is named on the wire.
 * `path` has forward slashes, is Unicode NFC, has no empty, `.` or `..` component and never starts with a slash.
 */
export interface RootRef {
  root: RootId
  path: string
}

/** A file outside every root: an absolute path that means something on the owner's machine only. */
export interface LocalRef {
  local: string
}

export type MediaRef = RootRef | LocalRef

export const isRootRef = (ref: MediaRef): ref is RootRef => 'root' in ref

/** Windows refuses these in names; `:` would even open another stream of a file, or another drive. */
const windowsForbids = /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i

/**
 * What keeps `path` from being the path of a RootRef, in words for a person; null when it may be one.
 * Everything that comes from a peer must pass here before it is joined to anything (S9).
 * @param platform of the machine that would resolve it; null leaves out what only one system forbids.
 */
export function whyBadRootPath(path: string, platform: string | null = null): string | null {
  if (path === '') return 'it is empty'
  if (path.length > maxRootPathLength) return `it is longer than ${maxRootPathLength} characters`
  if (path.includes('\0')) return 'it holds a zero character'
  if (path.includes('\\')) return 'it holds a backslash'
  if (path.startsWith('/')) return 'it is absolute'
  if (path.normalize('NFC') !== path) return 'it is not in Unicode NFC'
  for (const component of path.split('/')) {
    if (component === '') return 'it has an empty component'
    if (component === '.' || component === '..') return `it has the component ${component}`
    if (platform === 'win32' && windowsForbids.test(component))
      return `Windows cannot hold the name ${component}`
  }
  return null
}

/** Of `path` in a RootRef, in UTF-16 units: what Linux takes of a whole path (PATH_MAX). */
export const maxRootPathLength = 4_096
