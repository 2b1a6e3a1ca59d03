import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import type { Logger } from '../../protocol/index.ts'
import { backoffMs } from './backoff.ts'
import { describeDialError } from './dialler.ts'
import type { MeshTimings } from './types.ts'

export interface SeedsCollaborators {
  logger: Logger
  random: () => number
  isLinked: (peer: PeerId) => boolean
  /** Dials whoever listens there; the handshake tells who it is. */
  dial: (address: string) => Promise<Connection>
  /** Somebody who was dialled is this member. */
  onFound: (peer: PeerId, address: string) => void
}

interface Seed {
  address: string
  /** Who was found there. */
  peer: PeerId | null
  failures: number
  timer: NodeJS.Timeout | null
}

/** The addresses of `--peer`: dialled, whoever is there, until the one found there is connected. */
export class Seeds {
  readonly #timings: MeshTimings
  readonly #with: SeedsCollaborators
  readonly #seeds: Seed[]
  #stopped = false

  constructor(addresses: readonly string[], timings: MeshTimings, collaborators: SeedsCollaborators) {
    this.#timings = timings
    this.#with = collaborators
    this.#seeds = addresses.map((address) => ({ address, peer: null, failures: 0, timer: null }))
  }

  /** Tries every one that is not connected now: at the start, and when the network changed. */
  tryAll(): void {
    for (const seed of this.#seeds) {
      seed.failures = 0
      this.#plan(seed, 0)
    }
  }

  stop(): void {
    this.#stopped = true
    for (const seed of this.#seeds) if (seed.timer) clearTimeout(seed.timer)
  }

  #plan(seed: Seed, delayMs: number): void {
    if (this.#stopped) return
    if (seed.timer) clearTimeout(seed.timer)
    seed.timer = setTimeout(() => void this.#try(seed), delayMs)
  }

  async #try(seed: Seed): Promise<void> {
    if (seed.peer && this.#with.isLinked(seed.peer)) return this.#plan(seed, this.#timings.redialMaxMs)
    try {
      const connection = await this.#with.dial(seed.address)
      seed.peer = connection.remotePeer.toString() as PeerId
      this.#with.onFound(seed.peer, seed.address)
    } catch (error) {
      if (error instanceof Error && error.name === 'InvalidPeerIdError') {
        this.#with.logger.info(
          { address: seed.address },
          'an address of --peer is this node itself: left out'
        )
        return
      }
      const reason = describeDialError(error)
      const details = { address: seed.address, reason }
      if (seed.failures === 0)
        this.#with.logger.warn(details, `the peer at ${seed.address} was not reached: ${reason}`)
      else this.#with.logger.debug(details, 'a peer was not reached')
    }
    seed.failures += 1
    const { redialMinMs: minMs, redialMaxMs: maxMs } = this.#timings
    this.#plan(seed, backoffMs(seed.failures, { minMs, maxMs }, this.#with.random))
  }
}
