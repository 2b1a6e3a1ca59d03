import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import type {
  LeaseId,
  NodeStatus,
  PeerId,
  PeerMessage,
  ProofAnswer,
  SteerOrder,
  WatchNews,
  WatchQuestion
} from '../../model/index.ts'
import {
  cleanText,
  maxNameChars,
  type ProofQuestion,
  type RosterData,
  type TaskLog
} from '../../protocol/index.ts'
import type { AddressBook } from './address-book.ts'
import { MeshError } from './errors.ts'
import { Faults } from './faults.ts'
import { Finder } from './finder.ts'
import { forgetMembership } from './forget.ts'
import { createGater } from './gater.ts'
import { registerHandlers } from './handlers.ts'
import { startHost } from './host.ts'
import type { Identity } from './identity.ts'
import { Inviter } from './inviter.ts'
import { LibLine, partFrom } from './lib-line.ts'
import { Links } from './links.ts'
import { Membership } from './membership.ts'
import { peerView } from './peer-view.ts'
import { Questions } from './questions.ts'
import { RosterExchange } from './roster-exchange.ts'
import type { RosterStore } from './roster-store.ts'
import { SelfDescription } from './self-description.ts'
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
  readonly #description: SelfDescription
  readonly #links: Links<LibLine>
  readonly #finder: Finder
  readonly #inviter: Inviter
  readonly #membership: Membership
  readonly #exchange: RosterExchange
  readonly #pusher: StatusPusher
  readonly #questions: Questions
  #host: Libp2p | null = null
  #starting: Promise<void> | null = null
  #stopping: Promise<void> | null = null
  #leaving = false

  constructor(given: MeshSettings, collaborators: MeshCollaborators, parts: MeshParts) {
    const { identity, roster, book, timings } = parts
    const { logger } = collaborators
    const self = identity.peerId
    const settings = { ...given, name: cleanText(given.name, maxNameChars) }
    const nowMs = () => performance.now()
    const faults = new Faults(logger)
    const dialPeer = (peer: PeerId, addresses: readonly string[]) =>
      this.#running().dial(addresses.map((address) => multiaddr(`${address}/p2p/${peer}`)))
    this.self = self
    this.#settings = settings
    this.#with = collaborators
    this.#parts = parts
    this.#faults = faults
    this.#description = new SelfDescription(settings, roster, () => this.addresses)
    this.#links = new Links(
      { self, timings },
      {
        logger,
        nowMs,
        later: (delayMs, callback) => {
          const timer = setTimeout(callback, delayMs)
          return () => clearTimeout(timer)
        },
        ownHello: () => this.#description.hello(),
        judge: (hello) => this.#description.judge(hello),
        ownStatus: () => this.#pusher.message(),
        onRosterDigest: (session, digest) => this.#exchange.heard(session, digest),
        onLinked: (session) => this.#finder.linked(session),
        onUnlinked: (peer, reason) => {
          this.#exchange.forget(peer)
          this.#finder.unlinked(peer, reason)
        },
        onPeerConnected: (peer, introduction) => collaborators.onPeerConnected(peer, introduction),
        onPeerDisconnected: (peer, reason) => collaborators.onPeerDisconnected(peer, reason),
        onStatus: (peer, status) => collaborators.onStatus(peer, status),
        onMessage: (message) => collaborators.onMessage(message)
      }
    )
    this.#questions = new Questions({
      logger,
      nowMs,
      links: this.#links,
      nameOf: (peer) => this.peers().find(({ peerId }) => peerId === peer)?.name ?? peer
    })
    this.#finder = new Finder(self, settings, timings, {
      logger,
      roster,
      book,
      nowMs,
      isLinked: (peer) => this.#links.isLinked(peer),
      linkedCount: () => this.#links.linkedCount,
      port: () => this.#description.port,
      dialPeer,
      dialAddress: (address) => this.#running().dial(multiaddr(address))
    })
    this.#inviter = new Inviter(
      { self, name: settings.name, inviteMs: timings.inviteMs, strangerMs: timings.strangerMs },
      { logger, faults, roster, nowMs, onJoined: (peer, addresses) => this.#finder.met(peer, addresses) }
    )
    this.#membership = new Membership(
      { self, name: settings.name },
      {
        roster,
        inviter: this.#inviter,
        reachable: () => this.#description.reachable(),
        dial: dialPeer,
        onJoined: (inviter, addresses) => this.#finder.met(inviter, addresses)
      }
    )
    this.#exchange = new RosterExchange({ logger, roster, nowMs })
    this.#pusher = new StatusPusher(timings, {
      logger,
      nowMs,
      rosterDigest: () => roster.digest,
      push: () => this.#links.sendStatus()
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

  requestLog(peer: PeerId, leaseId: LeaseId, signal?: AbortSignal): Promise<TaskLog | null> {
    return this.#questions.log(peer, leaseId, signal)
  }

  askProof(peer: PeerId, question: ProofQuestion): Promise<ProofAnswer> {
    return this.#questions.proof(peer, question)
  }

  watch(peer: PeerId, question: WatchQuestion, signal: AbortSignal): AsyncIterable<WatchNews> {
    return this.#questions.watch(peer, question, signal)
  }

  steer(peer: PeerId, order: SteerOrder): Promise<NodeStatus> {
    return this.#questions.steer(peer, order)
  }

  peers(): MeshPeer[] {
    const isMember = this.#parts.roster.has(this.self)
    return this.members()
      .filter((member) => !member.self)
      .map(({ peerId, name }) =>
        peerView({
          peerId,
          rosterName: name,
          isMember,
          link: this.#links.link(peerId),
          dialling: this.#finder.isDialling(peerId),
          lastError: this.#finder.lastError(peerId),
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
    return this.#membership.remove(peer, (data) => this.#tell(peer, data))
  }

  async leave(): Promise<{ told: number; others: number }> {
    const { roster, book } = this.#parts
    const others = this.members().filter((member) => !member.self)
    if (others.length === 0) {
      throw new MeshError('alone', 'There is no other machine in this mesh to leave', { exitStatus: 2 })
    }
    this.#running()
    this.#leaving = true
    await roster.remove(this.self)
    const heard = await Promise.all(others.map(({ peerId }) => this.#tell(peerId, roster.data)))
    await this.stop()
    await book.saved()
    await forgetMembership(this.#settings.home)
    return { told: heard.filter((did) => did).length, others: others.length }
  }

  /** False when it is not connected, or did not hear. */
  async #tell(peer: PeerId, data: RosterData): Promise<boolean> {
    const session = this.#links.link(peer)?.active
    return session ? this.#exchange.tell(session, data) : false
  }

  faults(): Record<string, number> {
    return this.#faults.all()
  }

  /** The roster changed, or became another mesh's (`left`). Called by the store once it is on disk. */
  rosterChanged(left: boolean): void {
    const { roster } = this.#parts
    if (left) this.#inviter.closeAll()
    this.#pusher.changed()
    if (this.#host && !this.#stopping) {
      this.#links.keepOnly((peer) => roster.has(peer))
      this.#finder.rosterChanged()
    }
    if (!roster.has(this.self) && !this.#leaving) {
      this.#with.logger.error(
        {},
        'this machine was removed from its mesh: `proxima-node mesh leave` makes it a new one, which may be invited'
      )
    }
    this.#with.onRosterChanged(roster.members.size)
  }

  async #start(): Promise<void> {
    const { identity, roster } = this.#parts
    const { logger } = this.#with
    const isMember = (peer: PeerId) => roster.has(peer)
    const gater = createGater({
      logger,
      isMember,
      mayAdmitStranger: () => this.#inviter.mayAdmitStranger(),
      joining: () => this.#membership.joining
    })
    this.#host = await startHost(identity, gater, this.#settings.listen, async (host) => {
      host.addEventListener('connection:open', (event) => this.#opened(event.detail))
      host.addEventListener('connection:close', (event) => this.#closed(event.detail))
      await registerHandlers(host, {
        faults: this.#faults,
        links: this.#links,
        inviter: this.#inviter,
        nowMs: () => performance.now(),
        watchStallMs: this.#parts.timings.watchStallMs,
        isMember,
        ownHello: () => this.#description.hello(),
        exchangeRoster: async (peer, theirs) => {
          await this.#exchange.merge(peer, theirs)
          return roster.data
        },
        readLog: async (leaseId, from) => this.#with.onLogRequest(leaseId, from),
        prove: (question, from) => this.#with.onProofRequest(question, from),
        watched: (question, from, signal) => this.#with.onWatch(question, from, signal),
        steered: (order, from) => this.#with.onSteer(order, from)
      })
    })
    logger.info(
      { peerId: this.self, meshId: this.meshId, addresses: this.addresses },
      'the mesh is listening'
    )
    this.#links.start()
    this.#pusher.start()
    this.#finder.start()
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch((error: unknown) => {
      this.#with.logger.debug({ err: error }, 'the mesh is stopped without having started')
    })
    this.#finder.stop()
    this.#pusher.stop()
    const signal = AbortSignal.timeout(partingMs)
    await Promise.all(this.#links.beginParting().map((session) => partFrom(session, signal)))
    this.#links.stop()
    this.#inviter.stop()
    await this.#host?.stop()
    await this.#parts.book.saved()
  }

  #running(): Libp2p {
    if (this.#host && !this.#stopping) return this.#host
    throw new MeshError('not-started', 'The mesh is not running')
  }

  #opened(connection: Connection): void {
    const peer = connection.remotePeer.toString() as PeerId
    if (this.#parts.roster.has(peer)) this.#links.opened(peer, this.#lineOf(peer, connection))
    // To the inviter: the membership has it in hand.
    else if (connection.direction === 'outbound' && this.#membership.joining === peer) return
    else if (connection.direction === 'inbound') this.#inviter.strangerOpened(connection)
    else connection.abort(new Error('not a member'))
  }

  #lineOf(peer: PeerId, connection: Connection): LibLine {
    const { logger } = this.#with
    return new LibLine(peer, connection, { logger, faults: this.#faults, nowMs: () => performance.now() })
  }

  #closed(connection: Connection): void {
    this.#inviter.strangerClosed(connection)
    this.#links.closed(connection.id)
  }
}
