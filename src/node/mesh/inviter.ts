import { setTimeout as wait } from 'node:timers/promises'
import type { Connection, Stream } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import { asProtocolError, type Logger, pairAsInviter } from '../../protocol/index.ts'
import type { Faults } from './faults.ts'
import { encodeInvite, OpenInvites } from './invite.ts'
import type { RosterStore } from './roster-store.ts'

export interface InviterSettings {
  self: PeerId
  name: string
  inviteMs: number
  strangerMs: number
}

export interface InviterCollaborators {
  logger: Logger
  faults: Faults
  roster: RosterStore
  nowMs: () => number
  /** A stranger became a member; it listens at these addresses. */
  onJoined: (peer: PeerId, addresses: string[]) => void
}

/** Strangers that may be connected at once while an invite is open. */
const maxStrangers = 8
/** This many wrong proofs are answered at once; each further one waits longer, up to `maxDelayMs`. */
const freeTries = 3
const maxDelayMs = 5_000
/** The count of wrong proofs is forgotten after a quiet time. */
const forgiveMs = 60_000
/** The other end of a conversation that ended hangs up; after this long this end does. */
const hangUpMs = 1_000

/** This node as the one who invites: open invites, and the strangers that come with them. */
export class Inviter {
  readonly #settings: InviterSettings
  readonly #with: InviterCollaborators
  readonly #invites = new OpenInvites()
  readonly #strangers = new Map<string, { connection: Connection; timer: NodeJS.Timeout; talking: boolean }>()
  #wrongTries = 0
  #wrongMs = 0

  constructor(settings: InviterSettings, collaborators: InviterCollaborators) {
    this.#settings = settings
    this.#with = collaborators
  }

  /** A new invite to this node's mesh. Throws MeshError `too-many-invites`. */
  issue(addresses: string[]): { invite: string; expiresAt: Date } {
    const { self, inviteMs } = this.#settings
    const token = this.#invites.issue(this.#with.nowMs(), inviteMs)
    return {
      invite: encodeInvite({ inviter: self, token, addresses }),
      // For the person who reads it; what counts is the monotonic clock.
      expiresAt: new Date(Date.now() + inviteMs)
    }
  }

  /** This node left its mesh: nobody can be invited to it from here. */
  closeAll(): void {
    this.#invites.clear()
  }

  mayAdmitStranger(): boolean {
    return this.#strangers.size < maxStrangers && this.#invites.anyOpen(this.#with.nowMs())
  }

  /** A stranger is connected: for a few seconds, to pair. */
  strangerOpened(connection: Connection): void {
    if (!this.mayAdmitStranger()) {
      connection.abort(new Error('not a member'))
      return
    }
    const timer = setTimeout(() => {
      // A conversation has a deadline of its own, and dismisses the stranger at its end.
      if (!this.#strangers.get(connection.id)?.talking) this.#dismiss(connection)
    }, this.#settings.strangerMs)
    this.#strangers.set(connection.id, { connection, timer, talking: false })
  }

  strangerClosed(connection: Connection): void {
    const stranger = this.#strangers.get(connection.id)
    if (!stranger) return
    clearTimeout(stranger.timer)
    this.#strangers.delete(connection.id)
  }

  /**
   * Somebody opened the pairing protocol: a stranger, or a member that does not know (any more) that it is one, since
   * it left, lost its roster, or died before it had written it down.
   */
  async pair(stream: Stream, connection: Connection): Promise<void> {
    const joiner = connection.remotePeer.toString() as PeerId
    const stranger = this.#strangers.get(connection.id)
    if (stranger ? stranger.talking : !this.#with.roster.has(joiner)) {
      stream.abort(new Error('not now'))
      return
    }
    if (stranger) stranger.talking = true
    const { logger, faults, roster, nowMs } = this.#with
    try {
      const knock = await pairAsInviter(stream, joiner, {
        self: this.#settings.self,
        name: this.#settings.name,
        mayJudge: () => this.#mayJudge(),
        redeem: (proof, context) => {
          const token = this.#invites.redeem(proof, context, nowMs())
          if (!token) {
            this.#wrongTries += 1
            this.#wrongMs = nowMs()
          }
          return token ? { token } : null
        },
        admit: async (peer, { name }) => {
          if (await roster.vouch(peer, name)) return roster.data
          logger.warn(
            { peer },
            'a machine with a good invite was refused: its key was removed from the mesh for good'
          )
          return null
        }
      })
      if (stranger) stranger.talking = false
      if (knock) {
        logger.info(
          { peer: joiner, name: knock.name },
          `${knock.name} (…${joiner.slice(-6)}) joined the mesh`
        )
        const remote = connection.remoteAddr
        await connection.close().catch((error: Error) => connection.abort(error))
        this.#with.onJoined(joiner, knock.addresses)
        logger.debug({ peer: joiner, address: remote.toString() }, 'paired')
        return
      }
      logger.warn(
        { peer: joiner },
        'a machine that wanted to join was refused: wrong, used or expired invite'
      )
    } catch (error) {
      if (stranger) stranger.talking = false
      const known = asProtocolError(error, 'pairing')
      if (known.code === 'stream-closed')
        logger.info({ peer: joiner }, `pairing was broken off: ${known.message}`)
      else faults.count(joiner, 'pair', known.code, known.message)
    }
    // A member's connection is not the inviter's to close: it may be in use.
    if (stranger) setTimeout(() => this.#dismiss(connection), hangUpMs).unref()
  }

  stop(): void {
    this.#invites.clear()
    for (const { timer } of this.#strangers.values()) clearTimeout(timer)
    this.#strangers.clear()
  }

  /** Judging gets slow after a few wrong proofs, whoever gave them: peer ids cost nothing. */
  async #mayJudge(): Promise<void> {
    if (this.#with.nowMs() - this.#wrongMs > forgiveMs) this.#wrongTries = 0
    const over = this.#wrongTries - freeTries
    if (over >= 0) await wait(Math.min(maxDelayMs, 1_000 * 2 ** over))
  }

  #dismiss(connection: Connection): void {
    this.strangerClosed(connection)
    if (connection.status === 'open') connection.abort(new Error('strangers may not stay'))
  }
}
