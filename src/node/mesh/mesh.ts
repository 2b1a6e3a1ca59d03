import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import type { LeaseId, NodeStatus, PeerId, PeerMessage } from '../../model/index.ts'
import {
  ask,
  asProtocolError,
  cleanText,
  logProtocol,
  maxNameChars,
  type TaskLog
} from '../../protocol/index.ts'
import { addressOf, ipOf, plainAddress, portOf, requireHostPort } from './address.ts'
import type { AddressBook } from './address-book.ts'
import { Dialler } from './dialler.ts'
import { type Discovery, startDiscovery } from './discovery.ts'
import { MeshError } from './errors.ts'
import { Faults } from './faults.ts'
import { createGater } from './gater.ts'
import { registerHandlers } from './handlers.ts'
import { startHost } from './host.ts'
import type { Identity } from './identity.ts'
import { Inviter } from './inviter.ts'
import { Links } from './links.ts'
import { LonelyWatch } from './lonely.ts'
import { serviceTagOf } from './mdns-records.ts'
import { Membership } from './membership.ts'
import { peerView } from './peer-view.ts'
import { RosterExchange } from './roster-exchange.ts'
import type { RosterStore } from './roster-store.ts'
import { Seeds } from './seeds.ts'
import { SelfDescription } from './self-description.ts'
import type { Session } from './session.ts'
import { StatusPusher } from './status-pusher.ts'
import type { Mesh, MeshCollaborators, MeshMember, MeshPeer, MeshSettings, MeshTimings } from './types.ts'

/** How long a stopping node waits for what it sent to leave. */
const partingMs = 1_500

export interface MeshParts {
  identity: Identity
  roster: RosterStore
  book: AddressBook
  timings: MeshTimings
}

/** Introduces the parts of the mesh to each other. Each does its work elsewhere. */
export class LibMesh implements Mesh {
  readonly self: PeerId
  readonly #settings: MeshSettings
  readonly #with: MeshCollaborators
  readonly #parts: MeshParts
  readonly #faults: Faults
  readonly #links: Links
  readonly #dialler: Dialler
  readonly #seeds: Seeds
  readonly #inviter: Inviter
  readonly #membership: Membership
  readonly #description: SelfDescription
  readonly #exchange: RosterExchange
  readonly #pusher: StatusPusher
  readonly #lonely: LonelyWatch
  #host: Libp2p | null = null
  #discovery: Discovery | null = null
  #starting: Promise<void> | null = null
  #stopping: Promise<void> | null = null
  /** The mesh that discovery looks for now. */
  #sought: string | null = null

  constructor(settings: MeshSettings, collaborators: MeshCollaborators, parts: MeshParts) {
    const { identity, roster, book, timings } = parts
    const { logger } = collaborators
    const { self, nowMs } = { self: identity.peerId, nowMs: () => performance.now() }
    const { random } = Math
    this.self = self
    this.#settings = { ...settings, name: cleanText(settings.name, maxNameChars) }
    this.#with = collaborators
    this.#parts = parts
    this.#faults = new Faults(logger)
    this.#description = new SelfDescription(this.#settings, roster, () => this.addresses)
    const isLinked = (peer: PeerId) => this.#links.isLinked(peer)
    this.#links = new Links(
      { self, timings },
      {
        logger,
        faults: this.#faults,
        nowMs,
        ownHello: () => this.#description.hello(),
        judge: (hello) => this.#description.judge(hello),
        ownStatus: () => this.#pusher.message(),
        onRosterDigest: (session, digest) => this.#exchange.heard(session, digest),
        onLinked: (session) => this.#linked(session),
        onUnlinked: (peer, reason) => this.#unlinked(peer, reason),
        onPeerConnected: (peer, introduction) => collaborators.onPeerConnected(peer, introduction),
        onPeerDisconnected: (peer, reason) => collaborators.onPeerDisconnected(peer, reason),
        onStatus: (peer, status) => collaborators.onStatus(peer, status),
        onMessage: (message) => collaborators.onMessage(message)
      }
    )
    this.#dialler = new Dialler(
      { self, timings },
      {
        logger,
        nowMs,
        random,
        isLinked,
        isMember: (peer) => roster.has(peer),
        addressesOf: (peer) => book.candidates(peer),
        dial: (peer, addresses) => this.#dial(peer, addresses)
      }
    )
    this.#seeds = new Seeds(settings.peers.map(requireHostPort), timings, {
      logger,
      random,
      isLinked,
      dial: (address) => this.#running().dial(multiaddr(address)),
      onFound: (peer, address) => book.heard(peer, [address])
    })
    this.#inviter = new Inviter(
      { self, name: this.#settings.name, inviteMs: timings.inviteMs, strangerMs: timings.strangerMs },
      {
        logger,
        faults: this.#faults,
        roster,
        nowMs,
        onJoined: (peer, addresses) => this.#met(peer, addresses)
      }
    )
    this.#membership = new Membership(
      { self, name: this.#settings.name },
      {
        roster,
        inviter: this.#inviter,
        reachable: () => this.#description.reachable(),
        dial: (peer, addresses) => this.#dial(peer, addresses),
        onJoined: (inviter, addresses) => this.#met(inviter, addresses)
      }
    )
    this.#exchange = new RosterExchange({ logger, roster, nowMs })
    this.#pusher = new StatusPusher(timings, {
      logger,
      nowMs,
      rosterDigest: () => roster.digest,
      push: () => this.#links.sendStatus()
    })
    this.#lonely = new LonelyWatch(timings.lonelyMs, {
      isLonely: () => roster.members.size > 1 && this.#links.linkedCount === 0,
      onLonely: () => this.#tellLonely()
    })
  }

  get meshId(): string {
    return this.#parts.roster.meshId
  }

  get addresses(): string[] {
    return this.#host?.getMultiaddrs().map(String) ?? []
  }

  /** Open connections, those that are being greeted or dismissed included. */
  get connectionCount(): number {
    return this.#host?.getConnections().length ?? 0
  }

  start(): Promise<void> {
    if (this.#stopping) throw new MeshError('not-started', 'This mesh was stopped; make a new one')
    this.#starting ??= this.#start()
    return this.#starting
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  setStatus(status: NodeStatus): void {
    this.#pusher.set(status)
  }

  send(to: PeerId, message: PeerMessage): void {
    this.#links.send(to, message)
  }

  async requestLog(peer: PeerId, leaseId: LeaseId, signal?: AbortSignal): Promise<TaskLog | null> {
    const session = this.#links.link(peer)?.active
    const name = this.#parts.roster.members.get(peer) ?? peer
    const unreachable = (why: string, cause?: unknown) =>
      new MeshError('peer-unreachable', `The log is on ${name}, ${why}`, {
        hint: 'Try again when it is back.',
        cause
      })
    if (!session || session.refusal !== null) throw unreachable('which is not connected')
    try {
      return (await ask(logProtocol, session.connection, { leaseId }, signal)).log
    } catch (error) {
      const known = asProtocolError(error, 'log')
      throw unreachable(`which did not send it: ${known.message}`, known)
    }
  }

  peers(): MeshPeer[] {
    return this.members()
      .filter((member) => !member.self)
      .map(({ peerId, name }) =>
        peerView({
          peerId,
          rosterName: name,
          link: this.#links.link(peerId),
          dialling: this.#dialler.isDialling(peerId),
          lastError: this.#dialler.lastError(peerId),
          addresses: this.#parts.book.candidates(peerId)
        })
      )
  }

  members(): MeshMember[] {
    return this.#membership.members()
  }

  async invite(): Promise<{ invite: string; expiresAt: Date }> {
    this.#running()
    return this.#membership.invite()
  }

  async join(
    line: string,
    options: { replace?: boolean } = {}
  ): Promise<{ meshId: string; inviterId: PeerId; inviterName: string }> {
    this.#running()
    return this.#membership.join(line, options)
  }

  create(name: string | null = null): Promise<{ meshId: string }> {
    return this.#membership.create(name)
  }

  remove(peer: PeerId): Promise<void> {
    return this.#membership.remove(peer)
  }

  faults(): Record<string, number> {
    return this.#faults.all()
  }

  /** The roster changed, or became another mesh's. Called by the store once it is on disk. */
  rosterChanged(): void {
    const { roster, book } = this.#parts
    const isMember = (peer: PeerId) => roster.has(peer)
    this.#pusher.changed()
    if (this.#host) {
      this.#links.keepOnly(isMember)
      this.#dialler.forget(isMember)
      book.keepOnly(isMember)
      if (this.#sought !== roster.meshId) this.#seek()
      for (const peer of roster.members.keys()) this.#dialler.seen(peer)
      this.#lonely.look()
    }
    if (!roster.has(this.self)) this.#with.logger.error({}, 'this machine was removed from its mesh')
    this.#with.onRosterChanged(roster.members.size)
  }

  async #start(): Promise<void> {
    const { identity, roster } = this.#parts
    const { logger } = this.#with
    const gater = createGater({
      logger,
      isMember: (peer) => roster.has(peer),
      mayAdmitStranger: () => this.#inviter.mayAdmitStranger(),
      joining: () => this.#membership.joining
    })
    const host = await startHost(identity, gater, this.#settings.listen, async (made) => {
      made.addEventListener('connection:open', (event) => this.#opened(event.detail))
      made.addEventListener('connection:close', (event) => this.#closed(event.detail))
      await registerHandlers(made, {
        faults: this.#faults,
        links: this.#links,
        inviter: this.#inviter,
        nowMs: () => performance.now(),
        isMember: (peer) => roster.has(peer),
        ownHello: () => this.#description.hello(),
        exchangeRoster: async (peer, theirs) => {
          await this.#exchange.merge(peer, theirs)
          return roster.data
        },
        readLog: async (leaseId, from) => this.#with.onLogRequest(leaseId, from)
      })
    })
    this.#host = host
    logger.info(
      { peerId: this.self, meshId: this.meshId, addresses: this.addresses },
      'the mesh is listening'
    )
    this.#links.start()
    this.#pusher.start()
    this.#seek()
    this.#seeds.tryAll()
    for (const peer of roster.members.keys()) this.#dialler.seen(peer)
    this.#lonely.look()
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch((error: unknown) => {
      this.#with.logger.debug({ err: error }, 'the mesh is stopped without having started')
    })
    this.#lonely.stop()
    this.#discovery?.stop()
    this.#dialler.stop()
    this.#seeds.stop()
    this.#pusher.stop()
    await this.#links.part(partingMs)
    this.#links.stop()
    this.#inviter.stop()
    await this.#host?.stop()
    await this.#parts.book.saved()
  }

  #running(): Libp2p {
    if (this.#host && !this.#stopping) return this.#host
    throw new MeshError('not-started', 'The mesh is not running')
  }

  #dial(peer: PeerId, addresses: readonly string[]): Promise<Connection> {
    return this.#running().dial(addresses.map((address) => multiaddr(`${address}/p2p/${peer}`)))
  }

  #opened(connection: Connection): void {
    const peer = connection.remotePeer.toString() as PeerId
    if (this.#parts.roster.has(peer)) this.#links.opened(peer, connection)
    // To the inviter: the membership has it in hand.
    else if (connection.direction === 'outbound' && this.#membership.joining === peer) return
    else if (connection.direction === 'inbound') this.#inviter.strangerOpened(connection)
    else connection.abort(new Error('not a member'))
  }

  #closed(connection: Connection): void {
    this.#inviter.strangerClosed(connection)
    this.#links.closed(connection)
  }

  #linked(session: Session): void {
    const { book } = this.#parts
    this.#dialler.linked(session.peer)
    const remote = plainAddress(session.connection.remoteAddr.toString())
    if (session.dialledBySelf && remote) book.worked(session.peer, remote)
    else if (session.hello) this.#learn(session.peer, session.hello.addresses, remote)
    this.#lonely.look()
  }

  /** A peer that dialled in said where it listens: what counts is the address that it came from, with its port. */
  #learn(peer: PeerId, said: readonly string[], remote: string | null): void {
    const { book } = this.#parts
    book.heard(peer, said)
    const ip = remote && ipOf(remote)
    const ports = new Set(
      said
        .map(plainAddress)
        .filter((address) => address !== null)
        .map(portOf)
    )
    if (ip && ports.size === 1) for (const port of ports) book.worked(peer, addressOf(ip, port))
  }

  #unlinked(peer: PeerId, reason: string): void {
    this.#exchange.forget(peer)
    this.#dialler.lost(peer, reason)
    this.#lonely.look()
  }

  /** Somebody says that this member is there now. A hint: the handshake decides. */
  #met(peer: PeerId, addresses: readonly string[]): void {
    const { roster, book } = this.#parts
    if (!roster.has(peer) || peer === this.self) return
    if (book.heard(peer, addresses)) this.#dialler.seen(peer)
  }

  /** Looks for the nodes of the roster's mesh, and no longer for another's. */
  #seek(): void {
    const { roster, timings } = this.#parts
    this.#discovery?.stop()
    if (this.#sought !== null && this.#sought !== roster.meshId) this.#inviter.closeAll()
    this.#sought = roster.meshId
    this.#discovery = startDiscovery(
      {
        enabled: this.#settings.mdns.enabled,
        loopback: this.#settings.mdns.loopback,
        mdnsPort: this.#settings.mdns.port ?? 5353,
        self: this.self,
        serviceTag: serviceTagOf(roster.meshId),
        listenHost: this.#settings.listen.host,
        listenPort: this.#description.port,
        interfacesMs: timings.interfacesMs
      },
      {
        logger: this.#with.logger,
        memberCount: () => roster.members.size,
        onPeer: (peer, addresses) => this.#met(peer, addresses),
        onNetworkChanged: () => {
          for (const peer of roster.members.keys()) this.#dialler.seen(peer)
          this.#seeds.tryAll()
        }
      }
    )
  }

  #tellLonely(): void {
    const others = this.#parts.roster.members.size - 1
    const seconds = Math.round(this.#parts.timings.lonelyMs / 1000)
    this.#with.logger.warn(
      { others },
      `none of the mesh's ${others} other ${others === 1 ? 'machine was' : 'machines were'} found for ${seconds} s. ` +
        'Check that a node runs there, that both are on the same network, and that firewalls let UDP 5353 (mDNS) ' +
        `and TCP ${this.#description.port} through; where multicast is blocked, start with --peer HOST:PORT`
    )
  }
}
