import { BlockList } from 'node:net'
import { networkInterfaces } from 'node:os'
import { addressOf } from './address.ts'

export interface InterfaceAddress {
  address: string
  family: 4 | 6
  prefixBits: number
}

/** A network interface that is up, and this machine's addresses on it. */
export interface NetworkInterface {
  name: string
  internal: boolean
  addresses: readonly InterfaceAddress[]
}

/** More than any machine has; bounds sockets on one with hundreds of virtual interfaces. */
const maxInterfaces = 32

/** The interfaces that are up and carry a usable address. IPv6 link-local ones are left out: they need a zone. */
export function listInterfaces(read: typeof networkInterfaces = networkInterfaces): NetworkInterface[] {
  const found: NetworkInterface[] = []
  for (const [name, infos] of Object.entries(read())) {
    const usable = (infos ?? []).filter((info) => !(info.family === 'IPv6' && info.scopeid !== 0))
    if (usable.length === 0) continue
    found.push({
      name,
      internal: usable.every((info) => info.internal),
      addresses: usable.map((info) => ({
        address: info.address,
        family: info.family === 'IPv4' ? 4 : 6,
        prefixBits: Number(info.cidr?.split('/')[1] ?? (info.family === 'IPv4' ? 32 : 128))
      }))
    })
  }
  return found.slice(0, maxInterfaces)
}

/** Tells one state of an interface from another: its name and addresses. */
export const signatureOf = (netInterface: NetworkInterface): string =>
  `${netInterface.name} ${netInterface.addresses.map((a) => `${a.address}/${a.prefixBits}`).join(' ')}`

/** Whether an address is on the network that this interface is on. */
export function isNeighbour(netInterface: NetworkInterface, address: string): boolean {
  const family = address.includes(':') ? 6 : 4
  const nets = new BlockList()
  for (const own of netInterface.addresses) {
    if (own.family === family) nets.addSubnet(own.address, own.prefixBits, family === 4 ? 'ipv4' : 'ipv6')
  }
  return nets.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

const wildcards = new Set(['0.0.0.0', '::'])

/** Where a node that listens on `host`:`port` can be reached through this interface. */
export function addressesThrough(netInterface: NetworkInterface, host: string, port: number): string[] {
  return netInterface.addresses
    .filter((own) => (wildcards.has(host) ? host === '::' || own.family === 4 : own.address === host))
    .map((own) => addressOf(own.address, port))
}

/** Where it can be reached at all, for hellos and invites: loopback only when there is nothing else. */
export function reachableAddresses(
  interfaces: readonly NetworkInterface[],
  host: string,
  port: number
): string[] {
  const through = (internal: boolean) =>
    interfaces
      .filter((netInterface) => netInterface.internal === internal)
      .flatMap((netInterface) => addressesThrough(netInterface, host, port))
  const outside = through(false)
  return outside.length > 0 ? outside : through(true)
}
