import { isIP } from 'node:net'
import { multiaddr } from '@multiformats/multiaddr'
import { MeshError } from './errors.ts'

/**
 * `/ip4/…/tcp/…`, `/ip6/…/tcp/…` or `/dns…/tcp/…` without a peer id, in its normal form; null for anything else.
 * A peer's addresses pass through here before they are dialled or kept.
 */
export function plainAddress(text: string): string | null {
  try {
    const [host, tcp, ...rest] = multiaddr(text).getComponents()
    if (!host?.value || !tcp?.value || tcp.name !== 'tcp') return null
    if (!['ip4', 'ip6', 'dns', 'dns4', 'dns6'].includes(host.name)) return null
    if (rest.some((component) => component.name !== 'p2p')) return null
    if (Number(tcp.value) === 0) return null
    return `/${host.name}/${host.value}/tcp/${tcp.value}`
  } catch {
    // Not a multiaddr.
    return null
  }
}

/** The IP address of a plain address, or null when it names a host. */
export function ipOf(address: string): string | null {
  const [, kind, value] = address.split('/')
  return (kind === 'ip4' || kind === 'ip6') && value ? value : null
}

export const portOf = (address: string): number => Number(address.split('/')[4])

/** `/ip4/10.0.0.1/tcp/47470` for an IP address or a host name. */
export function addressOf(host: string, port: number): string {
  const version = isIP(host)
  const kind = version === 4 ? 'ip4' : version === 6 ? 'ip6' : 'dns'
  return `/${kind}/${host}/tcp/${port}`
}

/** The `HOST:PORT` of a plain address, for people; IPv6 in brackets. */
export function hostPortOf(address: string): string {
  const [, kind, host, , port] = address.split('/')
  return kind === 'ip6' ? `[${host}]:${port}` : `${host}:${port}`
}

const hostPattern = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/

/** The address of `HOST:PORT` or `[IPV6]:PORT`, or null when the text is neither. */
export function parseHostPort(text: string): string | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text.trim())
  if (!match) return null
  const port = Number(match[3])
  if (port < 1 || port > 65_535) return null
  const host = match[1] ?? match[2]!
  if (match[1] !== undefined ? isIP(host) !== 6 : !hostPattern.test(host)) return null
  return addressOf(host, port)
}

/** The same for what a person typed. Throws MeshError `bad-peer-address`. */
export function requireHostPort(text: string): string {
  const address = parseHostPort(text)
  if (address !== null) return address
  throw new MeshError('bad-peer-address', `"${text}" is not the address of a peer`, {
    hint: 'Write it as HOST:PORT, e.g. --peer 192.168.1.20:47470.'
  })
}
