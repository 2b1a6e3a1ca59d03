import type { Moment } from './files.ts'

export interface PresenceCollaborators {
  moment: () => Moment
  /** A line for a person's log. */
  tell: (level: 'info' | 'warn', text: string) => void
}

/** Whether a watched folder is there and seen whole, and what of it is not; told when that changes. */
export class Presence {
  readonly #dir: () => string
  readonly #with: PresenceCollaborators
  #away: string | null = null
  #problem: string | null = null
  /** What of it is left to others. */
  #left: string | null = null
  /** Since when the storage says nothing, ISO 8601. */
  #silentSince: string | null = null

  constructor(dir: () => string, collaborators: PresenceCollaborators) {
    this.#dir = dir
    this.#with = collaborators
  }

  /** Why it is not there, or null. */
  get away(): string | null {
    return this.#away
  }

  /** What of it is not looked at, or null. */
  get problem(): string | null {
    return this.#problem ?? this.#left
  }

  /** What waits for the storage goes on waiting. */
  fallSilent(): void {
    const since = this.#silentSince ?? new Date(this.#with.moment().wallMs).toISOString()
    this.goAway(`the storage does not answer since ${since}`)
    this.#silentSince = since
  }

  goAway(why: string): void {
    if (this.#away === null) {
      this.#with.tell('warn', `the watched folder ${this.#dir()} is away: ${why}; it is waited for`)
    }
    this.#away = why
    this.#silentSince = null
  }

  /** @param problem why it is not seen whole, or null */
  beThere(problem: string | null): void {
    if (this.#away !== null) this.#with.tell('info', `the watched folder ${this.#dir()} is back`)
    if (problem !== null && problem !== this.#problem) {
      this.#with.tell('warn', `the watched folder ${this.#dir()} is not seen whole: ${problem}`)
    }
    this.#away = null
    this.#silentSince = null
    this.#problem = problem
  }

  leave(left: string | null): void {
    if (left !== null && left !== this.#left) {
      this.#with.tell('info', `of the watched folder ${this.#dir()}, ${left}`)
    }
    this.#left = left
  }
}
