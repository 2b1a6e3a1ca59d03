import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Claim } from '../../support/claims.ts'
import { type RunResult, run } from '../../support/run.ts'
import { Station, type StationOptions } from '../../support/station.ts'
import { pidsInNamespace } from '../../support/traces.ts'
import { waitFor } from '../../support/wait-for.ts'
import { HostGroup } from './cgroup.ts'
import { command, ipIn } from './commands.ts'
import { HarnessError } from './errors.ts'
import { bringUp, dropFrom, type Nic, type Routes, readdress, type Switch, takeDown } from './network.ts'

export interface HostOptions {
  claim: Claim
  index: number
  network: Switch
  program?: readonly string[]
  env?: Readonly<Record<string, string>>
  routes: Routes
  /** Cores; null for no limit. */
  cpu: number | null
  memoryBytes: number | null
}

/**
 * A machine on the LAN: a network namespace with a cable to the switch, a home of its own, and limits. Files are
 * those of this machine, so any folder is storage that all hosts share.
 *
 * All that `Station` can do (start, stop, kill, cli, queue, job…) happens inside the namespace; the node and its
 * children are under the host's CPU and memory limits, commands are not.
 */
export class Host extends Station {
  readonly index: number
  readonly namespace: string
  readonly #network: Switch
  readonly #group: HostGroup
  readonly #routes: Routes
  readonly #nics: Nic[] = []
  readonly #dropped = new Set<Host>()
  #addresses = 0

  constructor(options: HostOptions) {
    const name = `h${options.index}`
    const namespace = `${options.claim.prefix}-${name}`
    const group = new HostGroup(namespace)
    const station: StationOptions = {
      name,
      claim: options.claim,
      env: { ...options.env },
      enter: (program, node) => enterHost(namespace, group.doors(node), program),
      ...(options.program ? { program: options.program } : {})
    }
    super(station)
    this.index = options.index
    this.namespace = namespace
    this.#network = options.network
    this.#group = group
    this.#routes = options.routes
    command('ip', ['netns', 'add', namespace])
    ipIn(namespace, 'link', 'set', 'lo', 'up')
    this.#nics.push(options.network.plug(namespace, options.index, 0, options.routes))
    if (options.cpu !== null) this.setCpu(options.cpu)
    if (options.memoryBytes !== null) group.setMemory(options.memoryBytes)
  }

  /** Its address on the first segment. */
  get address(): string {
    return this.#nics[0]!.address
  }

  /** Its cables: the first segment's, then those of `attach`. */
  get nics(): readonly Nic[] {
    return this.#nics
  }

  /** Adds a second (third…) network card, on another segment of the switch (see `Lan.addSegment`). */
  attach(segment: number, routes: Routes = 'none'): Nic {
    const nic = this.#network.plug(this.namespace, this.index, segment, routes)
    this.#nics.push(nic)
    return nic
  }

  /** Ids of all its processes: node, ffmpeg, commands. */
  processes(): number[] {
    return [...new Set([...pidsInNamespace(this.namespace), ...this.#group.pids()])]
  }

  /** The power goes: every process of the host is killed at once. */
  async powerCut(): Promise<void> {
    this.#group.freeze(true) // nothing new is started while the others are killed
    const victims = this.processes()
    for (const pid of victims) {
      if (existsSync(`/proc/${pid}`)) process.kill(pid, 'SIGKILL')
    }
    this.#group.freeze(false)
    await waitFor(() => this.pid === null && this.processes().length === 0, {
      timeoutMs: 10_000,
      what: `every process of ${this.name} to be gone`,
      everyMs: 20
    })
  }

  /** Everything on the host stops where it is, as a laptop that sleeps; its network cards still answer ARP. */
  freeze(): void {
    if (!this.#group.freeze(true)) this.#signalAll('SIGSTOP')
  }

  /** It goes on, without knowing that time has passed. */
  thaw(): void {
    if (!this.#group.freeze(false)) this.#signalAll('SIGCONT')
  }

  /** Pulls its cables out: no carrier, addresses and routes stay. */
  cut(): void {
    for (const nic of this.#nics) this.#network.cable(nic.port, false)
  }

  /** Puts its cables back. */
  restore(): void {
    for (const nic of this.#nics) this.#network.cable(nic.port, true)
  }

  /** Takes its network cards down: unlike `cut`, its routes are lost as well. */
  linkDown(): void {
    for (const nic of this.#nics) takeDown(this.namespace, nic)
  }

  /** Brings its network cards up. @param routes those set again; `none` leaves the host without, as a flap does */
  linkUp(routes: Routes = this.#routes): void {
    for (const [index, nic] of this.#nics.entries())
      bringUp(this.namespace, nic, index === 0 ? routes : 'none')
  }

  /** Its first network card gets another address; the one before is gone. */
  changeAddress(): void {
    this.#addresses = (this.#addresses % 9) + 1
    const [nic] = this.#nics
    const address = `10.77.${nic!.segment}.${100 + this.index * 10 + this.#addresses}`
    readdress(this.namespace, nic!, address, this.#routes)
  }

  /** Ignores everything that `other` sends; what this host sends still arrives there. */
  dropFrom(other: Host): void {
    this.#dropped.add(other)
    this.#applyDrops()
  }

  /** Hears `other` again; everybody when left out. */
  hear(other?: Host): void {
    if (other) this.#dropped.delete(other)
    else this.#dropped.clear()
    this.#applyDrops()
  }

  /** @param cores for the node and its children together, as 0.25; null lifts the limit */
  setCpu(cores: number | null): void {
    this.#group.setCpu(cores)
  }

  /** Runs any command inside the host. @param options.limited under the host's limits, as the node is */
  exec(
    program: readonly string[],
    options: { limited?: boolean; timeoutMs?: number } = {}
  ): Promise<RunResult> {
    return run(enterHost(this.namespace, this.#group.doors(options.limited ?? false), program), {
      cwd: this.folder,
      env: this.environment(),
      timeoutMs: options.timeoutMs ?? 60_000
    })
  }

  #applyDrops(): void {
    dropFrom(
      this.namespace,
      [...this.#dropped].flatMap((host) => host.nics.map(({ mac }) => mac))
    )
  }

  #signalAll(signal: NodeJS.Signals): void {
    for (const pid of this.processes()) process.kill(pid, signal)
  }
}

/**
 * The command line that joins the groups, enters the namespace and becomes the program, keeping its process id.
 * `nsenter` and not `ip netns exec`, which would hide the cgroups behind a mount of its own.
 */
function enterHost(
  namespace: string,
  doors: readonly string[],
  program: readonly string[]
): readonly string[] {
  const join_ =
    'n=$1; shift; while [ "$n" -gt 0 ]; do echo $$ > "$1" || exit 71; shift; n=$((n-1)); done; exec "$@"'
  const enter = ['nsenter', `--net=/run/netns/${namespace}`, '--']
  return ['/bin/sh', '-c', join_, 'sh', `${doors.length}`, ...doors, ...enter, ...program]
}

/** A host by its number. @throws HarnessError 'no-such-host' */
export function hostAt(hosts: readonly Host[], index: number): Host {
  const host = hosts[index]
  if (!host) throw new HarnessError('no-such-host', `there is no host ${index}: the LAN has ${hosts.length}`)
  return host
}

/** A PATH with a folder put first: for programs that pretend. */
export const pathWith = (folder: string): string => [folder, process.env.PATH ?? ''].join(delimiter)

/** A folder of the claim that every host sees. */
export const sharedFolderOf = (claim: Claim): string => join(claim.folder, 'shared')
