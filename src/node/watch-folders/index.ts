/** Watched folders: what appears in them is queued once it is whole. */
export { decide } from './decide.ts'
export { realDisk } from './disk.ts'
export { WatchError } from './errors.ts'
export type { WaitingFile } from './files.ts'
export { heldElsewhere } from './held-elsewhere.ts'
export { WatchFolders } from './watch-folders.ts'
