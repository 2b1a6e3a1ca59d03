export interface LonelyCollaborators {
  /** Whether somebody should be there and nobody is. */
  isLonely: () => boolean
  onLonely: () => void
}

/** Tells once, after `lonelyMs` without a peer, and again after each time that all were lost. */
export class LonelyWatch {
  readonly #lonelyMs: number
  readonly #with: LonelyCollaborators
  #timer: NodeJS.Timeout | null = null

  constructor(lonelyMs: number, collaborators: LonelyCollaborators) {
    this.#lonelyMs = lonelyMs
    this.#with = collaborators
  }

  /** Peers or members came or went. */
  look(): void {
    if (!this.#with.isLonely()) this.stop()
    else {
      this.#timer ??= setTimeout(() => {
        if (this.#with.isLonely()) this.#with.onLonely()
      }, this.#lonelyMs)
    }
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }
}
