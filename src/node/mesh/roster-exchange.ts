import type { PeerId } from '../../model/index.ts'
import { ask, asProtocolError, type Logger, type RosterData, rosterProtocol } from '../../protocol/index.ts'
import type { LibSession } from './lib-line.ts'
import type { RosterStore } from './roster-store.ts'

export interface RosterExchangeCollaborators {
  logger: Logger
  roster: RosterStore
  nowMs: () => number
}

/** How long a peer may take to hear of a removal. */
const tellMs = 1_500

/** Rosters that stay different (one is full, or will not write) are compared no more often than this. */
const againMs = 2_000

/** Makes this node's roster and a peer's the same, whenever their digests differ. */
export class RosterExchange {
  readonly #with: RosterExchangeCollaborators
  /** When this digest of this peer was last looked into. */
  readonly #asked = new Map<PeerId, { digests: string; atMs: number }>()

  constructor(collaborators: RosterExchangeCollaborators) {
    this.#with = collaborators
  }

  /** A peer told its digest. */
  heard(session: LibSession, digest: string): void {
    const { roster, nowMs, logger } = this.#with
    if (digest === roster.digest || session.hello?.meshId !== roster.meshId) return
    const digests = `${digest} ${roster.digest}`
    const last = this.#asked.get(session.peer)
    if (last && last.digests === digests && nowMs() - last.atMs < againMs) return
    this.#asked.set(session.peer, { digests, atMs: nowMs() })
    ask(rosterProtocol, session.line.connection, roster.data)
      .then((theirs) => this.merge(session.peer, theirs))
      .catch((error: unknown) => {
        const known = asProtocolError(error, 'roster exchange')
        logger.debug({ peer: session.peer, code: known.code }, `rosters were not exchanged: ${known.message}`)
      })
  }

  /** Tells a peer a roster, and waits until it has heard. False when it did not in time. */
  async tell(session: LibSession, data: RosterData): Promise<boolean> {
    try {
      await ask(rosterProtocol, session.line.connection, data, AbortSignal.timeout(tellMs))
      return true
    } catch (error) {
      const known = asProtocolError(error, 'roster')
      this.#with.logger.debug({ peer: session.peer, code: known.code }, 'a roster was not answered')
      // Whoever hears that this node is no member any more hangs up instead of answering.
      return known.code === 'stream-closed'
    }
  }

  /** Takes over what a peer's roster adds. */
  async merge(peer: PeerId, theirs: RosterData): Promise<void> {
    const refused = await this.#with.roster.merge(theirs)
    if (refused > 0)
      this.#with.logger.warn({ peer, refused }, 'statements of a roster were refused: they do not count')
  }

  forget(peer: PeerId): void {
    this.#asked.delete(peer)
  }
}
