import { randomBytes } from 'node:crypto'
import type { PeerId } from '../../model/index.ts'
import type { Logger } from '../../protocol/index.ts'
import { addressesThrough, listInterfaces, type NetworkInterface, signatureOf } from './interfaces.ts'
import { MdnsSocket } from './mdns-socket.ts'

export interface DiscoverySettings {
  enabled: boolean
  loopback: boolean
  mdnsPort: number
  self: PeerId
  serviceTag: string
  listenHost: string
  listenPort: number
  interfacesMs: number
}

export interface DiscoveryCollaborators {
  logger: Logger
  /** Members now: they share the air time. */
  memberCount: () => number
  /** An announcement was heard: a hint, the handshake decides. Comes again with every announcement. */
  onPeer: (peer: PeerId, addresses: string[]) => void
  /** An interface came, went or changed its addresses. */
  onNetworkChanged: (interfaces: readonly NetworkInterface[]) => void
}

export interface Discovery {
  /** Asks again on every interface now. */
  query(): void
  stop(): void
}

/** Traffic grows with the square of the nodes: everybody's question is answered by everybody. */
export const queryEveryMs = (members: number, random: () => number): number =>
  Math.max(10_000, members * 500) * (0.9 + 0.2 * random())

/** The same trouble is told once in this time. */
const complainEveryMs = 60_000

/** Tells of troubles, each once in a while: a socket that cannot be opened is tried again every few seconds. */
function complainer(logger: Logger): (netInterface: NetworkInterface, what: string, error: Error) => void {
  const told = new Map<string, number>()
  return ({ name, addresses }, what, error) => {
    const key = `${name} ${what} ${error.message}`
    const lastMs = told.get(key)
    const nowMs = performance.now()
    if (lastMs !== undefined && nowMs - lastMs < complainEveryMs) return
    if (told.size > 100) told.clear()
    told.set(key, nowMs)
    const details = { err: error, interface: name, address: addresses[0]?.address }
    logger.warn(details, `${what} on ${name}: ${error.message}`)
  }
}

/** mDNS on every interface that is up, one socket each, following those that come and go. */
export function startDiscovery(
  settings: DiscoverySettings,
  collaborators: DiscoveryCollaborators
): Discovery {
  const { logger } = collaborators
  const instance = randomBytes(16).toString('hex')
  const sockets = new Map<string, MdnsSocket>()
  const complain = complainer(logger)
  let known = ''
  let queryTimer: NodeJS.Timeout | null = null

  const open = (netInterface: NetworkInterface, signature: string) => {
    logger.debug({ interface: signature }, 'mDNS starts on an interface')
    const socket = new MdnsSocket(
      {
        serviceTag: settings.serviceTag,
        instance,
        self: settings.self,
        port: settings.mdnsPort,
        netInterface,
        addresses: () => addressesThrough(netInterface, settings.listenHost, settings.listenPort)
      },
      {
        complain,
        onPeer: collaborators.onPeer,
        // Tried again at the next look at the interfaces.
        onBroken: () => sockets.delete(signature)
      }
    )
    sockets.set(signature, socket)
  }
  const look = () => {
    const interfaces = listInterfaces()
    const wanted = new Map<string, NetworkInterface>()
    if (settings.enabled) {
      for (const netInterface of interfaces) {
        const usable = netInterface.addresses.some((address) => address.family === 4)
        if (usable && (settings.loopback || !netInterface.internal)) {
          wanted.set(signatureOf(netInterface), netInterface)
        }
      }
    }
    for (const [signature, socket] of sockets) {
      if (wanted.has(signature)) continue
      logger.debug({ interface: signature }, 'mDNS stops: the interface is gone or changed')
      socket.close()
      sockets.delete(signature)
    }
    for (const [signature, netInterface] of wanted) if (!sockets.has(signature)) open(netInterface, signature)
    const now = interfaces.map(signatureOf).join('\n')
    if (now !== known) {
      known = now
      collaborators.onNetworkChanged(interfaces)
    }
  }
  const query = () => {
    for (const socket of sockets.values()) socket.query()
  }
  const queryLater = () => {
    queryTimer = setTimeout(
      () => {
        query()
        queryLater()
      },
      queryEveryMs(collaborators.memberCount(), Math.random)
    )
  }
  look()
  const lookTimer = setInterval(look, settings.interfacesMs)
  queryLater()
  return {
    query,
    stop() {
      clearInterval(lookTimer)
      if (queryTimer) clearTimeout(queryTimer)
      for (const socket of sockets.values()) socket.close()
      sockets.clear()
    }
  }
}
