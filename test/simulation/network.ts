import type { PeerId, PeerMessage } from '../../src/model/index.ts'
import type { SimNode } from './sim-node.ts'
import type { World } from './world.ts'

const pairKey = (a: PeerId, b: PeerId): string => (a < b ? `${a}|${b}` : `${b}|${a}`)

/** Pretend links between pretend machines: lossy, doubling, reordering, and cut at times. */
export class Network {
  readonly #world: World
  readonly #linked = new Set<string>()
  readonly #cut = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
  }

  isLinked(a: PeerId, b: PeerId): boolean {
    return this.#linked.has(pairKey(a, b))
  }

  /** Links every pair that can be; called often, like discovery. */
  meet(): void {
    const nodes = this.#world.nodes.filter(({ turns }) => turns)
    for (const a of nodes) {
      for (const b of nodes) {
        const key = pairKey(a.peerId, b.peerId)
        if (a.peerId >= b.peerId || this.#linked.has(key)) continue
        if ((this.#cut.get(key) ?? 0) > this.#world.nowMs && !this.#world.calm) continue
        this.#linked.add(key)
        this.#greet(a, b)
        this.#greet(b, a)
      }
    }
  }

  #greet(a: SimNode, b: SimNode): void {
    a.turn({ kind: 'peer-connected', peerId: b.peerId, name: b.self.name, bootId: b.bootId })
    if (b.turns) this.#deliverStatus(b, a)
  }

  cutPair(a: SimNode, b: SimNode, durationMs: number): void {
    const key = pairKey(a.peerId, b.peerId)
    this.#cut.set(key, this.#world.nowMs + durationMs)
    // The cable is pulled now; both ends find out some seconds later.
    if (!this.#linked.delete(key)) return
    this.#world.agenda.after(this.#world.random.int(10, 6_000), () => this.#tellGone(a, b))
  }

  nodeDown(node: SimNode): void {
    for (const other of this.#world.nodes) {
      if (other === node || !this.#linked.delete(pairKey(node.peerId, other.peerId))) continue
      this.#world.agenda.after(10, () => this.#tellGone(node, other))
    }
  }

  #tellGone(a: SimNode, b: SimNode): void {
    if (this.isLinked(a.peerId, b.peerId)) return
    a.turn({ kind: 'peer-disconnected', peerId: b.peerId })
    b.turn({ kind: 'peer-disconnected', peerId: a.peerId })
  }

  broadcastStatus(from: SimNode): void {
    for (const to of this.#world.nodes) {
      if (to !== from && this.isLinked(from.peerId, to.peerId)) this.#deliverStatus(from, to)
    }
  }

  #deliverStatus(from: SimNode, to: SimNode): void {
    const status = from.status()
    this.#carry(from.peerId, to.peerId, () =>
      to.turn({ kind: 'status-received', peerId: from.peerId, status })
    )
  }

  send(from: PeerId, to: PeerId, message: PeerMessage): void {
    const { nodes, agenda } = this.#world
    const node = nodes.find(({ peerId }) => peerId === to)!
    if (from === to) {
      const boot = node.bootId
      agenda.after(0, () => {
        if (node.bootId === boot) node.turn({ kind: 'message-received', message })
      })
      return
    }
    if (this.isLinked(from, to)) this.#carry(from, to, () => node.turn({ kind: 'message-received', message }))
  }

  #carry(from: PeerId, to: PeerId, deliver: () => void): void {
    const { random, faults, calm, agenda } = this.#world
    const copies = !calm && random.chance(faults.doubling) ? 2 : 1
    for (let i = 0; i < copies; i++) {
      if (!calm && random.chance(faults.loss)) continue
      const slow = !calm && random.chance(faults.slow)
      const delayMs = slow ? random.int(10, faults.slowMs) : random.int(1, 20)
      agenda.after(delayMs, () => {
        // A late message may well arrive over a later connection, but never over a cut one.
        if (this.isLinked(from, to)) deliver()
      })
    }
  }
}
