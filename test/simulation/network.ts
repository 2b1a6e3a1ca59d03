import type { PeerMessage } from '../../src/model/index.ts'
import { Roads } from './roads.ts'
import type { SimNode } from './sim-node.ts'
import type { World } from './world.ts'

/** A silent peer is lost after 3 missed statuses and a half (src/node/mesh/liveness.ts), as both ends see it. */
const lostAfterMs = 7_000
/** What connects the machines of a simulated mesh. */
export interface Network {
  /** Whether two nodes are connected and may give each other work, as both see it. */
  isLinked(a: SimNode, b: SimNode): boolean
  /** Connects who can be; called often, like discovery. */
  meet(): void
  /** Nothing passes between the two, whose cable is pulled. */
  cutPair(a: SimNode, b: SimNode, durationMs: number): void
  /** Nothing arrives at `to` any more; what `to` says arrives. */
  cutOneWay(from: SimNode, to: SimNode, durationMs: number): void
  /** Nothing gets through for a while; then all of it. */
  clog(from: SimNode, to: SimNode, durationMs: number): void
  nodeStarted(node: SimNode): void
  nodeDied(node: SimNode): void
  /** A machine has stood still for so long that its peers give it up. */
  nodeSilent(node: SimNode): void
  /** Every 2 s and on change. */
  broadcastStatus(from: SimNode): void
  /** Best effort. */
  send(from: SimNode, to: SimNode, message: PeerMessage): void
  /** A question on a stream of its own. */
  ask<T>(
    from: SimNode,
    to: SimNode,
    question: (answer: (said: T) => void) => void,
    heard: (said: T) => void
  ): void
}

/** What a node says to itself. */
export function tellSelf(world: World, node: SimNode, message: PeerMessage): void {
  const { bootId } = node
  world.agenda.after(0, () => {
    if (node.bootId === bootId) node.turn({ kind: 'message-received', message })
  })
}

/** Pretend links between pretend machines: lossy, doubling, reordering, clogged, and cut at times. */
export class PlainNetwork implements Network {
  readonly #world: World
  readonly #roads: Roads
  readonly #size: number
  /** By `from × size + to`, both of them. */
  readonly #linked: Uint8Array
  readonly #statusesInFlight: Uint16Array

  constructor(world: World) {
    const size = world.faults.nodes
    this.#world = world
    this.#roads = new Roads(world)
    this.#size = size
    this.#linked = new Uint8Array(size * size)
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

  /** Links every pair that can be; called often, like discovery. */
  meet(): void {
    const { nodes, subject } = this.#world
    for (const a of nodes) {
      if (!a.isUp) continue
      for (let i = a.index + 1; i < nodes.length; i++) {
        const b = nodes[i]!
        if (!b.isUp || this.isLinked(a, b) || this.#roads.isCut(a, b) || this.#roads.isCut(b, a)) continue
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
    this.#roads.cut(a, b, durationMs)
    this.#roads.cut(b, a, durationMs)
    if (!this.#link(a, b, 0)) return
    this.#world.agenda.after(this.#world.random.int(10, lostAfterMs), () => this.#tellGone(a, b))
  }

  /** Nothing arrives at `to` any more, which gives `from` up after a while; what `to` says arrives until then. */
  cutOneWay(from: SimNode, to: SimNode, durationMs: number): void {
    this.#roads.cut(from, to, durationMs)
    this.#world.agenda.after(lostAfterMs, () => {
      if (this.#roads.isCut(from, to)) this.#drop(from, to)
    })
  }

  /** Nothing gets through for a while; then all of it, in order. */
  clog(from: SimNode, to: SimNode, durationMs: number): void {
    this.#roads.clog(from, to, durationMs)
    this.#world.agenda.after(lostAfterMs, () => {
      if (this.#roads.isClogged(from, to)) this.#drop(from, to)
    })
  }

  /** One of a node's peers was silent for too long, or its process is gone: the connection is closed. */
  #drop(a: SimNode, b: SimNode): void {
    if (this.#link(a, b, 0)) this.#world.agenda.after(10, () => this.#tellGone(a, b))
  }

  nodeStarted(): void {}

  nodeDied(node: SimNode): void {
    this.nodeSilent(node)
  }

  nodeSilent(node: SimNode): void {
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
      if (inFlight === 0 && to.state?.peers.get(from.peerId)?.status === status) continue
      this.#deliverStatus(from, to)
    }
  }

  #deliverStatus(from: SimNode, to: SimNode): void {
    const sent = from.status()
    const at = from.index * this.#size + to.index
    this.#carry(
      from,
      to,
      () => to.turn({ kind: 'status-received', peerId: from.peerId, status: sent }),
      (change) => {
        this.#statusesInFlight[at]! += change
      }
    )
  }

  send(from: SimNode, to: SimNode, message: PeerMessage): void {
    if (from === to) {
      tellSelf(this.#world, from, message)
      return
    }
    if (this.isLinked(from, to)) this.#carry(from, to, () => to.turn({ kind: 'message-received', message }))
  }

  /** Each way a question may be lost, doubled and late like any message. */
  ask<T>(
    from: SimNode,
    to: SimNode,
    question: (answer: (said: T) => void) => void,
    heard: (said: T) => void
  ): void {
    if (!this.isLinked(from, to)) return
    const back = (said: T): void => this.#carry(to, from, () => heard(said))
    this.#carry(from, to, () => question(back))
  }

  #carry(from: SimNode, to: SimNode, deliver: () => void, count?: (change: 1 | -1) => void): void {
    const { bootId } = to
    for (const delayMs of this.#roads.delaysMs(from, to)) {
      count?.(1)
      this.#world.agenda.after(delayMs, () => {
        count?.(-1)
        // A late message may well arrive over a later connection, but never over a cut one, nor at another process.
        if (to.bootId === bootId && this.isLinked(from, to)) deliver()
      })
    }
  }
}
