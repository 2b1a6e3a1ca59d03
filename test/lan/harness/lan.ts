import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { PeersView } from '../../../src/model/index.ts'
import { type Claim, leftoversOf, makeClaim, removeClaim } from '../../support/claims.ts'
import { waitFor } from '../../support/wait-for.ts'
import { capabilities } from './capabilities.ts'
import { HarnessError } from './errors.ts'
import { Host, hostAt, sharedFolderOf } from './host.ts'
import { type Routes, Switch } from './network.ts'

export interface LanOptions {
  hosts: number
  /** Cores for each host's node and its children, as 0.25; a list gives each host its own. No limit when left out. */
  cpu?: number | readonly number[]
  memoryBytes?: number
  /** How hosts reach multicast; `default` when left out. */
  routes?: Routes
  /** Set for every node and command. */
  env?: Readonly<Record<string, string>>
  /** The program and its first arguments; the built command when left out. */
  program?: readonly string[]
}

/** A LAN of real hosts on one switch. See README.md beside this file. */
export class Lan {
  readonly claim: Claim
  readonly hosts: Host[] = []
  readonly #options: LanOptions
  readonly #network: Switch
  #segments = 1

  constructor(options: LanOptions) {
    const { lan: reason } = capabilities()
    if (reason) throw new HarnessError('cannot-run', reason)
    this.#options = options
    this.claim = makeClaim('l')
    try {
      mkdirSync(this.sharedFolder)
      this.#network = new Switch(this.claim.prefix)
      for (let index = 0; index < options.hosts; index++) this.addHost()
    } catch (error) {
      this.destroy()
      throw error
    }
  }

  host(index: number): Host {
    return hostAt(this.hosts, index)
  }

  /** A folder that every host sees, as a NAS; not yet a root for any of them. */
  get sharedFolder(): string {
    return sharedFolderOf(this.claim)
  }

  /** Makes a folder of this LAN that every host sees. */
  folder(name: string): string {
    const path = join(this.claim.folder, name)
    mkdirSync(path, { recursive: true })
    return path
  }

  /** One more machine is carried in and plugged in; its node does not run yet. */
  addHost(options: { cpu?: number; env?: Readonly<Record<string, string>> } = {}): Host {
    const index = this.hosts.length
    const { cpu } = this.#options
    const { program } = this.#options
    const host = new Host({
      claim: this.claim,
      index,
      network: this.#network,
      routes: this.#options.routes ?? 'default',
      cpu: options.cpu ?? (typeof cpu === 'object' ? (cpu[index] ?? null) : (cpu ?? null)),
      memoryBytes: this.#options.memoryBytes ?? null,
      env: { PROXIMA_NAME: `host${index}`, ...this.#options.env, ...options.env },
      ...(program ? { program } : {})
    })
    this.hosts.push(host)
    return host
  }

  /** Another network that hosts may be attached to; its number. */
  addSegment(): number {
    const segment = this.#segments++
    this.#network.addSegment(segment)
    return segment
  }

  /** Starts the nodes of these hosts (all when left out) at the same time and waits until they answer. */
  async start(indices: readonly number[] = [...this.hosts.keys()]): Promise<void> {
    await Promise.all(indices.map((index) => this.host(index).start()))
  }

  /**
   * The first of these hosts invites the others, through the command line, and all are waited for until each sees
   * every other connected.
   */
  async pair(indices: readonly number[] = [...this.hosts.keys()]): Promise<void> {
    const [first, ...others] = indices.map((index) => this.host(index))
    for (const other of others) {
      const { invite } = (await first!.ok(['mesh', 'invite', '--json'])).json as { invite: string }
      await other.ok(['mesh', 'join', invite, '--json'])
    }
    await this.connected(indices)
  }

  /** Waits until each of these hosts sees every other of them connected. */
  async connected(indices: readonly number[] = [...this.hosts.keys()], timeoutMs = 60_000): Promise<void> {
    const hosts = indices.map((index) => this.host(index))
    await waitFor(
      async () => {
        const views = await Promise.all(hosts.map((host) => host.peers()))
        return views.every((view) => sees(view, views))
      },
      { timeoutMs, what: `hosts ${indices.join(', ')} to be connected with each other`, everyMs: 300 }
    )
  }

  /** `share`s the shared folder on each of these hosts. */
  async share(indices: readonly number[] = [...this.hosts.keys()], path = this.sharedFolder): Promise<void> {
    for (const index of indices) await this.host(index).ok(['share', path, '--as', 'nas', '--json'])
  }

  /** @param cores for each host's node and its children; null lifts the limit */
  setCpu(cores: number | null): void {
    for (const host of this.hosts) host.setCpu(cores)
  }

  /** Divides the first segment: hosts of different groups no longer reach each other. Undone by `heal`. */
  split(groups: readonly (readonly number[])[]): void {
    this.#network.split(groups.map((group) => group.map((index) => this.host(index).nics[0]!.port)))
  }

  heal(): void {
    this.#network.heal()
  }

  /** Ends and removes everything of this LAN. Idempotent. @throws Error naming what could not be removed */
  destroy(): void {
    for (const host of this.hosts) host.forget()
    removeClaim(this.claim)
  }

  /** What still exists of this LAN, as words; empty after `destroy`. */
  leftovers(): string[] {
    return leftoversOf(this.claim)
  }
}

const sees = (view: PeersView, all: readonly PeersView[]): boolean =>
  all
    .filter(({ self }) => self.peerId !== view.self.peerId)
    .every(({ self }) =>
      view.peers.some((peer) => peer.peerId === self.peerId && peer.status === 'connected')
    )

/** Makes a LAN whose hosts are plugged in and do not run yet. Whoever makes it destroys it, or uses `givenLan`. */
export const createLan = (options: LanOptions): Lan => new Lan(options)
