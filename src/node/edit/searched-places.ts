import type { Places } from '../../timeline/index.ts'

/**
 * The file system as one search for many clips sees it: each folder is listed once, and where the system refuses an
 * answer nothing is, so that one closed folder does not keep the clips elsewhere from being found.
 */
export class SearchedPlaces implements Places {
  readonly #files: Places
  readonly #listed = new Map<string, Promise<readonly string[]>>()
  #refused: string | null = null

  constructor(files: Places) {
    this.#files = files
  }

  look(path: string): ReturnType<Places['look']> {
    return this.#files.look(path).catch((error: unknown) => this.#note(error, null))
  }

  list(folder: string): Promise<readonly string[]> {
    let names = this.#listed.get(folder)
    if (names === undefined) {
      names = this.#files.list(folder).catch((error: unknown) => this.#note(error, []))
      this.#listed.set(folder, names)
    }
    return names
  }

  /** Why the system did not answer since this was asked last, in words for a person, or null. */
  takeRefusal(): string | null {
    const refused = this.#refused
    this.#refused = null
    return refused
  }

  #note<T>(error: unknown, nothing: T): T {
    if (!(error instanceof Error && 'code' in error)) throw error
    const isClosed = error.code === 'EACCES' || error.code === 'EPERM'
    this.#refused ??= isClosed
      ? 'this user may not look into a folder of its path'
      : `its path cannot be looked at (${error.code})`
    return nothing
  }
}
