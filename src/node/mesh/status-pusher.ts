import type { NodeStatus } from '../../model/index.ts'
import { boundStatus, type Logger, nodeStatusSchema, type StatusMessage } from '../../protocol/index.ts'
import type { MeshTimings } from './types.ts'

export interface StatusPusherCollaborators {
  logger: Logger
  nowMs: () => number
  rosterDigest: () => string
  /** Sends the current status to every peer. */
  push: () => void
}

/** What this node says of itself: at least every `statusMs`, on change at once but at most every `statusThrottleMs`. */
export class StatusPusher {
  readonly #timings: MeshTimings
  readonly #with: StatusPusherCollaborators
  #status: NodeStatus | null = null
  #pushedMs = Number.NEGATIVE_INFINITY
  #interval: NodeJS.Timeout | null = null
  #soon: NodeJS.Timeout | null = null

  constructor(timings: MeshTimings, collaborators: StatusPusherCollaborators) {
    this.#timings = timings
    this.#with = collaborators
  }

  start(): void {
    this.#interval = setInterval(() => this.#push(), this.#timings.statusMs)
  }

  stop(): void {
    if (this.#interval) clearInterval(this.#interval)
    if (this.#soon) clearTimeout(this.#soon)
    this.#interval = null
    this.#soon = null
  }

  set(status: NodeStatus): void {
    const bounded = boundStatus(status)
    const checked = nodeStatusSchema.safeParse(bounded)
    if (checked.success) this.#status = bounded
    else {
      // Peers would close the stream on it: they keep the last good one.
      this.#with.logger.error(
        { issues: checked.error.issues.slice(0, 3) },
        'the own status is not fit to be sent'
      )
    }
    this.changed()
  }

  /** Something that a status tells has changed. */
  changed(): void {
    if (this.#interval === null || this.#soon) return
    const waitMs = this.#pushedMs + this.#timings.statusThrottleMs - this.#with.nowMs()
    if (waitMs <= 0) this.#push()
    else {
      this.#soon = setTimeout(() => {
        this.#soon = null
        this.#push()
      }, waitMs)
    }
  }

  message(): StatusMessage {
    const rosterDigest = this.#with.rosterDigest()
    return this.#status
      ? { kind: 'status', rosterDigest, status: this.#status }
      : { kind: 'alive', rosterDigest }
  }

  #push(): void {
    this.#pushedMs = this.#with.nowMs()
    this.#with.push()
  }
}
