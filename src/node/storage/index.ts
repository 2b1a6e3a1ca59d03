/** Shared storage: roots with markers, root-relative references, work folders. */
export { StorageError, type StorageErrorCode } from './errors.ts'
export { type NodeStorage, openStorage, type StorageCollaborators, type StorageSettings } from './storage.ts'
