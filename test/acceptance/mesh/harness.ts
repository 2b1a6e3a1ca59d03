import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LeaseId, NodeStatus, PeerId, PeerMessage } from '../../../src/model/index.ts'
import {
  createMesh,
  type Mesh,
  type MeshHandlers,
  type MeshPeer,
  type MeshSettings,
  type PeerIntroduction
} from '../../../src/node/mesh/index.ts'
import type { Logger, TaskLog } from '../../../src/protocol/index.ts'

export type Heard =
  | { kind: 'connected'; peer: PeerId; introduction: PeerIntroduction }
  | { kind: 'disconnected'; peer: PeerId; reason: string }
  | { kind: 'status'; peer: PeerId; status: NodeStatus }
  | { kind: 'message'; message: PeerMessage }
  | { kind: 'roster'; count: number }

/** One real mesh on 127.0.0.1, and all that it told its node. */
export interface TestNode {
  mesh: Mesh
  home: string
  heard: Heard[]
  logs: string[]
  status: NodeStatus
  port: number
}

const silent = (logs: string[]): Logger => {
  const keep = (level: string) => (details: object, message: string) => {
    logs.push(`${level} ${message} ${JSON.stringify(details)}`)
  }
  return { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error') }
}

export const statusOf = (peerId: PeerId, name: string, more: Partial<NodeStatus> = {}): NodeStatus => ({
  peerId,
  name,
  version: '0.1.0',
  bootId: 'boot',
  cores: 2,
  memoryBytes: 1e9,
  slots: { total: 1, busy: 0 },
  encoders: ['dnxhd'],
  roots: [],
  tags: [],
  ffmpegVersion: '5.1.9',
  state: 'awake',
  reason: null,
  offers: [],
  running: [],
  ...more
})

/** Makes meshes that stop and leave nothing behind when `close` is called. */
export class Bench {
  readonly #homes: string[] = []
  readonly #nodes: TestNode[] = []

  async home(): Promise<string> {
    const home = await mkdtemp(join(tmpdir(), 'proxima-mesh-'))
    this.#homes.push(home)
    return home
  }

  /** A started node. mDNS is off; who knows an address dials it. */
  async node(
    name: string,
    more: Partial<MeshSettings> & {
      log?: TaskLog
      prove?: MeshHandlers['onProofRequest']
      watched?: MeshHandlers['onWatch']
      steered?: MeshHandlers['onSteer']
    } = {}
  ): Promise<TestNode> {
    const home = more.home ?? (await this.home())
    const heard: Heard[] = []
    const logs: string[] = []
    const mesh = await createMesh(
      {
        home,
        name,
        version: '0.1.0',
        bootId: randomBytes(4).toString('hex'),
        ffmpegVersion: '5.1.9',
        listen: { host: '127.0.0.1', port: 0, explicit: false },
        peers: [],
        mdns: { enabled: false, loopback: false },
        ...more,
        timings: {
          statusMs: 400,
          otherDialMs: 300,
          redialMinMs: 50,
          redialMaxMs: 500,
          greetMs: 4_000,
          ...more.timings
        }
      },
      {
        logger: silent(logs),
        onPeerConnected: (peer, introduction) => heard.push({ kind: 'connected', peer, introduction }),
        onPeerDisconnected: (peer, reason) => heard.push({ kind: 'disconnected', peer, reason }),
        onStatus: (peer, status) => heard.push({ kind: 'status', peer, status }),
        onMessage: (message) => heard.push({ kind: 'message', message }),
        onLogRequest: (_lease: LeaseId) => more.log ?? null,
        onProofRequest: more.prove ?? (async () => ({ reason: null })),
        onWatch: more.watched ?? async function* () {},
        onSteer: more.steered ?? (async () => ({ kind: 'refused', reason: 'the test did not expect it' })),
        onRosterChanged: (count) => heard.push({ kind: 'roster', count })
      }
    )
    const node: TestNode = { mesh, home, heard, logs, status: statusOf(mesh.self, name), port: 0 }
    this.#nodes.push(node)
    await mesh.start()
    mesh.setStatus(node.status)
    node.port = Number(/tcp\/(\d+)/.exec(mesh.addresses[0] ?? '')?.[1])
    return node
  }

  /** Nodes of one mesh: the first invites the others. */
  async meshOf(...names: string[]): Promise<TestNode[]> {
    const nodes: TestNode[] = []
    for (const name of names) nodes.push(await this.node(name))
    const [first, ...others] = nodes
    for (const other of others) await other.mesh.join((await first!.mesh.invite()).invite)
    return nodes
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.mesh.stop()))
    for (const home of this.#homes) await rm(home, { recursive: true, force: true })
  }

  /** What every node logged, for a failing test. */
  logs(): string {
    return this.#nodes.map((node) => `--- ${node.status.name}\n${node.logs.slice(-40).join('\n')}`).join('\n')
  }

  /** Waits until `condition` gives something that is neither false, null nor undefined. */
  async until<T>(
    what: string,
    condition: () => T | null | undefined | false,
    timeoutMs = 20_000
  ): Promise<T> {
    const endMs = performance.now() + timeoutMs
    while (true) {
      const value = condition()
      if (value !== null && value !== undefined && value !== false) return value
      if (performance.now() > endMs) throw new Error(`timed out waiting until ${what}\n${this.logs()}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  /** Waits until every node is connected to every other. */
  async allMet(nodes: readonly TestNode[]): Promise<void> {
    await this.until('all nodes met', () =>
      nodes.every((node) => {
        const connected = node.mesh.peers().filter((peer) => peer.state === 'connected')
        return connected.length === nodes.length - 1
      })
    )
  }
}

export const seenBy = (node: TestNode, other: TestNode): MeshPeer | undefined =>
  node.mesh.peers().find((peer) => peer.peerId === other.mesh.self)

export const of = <K extends Heard['kind']>(node: TestNode, kind: K): Extract<Heard, { kind: K }>[] =>
  node.heard.filter((heard): heard is Extract<Heard, { kind: K }> => heard.kind === kind)
