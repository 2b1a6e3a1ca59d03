import { defaultTimings } from '../../src/node/mesh/types.ts'
import type { Hello, Logger } from '../../src/protocol/index.ts'
import { type Network, tellSelf } from './network.ts'
import { Roads } from './roads.ts'
import { type LineParts, SimLine, type Station } from './sim-line.ts'
import type { SimNode } from './sim-node.ts'
import { Wire } from './wire.ts'
import type { World } from './world.ts'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }
/** Both dial at once so often. */
const racing = 0.1
/** How often, at each look, the larger of two ids dials though the smaller has not: about 1.5 s later. */
const otherDials = 0.2

/**
 * Connections as the production links have them (`src/node/mesh/links.ts`, `session.ts`), over pretend wires that carry
 * bytes: which connection counts, hello, streams that are reset and opened again, silence, restarts.
 */
export class WireNetwork implements Network {
  readonly #world: World
  readonly #roads: Roads
  readonly #parts: LineParts
  readonly #stations = new Map<SimNode, Station>()
  readonly #lines = new Map<SimNode, Set<SimLine>>()
  #connections = 0

  constructor(world: World) {
    this.#world = world
    this.#roads = new Roads(world)
    this.#parts = {
      world,
      roads: this.#roads,
      wire: new Wire(world.subject.wire, world.faults, world.random)
    }
  }

  isLinked(a: SimNode, b: SimNode): boolean {
    return this.#counts(a, b) && this.#counts(b, a)
  }

  /** Whether a node has a connection to another that it may give work to. */
  #counts(node: SimNode, peer: SimNode): boolean {
    return this.#stations.get(node)?.links.link(peer.peerId)?.active?.refusal === null
  }

  nodeStarted(node: SimNode): void {
    const { subject } = this.#world
    const { bootId } = node
    const rosterDigest = '0'.repeat(64)
    const hello: Hello = {
      ...node.hello,
      meshId: '0'.repeat(32),
      name: node.is.name,
      ffmpegVersion: node.self.fitness.ffmpegVersion,
      bootId,
      rosterDigest,
      addresses: []
    }
    const links = new subject.Links<SimLine>(
      { self: node.peerId, timings: defaultTimings },
      {
        logger: silent,
        nowMs: () => node.nowMs,
        later: (delayMs, callback) => {
          let isOff = false
          node.after(delayMs, () =>
            node.whenAwake(() => {
              if (!isOff && node.bootId === bootId) callback()
            })
          )
          return () => {
            isOff = true
          }
        },
        ownHello: () => hello,
        judge: (hello) => subject.wire.whyIncompatible(node.hello, hello),
        ownStatus: () => ({ kind: 'status', rosterDigest, status: node.status() }),
        onRosterDigest: () => {},
        onLinked: () => {},
        onUnlinked: () => {},
        onPeerConnected: (peerId, { compatible, name, bootId: boot }) => {
          if (compatible) node.turn({ kind: 'peer-connected', peerId, name, bootId: boot })
        },
        onPeerDisconnected: (peerId) => node.turn({ kind: 'peer-disconnected', peerId }),
        onStatus: (peerId, status) => node.turn({ kind: 'status-received', peerId, status }),
        onMessage: (message) => node.turn({ kind: 'message-received', message })
      }
    )
    this.#stations.set(node, { node, bootId, hello, links })
    this.#lines.set(node, new Set())
    links.start()
  }

  nodeDied(node: SimNode): void {
    for (const line of this.#lines.get(node) ?? []) line.died()
    this.#stations.delete(node)
    this.#lines.delete(node)
  }

  /** Its peers find out by themselves. */
  nodeSilent(): void {}

  meet(): void {
    const { nodes, random } = this.#world
    for (const a of nodes) {
      if (!a.isUp) continue
      for (let i = a.index + 1; i < nodes.length; i++) {
        const b = nodes[i]!
        if (!b.isUp || this.#roads.isCut(a, b) || this.#roads.isCut(b, a)) continue
        const wants = this.#seeks(a, b)
        const wanted = this.#seeks(b, a)
        if (wants) this.#dial(a, b)
        if (wanted && random.chance(wants ? racing : otherDials)) this.#dial(b, a)
      }
    }
  }

  #seeks(node: SimNode, peer: SimNode): boolean {
    const link = this.#stations.get(node)?.links.link(peer.peerId)
    return !link || (link.active === null && link.sessions.size === 0)
  }

  #dial(from: SimNode, to: SimNode): void {
    const [dialler, listener] = [this.#stations.get(from), this.#stations.get(to)]
    if (!dialler || !listener) return
    this.#world.agenda.after(this.#world.random.int(1, 20), () => {
      const areThere = from.bootId === dialler.bootId && to.bootId === listener.bootId && from.isUp && to.isUp
      if (!areThere || this.#roads.isCut(from, to) || this.#roads.isCut(to, from)) return
      this.#connections += 1
      const [near, far] = SimLine.pair(`c${this.#connections}`, dialler, listener, this.#parts)
      this.#lines.get(from)?.add(near)
      this.#lines.get(to)?.add(far)
      listener.links.opened(from.peerId, far)
      dialler.links.opened(to.peerId, near)
    })
  }

  cutPair(a: SimNode, b: SimNode, durationMs: number): void {
    this.#roads.cut(a, b, durationMs)
    this.#roads.cut(b, a, durationMs)
  }

  cutOneWay(from: SimNode, to: SimNode, durationMs: number): void {
    this.#roads.cut(from, to, durationMs)
  }

  clog(from: SimNode, to: SimNode, durationMs: number): void {
    this.#roads.clog(from, to, durationMs)
  }

  broadcastStatus(from: SimNode): void {
    this.#stations.get(from)?.links.sendStatus()
  }

  send: Network['send'] = (from, to, message) => {
    if (from === to) tellSelf(this.#world, from, message)
    else this.#stations.get(from)?.links.send(to.peerId, message)
  }

  ask: Network['ask'] = (from, to, question, heard) => {
    if (!this.#counts(from, to)) return
    this.#carry(from, to, () => question((said) => this.#carry(to, from, () => heard(said))))
  }

  #carry(from: SimNode, to: SimNode, deliver: () => void): void {
    const { bootId } = to
    for (const delayMs of this.#roads.delaysMs(from, to)) {
      this.#world.agenda.after(delayMs, () => {
        if (to.bootId === bootId && this.isLinked(from, to)) deliver()
      })
    }
  }
}
