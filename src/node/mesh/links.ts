import type { NodeStatus, PeerId, PeerMessage } from '../../model/index.ts'
import type { Hello, Logger, StatusMessage } from '../../protocol/index.ts'
import { chooseConnection } from './dial-rule.ts'
import { type Later, type Line, Timers } from './line.ts'
import { stoodStill, vitalityOf } from './liveness.ts'
import { Session } from './session.ts'
import type { MeshHandlers, MeshTimings, PeerIntroduction } from './types.ts'

/** What is known of one member, connected or not. */
export interface Link<L extends Line = Line> {
  readonly peer: PeerId
  /** Every connection to it, also those that are being greeted. */
  readonly sessions: Set<Session<L>>
  /** The connection that counts; null while there is none. */
  active: Session<L> | null
  /** When the last byte came, monotonic. */
  heardMs: number
  suspect: boolean
  status: NodeStatus | null
  /** The last hello heard. */
  hello: Hello | null
  /** Why it was disconnected last; null before its first connection. */
  lostBecause: string | null
  /** It said that it was being stopped. */
  saidBye: boolean
  /** Starts of it that said hello, the newest last. */
  boots: readonly string[]
  /** An earlier start said hello after a later one: two processes have its key. */
  twins: boolean
}

export interface LinksSettings {
  self: PeerId
  timings: MeshTimings
}

export interface LinksCollaborators<L extends Line>
  extends Pick<MeshHandlers, 'onPeerConnected' | 'onPeerDisconnected' | 'onStatus' | 'onMessage'> {
  logger: Logger
  nowMs: () => number
  later: Later
  ownHello: () => Hello
  judge: (hello: Hello) => string | null
  /** What to send as a status now. */
  ownStatus: () => StatusMessage
  /** A hello or status told the peer's roster digest. */
  onRosterDigest: (session: Session<L>, digest: string) => void
  /** A peer counts from now on, on this connection. */
  onLinked: (session: Session<L>) => void
  /** A peer has no connection any more, or a connection came to nothing. */
  onUnlinked: (peer: PeerId, reason: string) => void
}

const lookEveryMs = 500
/** A connection that lost against another is closed a little later: the other end may not know the winner yet. */
const loserMs = 500
/** Messages kept while a connection's streams are still being opened. */
const maxEarly = 256

/** Starts of a peer that are remembered. */
const maxBoots = 16

/** Why a peer comes and goes whose home was copied. */
export const twinsText =
  'two machines run with its key and push each other out: stop the one whose home is a copy, and start it with an empty home'

const silentText = (silentMs: number): string =>
  `nothing was heard from it for ${(silentMs / 1000).toFixed(0)} s`

/** Keeps one good connection per member, and says who is alive. */
export class Links<L extends Line = Line> {
  readonly #settings: LinksSettings
  readonly #with: LinksCollaborators<L>
  readonly #links = new Map<PeerId, Link<L>>()
  readonly #sessions = new Map<string, Session<L>>()
  readonly #timers: Timers
  #lookedMs = 0
  #parting = false

  constructor(settings: LinksSettings, collaborators: LinksCollaborators<L>) {
    this.#settings = settings
    this.#with = collaborators
    this.#timers = new Timers(collaborators.later)
  }

  start(): void {
    this.#lookedMs = this.#with.nowMs()
    this.#lookLater()
  }

  /** Nothing is told to the node from here on. The connections that are to be parted from. */
  beginParting(): Session<L>[] {
    this.#parting = true
    return [...this.#sessions.values()].filter((session) => session.ready)
  }

  /** No events come from here any more. */
  stop(): void {
    this.#timers.clear()
    for (const session of this.#sessions.values()) session.ended()
    this.#sessions.clear()
    this.#links.clear()
  }

  link(peer: PeerId): Link<L> | null {
    return this.#links.get(peer) ?? null
  }

  sessionOf(lineId: string): Session<L> | null {
    return this.#sessions.get(lineId) ?? null
  }

  isLinked(peer: PeerId): boolean {
    return (this.#links.get(peer)?.active ?? null) !== null
  }

  get linkedCount(): number {
    return [...this.#links.values()].filter((link) => link.active !== null).length
  }

  /** A connection to a member is open, dialled by either end. */
  opened(peer: PeerId, line: L): void {
    if (this.#parting) return
    const session = new Session(peer, line, {
      ...this.#with,
      onReady: (ready) => this.#ready(ready),
      onBytes: () => this.#heard(peer),
      onStatusMessage: (from, message) => this.#statusMessage(from, message),
      onPeerMessage: (from, message) => this.#peerMessage(from, message)
    })
    const link = this.#linkTo(peer)
    link.sessions.add(session)
    this.#sessions.set(line.id, session)
    this.#timers.after(this.#settings.timings.greetMs, () => {
      if (!session.ready) session.close('it did not say hello in time')
    })
    if (session.dialledBySelf) session.greet()
  }

  /** A connection closed, by whatever end. */
  closed(lineId: string): void {
    const session = this.#sessions.get(lineId)
    if (!session) return
    session.ended()
    this.#sessions.delete(lineId)
    const link = this.#links.get(session.peer)
    if (!link || this.#parting) return
    link.sessions.delete(session)
    const reason = session.closeReason ?? (link.saidBye ? 'it was stopped' : 'the connection was closed')
    if (link.active === session) this.#choose(link, reason)
    else if (link.active === null) this.#with.onUnlinked(session.peer, reason)
  }

  /** Closes every connection to a peer. */
  cut(peer: PeerId, reason: string): void {
    const link = this.#links.get(peer)
    if (link) for (const session of link.sessions) session.close(reason)
  }

  /** Members that are none any more are cut off and forgotten. */
  keepOnly(isMember: (peer: PeerId) => boolean): void {
    for (const [peer, link] of this.#links) {
      if (isMember(peer)) continue
      this.cut(peer, 'it is not a member of this mesh any more')
      if (link.sessions.size === 0) this.#links.delete(peer)
    }
  }

  sendStatus(): void {
    for (const link of this.#links.values()) link.active?.sendStatus(this.#with.ownStatus())
  }

  /** False when the peer is not connected or does not read. */
  send(to: PeerId, message: PeerMessage): boolean {
    return this.#links.get(to)?.active?.send(message) ?? false
  }

  #linkTo(peer: PeerId): Link<L> {
    const link = this.#links.get(peer) ?? {
      peer,
      sessions: new Set<Session<L>>(),
      active: null,
      heardMs: this.#with.nowMs(),
      suspect: false,
      status: null,
      hello: null,
      lostBecause: null,
      saidBye: false,
      boots: [],
      twins: false
    }
    this.#links.set(peer, link)
    return link
  }

  #ready(session: Session<L>): void {
    const link = this.#linkTo(session.peer)
    session.sendStatus(this.#with.ownStatus())
    if (session.hello) this.#noteBoot(link, session.hello.bootId)
    this.#choose(link, 'another connection took its place')
    for (const message of session.early.splice(0)) this.#peerMessage(session, message)
    if (session.hello) this.#with.onRosterDigest(session, session.hello.rosterDigest)
  }

  /** A process that was followed by another never comes back: where one does, both run. */
  #noteBoot(link: Link<L>, bootId: string): void {
    if (link.boots.at(-1) === bootId) return
    const twins = link.boots.includes(bootId)
    if (twins && !link.twins) this.#with.logger.warn({ peer: link.peer }, `of a peer, ${twinsText}`)
    link.twins = twins
    link.boots = [...link.boots.filter((boot) => boot !== bootId), bootId].slice(-maxBoots)
  }

  /** Makes the best of the ready connections the active one, and tells the node what that means. */
  #choose(link: Link<L>, reason: string): void {
    const ready = [...link.sessions].filter((session) => session.ready && !session.closed)
    const best = chooseConnection(this.#settings.self, link.peer, ready)
    const before = link.active
    for (const loser of ready) {
      if (loser !== best) this.#timers.after(loserMs, () => loser.close('another connection took its place'))
    }
    if (best === before) return
    link.active = best
    const restarted = before !== null && best !== null && before.hello?.bootId !== best.hello?.bootId
    const because = restarted ? (link.twins ? twinsText : 'it was started again') : reason
    if (before && (!best || restarted)) this.#unlinked(link, because)
    if (best && (!before || restarted)) this.#linked(link, best)
  }

  #linked(link: Link<L>, session: Session<L>): void {
    link.heardMs = this.#with.nowMs()
    link.suspect = false
    link.saidBye = false
    link.hello = session.hello
    const introduction: PeerIntroduction = {
      name: session.hello?.name ?? '',
      bootId: session.hello?.bootId ?? '',
      version: session.hello?.version ?? '',
      ffmpegVersion: session.hello?.ffmpegVersion ?? null,
      compatible: session.refusal === null,
      reason: session.refusal
    }
    this.#with.logger.info({ peer: link.peer, ...introduction }, 'a peer is connected')
    this.#with.onLinked(session)
    this.#with.onPeerConnected(link.peer, introduction)
    if (session.status) this.#tellStatus(link, session.status)
  }

  #unlinked(link: Link<L>, reason: string): void {
    link.status = null
    link.suspect = false
    link.lostBecause = reason
    this.#with.logger.info({ peer: link.peer, reason }, 'a peer is disconnected')
    this.#with.onPeerDisconnected(link.peer, reason)
    this.#with.onUnlinked(link.peer, reason)
  }

  #heard(peer: PeerId): void {
    const link = this.#linkTo(peer)
    link.heardMs = this.#with.nowMs()
    link.suspect = false
  }

  #statusMessage(session: Session<L>, message: StatusMessage): void {
    const link = this.#linkTo(session.peer)
    if (message.kind === 'bye') {
      link.saidBye = true
      session.hangUp()
      return
    }
    this.#with.onRosterDigest(session, message.rosterDigest)
    if (message.kind === 'alive') return
    session.status = { ...message.status, peerId: session.peer }
    if (link.active === session) this.#tellStatus(link, session.status)
  }

  #tellStatus(link: Link<L>, status: NodeStatus): void {
    link.status = status
    this.#with.onStatus(link.peer, status)
  }

  #peerMessage(session: Session<L>, message: PeerMessage): void {
    if (this.#parting) return
    if (!session.ready) {
      if (session.early.length < maxEarly) session.early.push(message)
    } else if (this.#linkTo(session.peer).active !== null) {
      // Also from a connection that is being replaced: it may still carry what was sent before.
      this.#with.onMessage(message)
    }
  }

  #look(): void {
    const nowMs = this.#with.nowMs()
    const { statusMs } = this.#settings.timings
    const still = stoodStill(nowMs - this.#lookedMs, lookEveryMs, statusMs)
    this.#lookedMs = nowMs
    for (const link of this.#links.values()) {
      // A peer of another major version sends no statuses; it is probed instead.
      if (!link.active || link.active.hello === null) continue
      if (still) link.heardMs = nowMs
      const silentMs = nowMs - link.heardMs
      const vitality = vitalityOf(silentMs, statusMs)
      if (vitality === 'lost') this.cut(link.peer, silentText(silentMs))
      else link.suspect = vitality === 'suspect'
    }
  }

  #lookLater(): void {
    this.#timers.after(Math.min(lookEveryMs, this.#settings.timings.statusMs / 2), () => {
      this.#lookLater()
      this.#look()
    })
  }
}
