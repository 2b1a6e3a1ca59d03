import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import type { Logger } from '../../protocol/index.ts'
import { addressOf, ipOf, plainAddress, portOf, requireHostPort } from './address.ts'
import type { AddressBook } from './address-book.ts'
import { Dialler } from './dialler.ts'
import { type Discovery, startDiscovery } from './discovery.ts'
import type { LibSession } from './lib-line.ts'
import { LonelyWatch } from './lonely.ts'
import { serviceTagOf } from './mdns-records.ts'
import type { RosterStore } from './roster-store.ts'
import { Seeds } from './seeds.ts'
import type { MeshSettings, MeshTimings } from './types.ts'

export interface FinderCollaborators {
  logger: Logger
  roster: RosterStore
  book: AddressBook
  nowMs: () => number
  isLinked: (peer: PeerId) => boolean
  linkedCount: () => number
  /** The TCP port that this node listens on. */
  port: () => number
  dialPeer: (peer: PeerId, addresses: readonly string[]) => Promise<Connection>
  /** Dials whoever is there. */
  dialAddress: (address: string) => Promise<Connection>
}

/** Finds the members that are not connected: by announcements, given addresses and memory; and dials them. */
export class Finder {
  readonly #self: PeerId
  readonly #settings: MeshSettings
  readonly #timings: MeshTimings
  readonly #with: FinderCollaborators
  readonly #dialler: Dialler
  readonly #seeds: Seeds
  readonly #lonely: LonelyWatch
  #discovery: Discovery | null = null
  /** The mesh that is looked for now; null before the start. */
  #sought: string | null = null

  /** Throws MeshError `bad-peer-address` for settings that hold one. */
  constructor(
    self: PeerId,
    settings: MeshSettings,
    timings: MeshTimings,
    collaborators: FinderCollaborators
  ) {
    const { logger, roster, book, nowMs, isLinked } = collaborators
    const { random } = Math
    this.#self = self
    this.#settings = settings
    this.#timings = timings
    this.#with = collaborators
    this.#dialler = new Dialler(
      { self, timings },
      {
        logger,
        nowMs,
        random,
        isLinked,
        isMember: (peer) => roster.has(peer),
        addressesOf: (peer) => book.candidates(peer),
        dial: (peer, addresses) => collaborators.dialPeer(peer, addresses)
      }
    )
    this.#seeds = new Seeds(settings.peers.map(requireHostPort), timings, {
      logger,
      random,
      isLinked,
      dial: (address) => collaborators.dialAddress(address),
      onFound: (peer, address) => book.heard(peer, [address])
    })
    this.#lonely = new LonelyWatch(timings.lonelyMs, {
      isLonely: () => roster.members.size > 1 && collaborators.linkedCount() === 0,
      onLonely: () => this.#tellLonely()
    })
  }

  start(): void {
    this.#seek()
    this.#lonely.look()
  }

  stop(): void {
    this.#lonely.stop()
    this.#discovery?.stop()
    this.#dialler.stop()
    this.#seeds.stop()
  }

  isDialling(peer: PeerId): boolean {
    return this.#dialler.isDialling(peer)
  }

  lastError(peer: PeerId): string | null {
    return this.#dialler.lastError(peer)
  }

  /** Somebody says that this member is there now. A hint: the handshake decides. */
  met(peer: PeerId, addresses: readonly string[]): void {
    const { roster, book } = this.#with
    if (!roster.has(peer) || peer === this.#self) return
    if (book.heard(peer, addresses)) this.#dialler.seen(peer)
  }

  linked(session: LibSession): void {
    this.#dialler.linked(session.peer)
    const remote = plainAddress(session.line.connection.remoteAddr.toString())
    if (session.dialledBySelf && remote) this.#with.book.worked(session.peer, remote)
    else if (session.hello) this.#learn(session.peer, session.hello.addresses, remote)
    this.#lonely.look()
  }

  unlinked(peer: PeerId, reason: string): void {
    this.#dialler.lost(peer, reason)
    this.#lonely.look()
  }

  /** The roster changed, or became another mesh's. */
  rosterChanged(): void {
    const { roster, book } = this.#with
    const isMember = (peer: PeerId) => roster.has(peer)
    this.#dialler.forget(isMember)
    book.keepOnly(isMember)
    if (this.#sought !== roster.meshId) this.#seek()
    this.#dialMembers()
    this.#lonely.look()
  }

  /** A peer that dialled in said where it listens: what counts is the address that it came from, with its port. */
  #learn(peer: PeerId, said: readonly string[], remote: string | null): void {
    const { book } = this.#with
    book.heard(peer, said)
    const ip = remote && ipOf(remote)
    const plain = said.map(plainAddress).filter((address) => address !== null)
    const [port, ...otherPorts] = new Set(plain.map(portOf))
    if (ip && port !== undefined && otherPorts.length === 0) book.worked(peer, addressOf(ip, port))
  }

  #dialMembers(): void {
    for (const peer of this.#with.roster.members.keys()) this.#dialler.seen(peer)
  }

  /** Looks for the nodes of the roster's mesh, and no longer for another's. */
  #seek(): void {
    const { roster, logger } = this.#with
    const { mdns, listen } = this.#settings
    this.#discovery?.stop()
    this.#sought = roster.meshId
    this.#discovery = startDiscovery(
      {
        enabled: mdns.enabled,
        loopback: mdns.loopback,
        mdnsPort: mdns.port ?? 5353,
        self: this.#self,
        serviceTag: serviceTagOf(roster.meshId),
        listenHost: listen.host,
        listenPort: this.#with.port(),
        interfacesMs: this.#timings.interfacesMs
      },
      {
        logger,
        memberCount: () => roster.members.size,
        onPeer: (peer, addresses) => this.met(peer, addresses),
        // Also at the start: what was out of reach may be within it now.
        onNetworkChanged: () => {
          this.#dialMembers()
          this.#seeds.tryAll()
        }
      }
    )
  }

  #tellLonely(): void {
    const others = this.#with.roster.members.size - 1
    const seconds = Math.round(this.#timings.lonelyMs / 1000)
    this.#with.logger.warn(
      { others },
      `none of the mesh's ${others} other ${others === 1 ? 'machine was' : 'machines were'} found for ${seconds} s. ` +
        'Check that a node runs there, that both are on the same network, and that firewalls let UDP 5353 (mDNS) ' +
        `and TCP ${this.#with.port()} through; where multicast is blocked, start with --peer HOST:PORT`
    )
  }
}
