import type { PeerMessage } from '../../src/model/index.ts'
import type { SimNode } from './sim-node.ts'
import { Wire } from './wire.ts'
import type { World } from './world.ts'

/** A silent peer is lost after 3 missed statuses and a half (src/node/mesh/liveness.ts), as both ends see it. */
const lostAfterMs = 7_000
/** A stream that was closed for a wrong message is opened again after this long (src/node/mesh/session.ts). */
const reopenMs = 1_000
/** A sender's queue is full when its reader is this far behind. */
const fullAfterMs = 5_000

type Channel = 'status' | 'steal' | 'lease'

/** Pretend links between pretend machines: lossy, doubling, reordering, clogged, and cut at times. */
export class Network {
  readonly #world: World
  readonly #wire: Wire
  readonly #size: number
  /** By `from × size + to`, all of them. */
  readonly #linked: Uint8Array
  readonly #cutUntilMs: Float64Array
  readonly #cloggedUntilMs: Float64Array
  readonly #statusesInFlight: Uint16Array
  /** Kept streams that were closed, and are not open again yet; and how fast each is read. */
  readonly #closedUntilMs = new Map<string, number>()
  readonly #rates = new Map<string, { take(nowMs: number): number }>()

  constructor(world: World) {
    const size = world.faults.nodes
    this.#world = world
    this.#wire = new Wire(world.subject.wire, world.faults, world.random)
    this.#size = size
    this.#linked = new Uint8Array(size * size)
    this.#cutUntilMs = new Float64Array(size * size)
    this.#cloggedUntilMs = new Float64Array(size * size)
    this.#statusesInFlight = new Uint16Array(size * size)
  }

  isLinked(a: SimNode, b: SimNode): boolean {
    return this.#linked[a.index * this.#size + b.index] === 1
  }

  #link(a: SimNode, b: SimNode, up: 0 | 1): boolean {
    const at = a.index * this.#size + b.index
    if (this.#linked[at] === up) return false
    this.#linked[at] = up
    this.#linked[b.index * this.#size + a.index] = up
    return true
  }

  #isCut(a: SimNode, b: SimNode): boolean {
    return !this.#world.calm && this.#cutUntilMs[a.index * this.#size + b.index]! > this.#world.nowMs
  }

  /** Links every pair that can be; called often, like discovery. */
  meet(): void {
    const { nodes, subject } = this.#world
    for (const a of nodes) {
      if (!a.isUp) continue
      for (let i = a.index + 1; i < nodes.length; i++) {
        const b = nodes[i]!
        if (!b.isUp || this.isLinked(a, b) || this.#isCut(a, b) || this.#isCut(b, a)) continue
        if (subject.wire.whyIncompatible(a.hello, b.hello) !== null) continue
        this.#link(a, b, 1)
        this.#greet(a, b)
        this.#greet(b, a)
      }
    }
  }

  #greet(a: SimNode, b: SimNode): void {
    a.turn({ kind: 'peer-connected', peerId: b.peerId, name: b.self.name, bootId: b.bootId })
    if (b.turns) this.#deliverStatus(b, a)
  }

  /** The cable is pulled now; both ends find out some seconds later. */
  cutPair(a: SimNode, b: SimNode, durationMs: number): void {
    this.#cut(a, b, durationMs)
    this.#cut(b, a, durationMs)
    if (!this.#link(a, b, 0)) return
    this.#world.agenda.after(this.#world.random.int(10, lostAfterMs), () => this.#tellGone(a, b))
  }

  /** Nothing arrives at `to` any more, which gives `from` up after a while; what `to` says arrives until then. */
  cutOneWay(from: SimNode, to: SimNode, durationMs: number): void {
    this.#cut(from, to, durationMs)
    this.#world.agenda.after(lostAfterMs, () => {
      if (this.#isCut(from, to)) this.#drop(from, to)
    })
  }

  #cut(from: SimNode, to: SimNode, durationMs: number): void {
    this.#cutUntilMs[from.index * this.#size + to.index] = this.#world.nowMs + durationMs
  }

  /** Nothing gets through for a while; then all of it, in order. */
  clog(from: SimNode, to: SimNode, durationMs: number): void {
    this.#cloggedUntilMs[from.index * this.#size + to.index] = this.#world.nowMs + durationMs
    this.#world.agenda.after(lostAfterMs, () => {
      const until = this.#cloggedUntilMs[from.index * this.#size + to.index]!
      if (!this.#world.calm && until > this.#world.nowMs) this.#drop(from, to)
    })
  }

  /** One of a node's peers was silent for too long, or its process is gone: the connection is closed. */
  #drop(a: SimNode, b: SimNode): void {
    if (this.#link(a, b, 0)) this.#world.agenda.after(10, () => this.#tellGone(a, b))
  }

  nodeGone(node: SimNode): void {
    for (const other of this.#world.nodes) if (other !== node) this.#drop(node, other)
  }

  #tellGone(a: SimNode, b: SimNode): void {
    if (this.isLinked(a, b)) return
    a.turn({ kind: 'peer-disconnected', peerId: b.peerId })
    b.turn({ kind: 'peer-disconnected', peerId: a.peerId })
  }

  /** Every 2 s and on change. A peer that has the very same status, with no other on its way, needs no other. */
  broadcastStatus(from: SimNode): void {
    const status = from.status()
    for (const to of this.#world.nodes) {
      if (to === from || !this.isLinked(from, to)) continue
      const inFlight = this.#statusesInFlight[from.index * this.#size + to.index]
      if (inFlight === 0 && to.state?.peers.get(from.peerId)?.status === this.#wire.asSeen(status)) continue
      this.#deliverStatus(from, to)
    }
  }

  #deliverStatus(from: SimNode, to: SimNode): void {
    const sent = from.status()
    const at = from.index * this.#size + to.index
    this.#carry(
      from,
      to,
      'status',
      () => {
        const status = this.#wire.status(sent, this.#world.calm)
        if (status) to.turn({ kind: 'status-received', peerId: from.peerId, status })
        return status !== null
      },
      (change) => {
        this.#statusesInFlight[at]! += change
      }
    )
  }

  send(from: SimNode, to: SimNode, message: PeerMessage): void {
    if (from === to) {
      const { bootId } = to
      this.#world.agenda.after(0, () => {
        if (to.bootId === bootId) to.turn({ kind: 'message-received', message })
      })
      return
    }
    if (!this.isLinked(from, to)) return
    const channel = message.kind === 'steal' || message.kind === 'grant' ? 'steal' : 'lease'
    this.#carry(from, to, channel, () => {
      const arrived = this.#wire.message(from.peerId, message, this.#world.calm)
      if (arrived) to.turn({ kind: 'message-received', message: arrived })
      return arrived !== null
    })
  }

  /** A question on a stream of its own: each way it may be lost, doubled and late like any message. */
  ask<T>(
    from: SimNode,
    to: SimNode,
    question: (answer: (said: T) => void) => void,
    heard: (said: T) => void
  ): void {
    if (!this.isLinked(from, to)) return
    const back = (said: T): void =>
      this.#carry(to, from, null, () => {
        heard(said)
        return true
      })
    this.#carry(from, to, null, () => {
      question(back)
      return true
    })
  }

  /** @param deliver answers false when what arrived was refused: then its stream is closed for a moment */
  #carry(
    from: SimNode,
    to: SimNode,
    channel: Channel | null,
    deliver: () => boolean,
    count?: (change: 1 | -1) => void
  ): void {
    const { random, faults, calm, agenda } = this.#world
    const at = from.index * this.#size + to.index
    const { bootId } = to
    const copies = !calm && faults.doubling > 0 && random.chance(faults.doubling) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      if (!calm && ((faults.loss > 0 && random.chance(faults.loss)) || this.#isCut(from, to))) continue
      const slow = !calm && faults.slow > 0 && random.chance(faults.slow)
      let delayMs = slow ? random.int(10, faults.slowMs) : random.int(1, 20)
      if (!calm) delayMs = Math.max(delayMs, this.#cloggedUntilMs[at]! - this.#world.nowMs)
      if (faults.wire && channel) {
        const behindMs = this.#behindMs(at, channel)
        if (behindMs > fullAfterMs) continue
        delayMs += behindMs
      }
      count?.(1)
      agenda.after(delayMs, () => {
        count?.(-1)
        // A late message may well arrive over a later connection, but never over a cut one, nor at another process.
        if (to.bootId !== bootId || !this.isLinked(from, to) || (channel && this.#isClosed(at, channel)))
          return
        if (!deliver() && channel) this.#closedUntilMs.set(`${at} ${channel}`, this.#world.nowMs + reopenMs)
      })
    }
  }

  #isClosed(at: number, channel: Channel): boolean {
    return (
      this.#closedUntilMs.size > 0 && (this.#closedUntilMs.get(`${at} ${channel}`) ?? 0) > this.#world.nowMs
    )
  }

  /** The real rate limit: whoever is above its pace is read slower. */
  #behindMs(at: number, channel: Channel): number {
    const { wire } = this.#world.subject
    const key = `${at} ${channel}`
    let rate = this.#rates.get(key)
    if (!rate) {
      rate = new wire.RateLimiter(wire.limits.channelRate, this.#world.nowMs)
      this.#rates.set(key, rate)
    }
    return rate.take(this.#world.nowMs)
  }
}
