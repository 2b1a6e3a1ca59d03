import { command, ipIn, nftIn } from './commands.ts'

/**
 * How a host reaches beyond its own subnet. mDNS wants a route for 224.0.0.0/4:
 * `default` has it by a default route (as most machines), `multicast` by one of its own, `none` has neither.
 */
export type Routes = 'default' | 'multicast' | 'none'

export interface Nic {
  /** Device name inside the host. */
  device: string
  /** Name of the other end, in the switch. */
  port: string
  mac: string
  address: string
  prefixLength: number
  gateway: string
  segment: number
}

/**
 * A switch in a namespace of its own, with one bridge a segment. A segment can be split into several bridges,
 * which is a partition that both sides see as silence.
 */
export class Switch {
  readonly namespace: string
  readonly #ports = new Map<string, { segment: number }>()
  #splitBridges: string[] = []

  constructor(prefix: string) {
    this.namespace = `${prefix}-sw`
    command('ip', ['netns', 'add', this.namespace])
    ipIn(this.namespace, 'link', 'set', 'lo', 'up')
    this.addSegment(0)
  }

  /** Makes a bridge with the address .254 of `10.77.<segment>.0/24`, the gateway of its hosts. */
  addSegment(segment: number): void {
    this.#addBridge(bridgeOf(segment))
    ipIn(this.namespace, 'address', 'add', `10.77.${segment}.254/24`, 'dev', bridgeOf(segment))
  }

  /** Puts a cable between a host and a segment, and gives the host's end its address. */
  plug(namespace: string, host: number, segment: number, routes: Routes): Nic {
    const nic: Nic = {
      device: `eth${segment}`,
      port: `h${host}s${segment}`,
      mac: `02:77:00:00:${hex(segment)}:${hex(host + 1)}`,
      address: `10.77.${segment}.${host + 1}`,
      prefixLength: 24,
      gateway: `10.77.${segment}.254`,
      segment
    }
    const near = [nic.device, 'address', nic.mac, 'netns', namespace]
    const far = ['peer', 'name', nic.port, 'netns', this.namespace]
    command('ip', ['link', 'add', ...near, 'type', 'veth', ...far])
    ipIn(this.namespace, 'link', 'set', nic.port, 'master', bridgeOf(segment), 'up')
    this.#ports.set(nic.port, { segment })
    ipIn(namespace, 'address', 'add', `${nic.address}/${nic.prefixLength}`, 'dev', nic.device)
    bringUp(namespace, nic, routes)
    return nic
  }

  /** Pulls the cable out, or puts it back: the host loses its carrier, its addresses and routes stay. */
  cable(port: string, plugged: boolean): void {
    ipIn(this.namespace, 'link', 'set', port, plugged ? 'up' : 'down')
  }

  /** Moves ports of a segment to bridges of their own, a group each; those not named stay with the first group. */
  split(groups: readonly (readonly string[])[]): void {
    this.heal()
    for (const [index, group] of groups.entries()) {
      if (index === 0) continue
      const bridge = `split${index}`
      this.#addBridge(bridge)
      this.#splitBridges.push(bridge)
      for (const port of group) ipIn(this.namespace, 'link', 'set', port, 'master', bridge)
    }
  }

  /** Puts every port back on its segment's bridge. */
  heal(): void {
    if (this.#splitBridges.length === 0) return
    for (const [port, { segment }] of this.#ports) {
      ipIn(this.namespace, 'link', 'set', port, 'master', bridgeOf(segment))
    }
    for (const bridge of this.#splitBridges) ipIn(this.namespace, 'link', 'delete', bridge)
    this.#splitBridges = []
  }

  #addBridge(name: string): void {
    // Snooping off: without a querier on the segment a bridge would forget who listens.
    ipIn(this.namespace, 'link', 'add', name, 'type', 'bridge', 'mcast_snooping', '0')
    ipIn(this.namespace, 'link', 'set', name, 'up')
  }
}

/** Brings a host's device up and sets its routes, as a DHCP client does. */
export function bringUp(namespace: string, nic: Nic, routes: Routes): void {
  ipIn(namespace, 'link', 'set', nic.device, 'up')
  if (routes === 'default')
    ipIn(namespace, 'route', 'replace', 'default', 'via', nic.gateway, 'dev', nic.device)
  if (routes === 'multicast') ipIn(namespace, 'route', 'replace', '224.0.0.0/4', 'dev', nic.device)
}

/** Gives a host's device another address of its segment, and its routes again, as a DHCP server may at any time. */
export function readdress(namespace: string, nic: Nic, address: string, routes: Routes): void {
  ipIn(namespace, 'address', 'del', `${nic.address}/${nic.prefixLength}`, 'dev', nic.device)
  nic.address = address
  ipIn(namespace, 'address', 'add', `${nic.address}/${nic.prefixLength}`, 'dev', nic.device)
  bringUp(namespace, nic, routes)
}

/** Takes a host's device down: its routes are gone until it is brought up again. */
export function takeDown(namespace: string, nic: Nic): void {
  ipIn(namespace, 'link', 'set', nic.device, 'down')
}

/** Makes a namespace ignore every frame from these hardware addresses: what it sends still arrives. */
export function dropFrom(namespace: string, macs: readonly string[]): void {
  const rule = macs.length === 0 ? '' : `ether saddr { ${macs.join(', ')} } drop`
  nftIn(
    namespace,
    `table inet lan
delete table inet lan
table inet lan {
  chain input {
    type filter hook input priority 0; policy accept;
    ${rule}
  }
}
`
  )
}

const bridgeOf = (segment: number): string => `br${segment}`
const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
