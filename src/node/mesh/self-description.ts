import { type Hello, protocolMajor, versionSeries, whyIncompatible } from '../../protocol/index.ts'
import { plainAddress, portOf } from './address.ts'
import { listInterfaces, reachableAddresses } from './interfaces.ts'
import type { RosterStore } from './roster-store.ts'
import type { MeshSettings } from './types.ts'

/** The bound that a hello has for its addresses. */
const maxAddresses = 16

/** What this node says of itself in a hello, and what it thinks of another's. */
export class SelfDescription {
  readonly #settings: MeshSettings
  readonly #roster: RosterStore
  readonly #listening: () => string[]

  /** `listening` gives the multiaddrs that the host listens on now. */
  constructor(settings: MeshSettings, roster: RosterStore, listening: () => string[]) {
    this.#settings = settings
    this.#roster = roster
    this.#listening = listening
  }

  /** The TCP port that others must use. */
  get port(): number {
    const own = this.#listening()
      .map(plainAddress)
      .find((address) => address !== null)
    return own ? portOf(own) : this.#settings.listen.port
  }

  /** Where others can reach this node now, as plain multiaddr text. */
  reachable(): string[] {
    return reachableAddresses(listInterfaces(), this.#settings.listen.host, this.port).slice(0, maxAddresses)
  }

  hello(): Hello {
    const { name, version, ffmpegVersion, bootId } = this.#settings
    return {
      protocol: protocolMajor,
      meshId: this.#roster.meshId,
      name,
      version,
      ffmpegVersion,
      bootId,
      agreement: this.#agreement,
      rosterDigest: this.#roster.digest,
      addresses: this.reachable()
    }
  }

  /** Why the peer of this hello must not be given work, in words for a person; null when it may. */
  judge(hello: Hello): string | null {
    if (hello.meshId !== this.#roster.meshId) return 'it is in another mesh now'
    const own = { protocol: protocolMajor, agreement: this.#agreement, version: this.#settings.version }
    return whyIncompatible(own, hello)
  }

  get #agreement(): string {
    return this.#settings.agreement ?? versionSeries(this.#settings.version)
  }
}
