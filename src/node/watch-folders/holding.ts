import { systemCode } from '../storage/errors.ts'
import { within } from '../within.ts'
import type { FolderClaim, Hold } from './claim.ts'

export interface HoldingCollaborators {
  tell: (level: 'info' | 'warn', text: string) => void
  onError: (error: unknown, what: string) => void
  /** Runs what asks the storage for the folder when there is room for it, unless that is known to hang. */
  inTurn: (work: () => Promise<unknown>) => Promise<unknown>
}

/** How often it is asked whether others must hear of this node: a look may take longer than they wait. */
const beatEveryMs = 5_000
/** How long storage that hangs is waited for. */
const giveUpLimitMs = 1_000

/** A watched folder as this node has it, or stands by for it; says so when that changes. */
export class Holding {
  readonly #dir: string
  readonly #claim: FolderClaim
  readonly #with: HoldingCollaborators
  #standby: string | null = null
  #beating: NodeJS.Timeout | null = null
  /** A sign of life waits for its turn, or for the storage. */
  #isBeatAsked = false

  constructor(dir: string, claim: FolderClaim, collaborators: HoldingCollaborators) {
    this.#dir = dir
    this.#claim = claim
    this.#with = collaborators
  }

  /** Why this node does not queue from the folder, for a person; null when it does. */
  get standby(): string | null {
    return this.#standby
  }

  /** True when this node queues from the folder. @throws the system's error when the folder is not there */
  async hold(): Promise<boolean> {
    const standby = standbyReason(await this.#claim.hold())
    if (standby !== this.#standby) {
      const news =
        standby === null ? 'watched from here: nobody else does' : `not watched from here: ${standby}`
      this.#with.tell('info', `${this.#dir} is ${news}`)
    }
    this.#standby = standby
    return standby === null
  }

  /** Like `hold`, before the first look, and no longer than a moment: what is in the way the look tells. */
  async tryHold(): Promise<void> {
    await within(
      giveUpLimitMs,
      this.#unlessStorage(() => this.hold())
    )
  }

  /** False when another took over while this machine slept. */
  isMine(): Promise<boolean> {
    return this.#claim.isMine()
  }

  /** Lets others hear of this node from now on, however long its looks take. */
  start(): void {
    this.#beating ??= setInterval(() => {
      if (this.#isBeatAsked || !this.#claim.isBeatDue) return
      this.#isBeatAsked = true
      this.#unlessStorage(() => this.#claim.beat())
        .catch((error: unknown) => {
          this.#with.onError(error, `the claim to ${this.#dir} was not renewed`)
        })
        .finally(() => {
          this.#isBeatAsked = false
        })
    }, beatEveryMs)
  }

  /** The claim stays, for this node's next life. */
  stop(): void {
    if (this.#beating !== null) clearInterval(this.#beating)
    this.#beating = null
  }

  /** Lets others have the folder at once. Where storage is in the way, they wait until the claim is stale. */
  async giveUp(): Promise<void> {
    this.stop()
    await within(
      giveUpLimitMs,
      this.#unlessStorage(() => this.#claim.release())
    )
  }

  async #unlessStorage(work: () => Promise<unknown>): Promise<void> {
    try {
      await this.#with.inTurn(work)
    } catch (error) {
      if (systemCode(error) === null) throw error
    }
  }
}

/** Null where this node queues. */
function standbyReason(hold: Hold): string | null {
  if (hold.kind !== 'other') return null
  const { name, since, taking } = hold
  if (taking) return `${name}, which watched it, has fallen silent: it is taken over`
  return `${name} watches it${since === '' ? '' : ` since ${since}`}; this node takes over when that falls silent`
}
