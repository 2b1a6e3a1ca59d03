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
