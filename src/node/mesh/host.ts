import { isIP } from 'node:net'
import { noise } from '@chainsafe/libp2p-noise'
import type { ConnectionGater } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { MeshError } from './errors.ts'
import type { Identity } from './identity.ts'
import type { MeshSettings } from './types.ts'

const mib = 1024 * 1024

/**
 * The libp2p node: TCP, noise, yamux, and nothing that would answer a stranger (no identify, no ping: hello and status
 * do their work). Made but not started.
 */
function makeHost(identity: Identity, gater: ConnectionGater, host: string, port: number): Promise<Libp2p> {
  const kind = isIP(host) === 6 ? 'ip6' : 'ip4'
  return createLibp2p({
    start: false,
    privateKey: identity.key,
    addresses: { listen: [`/${kind}/${host}/tcp/${port}`] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [
      yamux({
        // A window larger than the read buffer lets a paused stream overflow and reset.
        streamOptions: {
          maxStreamWindowSize: 1 * mib,
          maxReadBufferLength: 8 * mib,
          maxWriteBufferLength: 8 * mib
        },
        maxInboundStreams: 256,
        maxOutboundStreams: 256
      })
    ],
    connectionGater: gater,
    connectionManager: {
      maxConnections: 1_024,
      // The default of 5 a second from one address resets honest dials when several nodes share a host or a NAT.
      inboundConnectionThreshold: 100,
      maxIncomingPendingConnections: 64,
      // In the order given: best first.
      addressSorter: () => 0,
      addressDialTimeout: 2_000,
      dialTimeout: 8_000,
      inboundUpgradeTimeout: 5_000,
      outboundStreamProtocolNegotiationTimeout: 5_000,
      inboundStreamProtocolNegotiationTimeout: 5_000
    },
    // It closes a connection after one failed ping; the status streams decide who lives.
    connectionMonitor: { enabled: false }
  })
}

/**
 * A started libp2p node that listens where the settings say; on a free port when a port that nobody asked for is
 * taken. Throws MeshError `port-taken`, `address-unavailable`.
 */
export async function startHost(
  identity: Identity,
  gater: ConnectionGater,
  listen: MeshSettings['listen'],
  prepare: (host: Libp2p) => Promise<void>
): Promise<Libp2p> {
  const ports = listen.explicit || listen.port === 0 ? [listen.port] : [listen.port, 0]
  for (const port of ports) {
    const host = await makeHost(identity, gater, listen.host, port)
    await prepare(host)
    try {
      await host.start()
      return host
    } catch (error) {
      await host.stop()
      const known = asListenError(error, listen.host, port)
      if (known.code !== 'port-taken' || port === 0 || listen.explicit) throw known
    }
  }
  throw new MeshError('port-taken', `No free TCP port was found on ${listen.host}`)
}

function asListenError(cause: unknown, host: string, port: number): MeshError {
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/EADDRINUSE/.test(text)) {
    return new MeshError('port-taken', `TCP port ${port} on ${host} is taken by another program`, {
      hint: 'Stop that program, or choose another port with --port or listen.port (0: any free one).',
      cause
    })
  }
  const why = /EACCES/.test(text)
    ? 'this user may not use that port'
    : /EADDRNOTAVAIL|ENOTFOUND|EINVAL/.test(text)
      ? 'this machine has no such address'
      : text.replaceAll(/\s+/g, ' ').trim()
  return new MeshError('address-unavailable', `The node cannot listen on ${host} port ${port}: ${why}`, {
    hint: 'Check listen.host and listen.port in the settings.',
    cause
  })
}
