import type { Connection, Stream } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import {
  ask,
  asProtocolError,
  type Channel,
  type ChannelProtocol,
  type Hello,
  helloProtocol,
  type Logger,
  leaseProtocol,
  type ProtocolError,
  runChannel,
  type SendResult,
  statusProtocol,
  stealProtocol
} from '../../protocol/index.ts'
import type { Faults } from './faults.ts'
import type { ChannelMessages, ChannelName, Line, LineEvents } from './line.ts'
import type { Session } from './session.ts'

export interface LibLineCollaborators {
  logger: Logger
  faults: Faults
  nowMs: () => number
}

/** What happens on a connection of libp2p. */
export type LibSession = Session<LibLine>

const protocols: { readonly [N in ChannelName]: ChannelProtocol<ChannelMessages[N]> } = {
  status: statusProtocol,
  steal: stealProtocol,
  lease: leaseProtocol
}

/** The protocol id of a kept stream. */
export const channelId = (name: ChannelName): string => protocols[name].id

/** How long a kept stream may take to open. */
const openMs = 5_000

/** A connection of libp2p, with the streams that are kept on it. */
export class LibLine implements Line {
  readonly connection: Connection
  readonly dialledBySelf: boolean
  readonly #peer: PeerId
  readonly #with: LibLineCollaborators
  readonly #channels: { [N in ChannelName]: Channel<ChannelMessages[N]> | null } = {
    status: null,
    steal: null,
    lease: null
  }
  readonly #closing = new AbortController()
  #events: LineEvents | null = null

  constructor(peer: PeerId, connection: Connection, collaborators: LibLineCollaborators) {
    this.#peer = peer
    this.connection = connection
    this.dialledBySelf = connection.direction === 'outbound'
    this.#with = collaborators
  }

  get id(): string {
    return this.connection.id
  }

  attach(events: LineEvents): void {
    this.#events = events
  }

  sayHello(hello: Hello, heard: (answer: Hello | ProtocolError) => void): void {
    ask(helloProtocol, this.connection, hello, this.#closing.signal)
      .catch((error: unknown) => asProtocolError(error, helloProtocol.id))
      .then(heard)
  }

  open(name: ChannelName, done: (trouble: ProtocolError | null) => void): void {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(openMs)])
    this.connection
      .newStream(channelId(name), { signal })
      .then(
        (stream) => {
          this.keep(name, stream)
          return null
        },
        (error: unknown) => asProtocolError(error, 'opening the streams')
      )
      .then(done)
  }

  /** Runs a kept stream, whoever opened it. It takes the place of an earlier one. */
  keep<N extends ChannelName>(name: N, stream: Stream): void {
    const protocol: ChannelProtocol<ChannelMessages[N]> = protocols[name]
    const channels: { [M in N]: Channel<ChannelMessages[M]> | null } = this.#channels
    const channel = runChannel(protocol, stream, {
      onMessage: (message) => this.#events?.onMessage(message),
      onBytes: () => this.#events?.onBytes(),
      nowMs: this.#with.nowMs
    })
    channels[name]?.close('the other end opened a new one')
    channels[name] = channel
    const lost = (): void => {
      if (channels[name] !== channel) return
      channels[name] = null
      this.#events?.onLost(name)
    }
    const { faults, logger } = this.#with
    channel.ended.then(
      (fault) => {
        if (fault) faults.count(this.#peer, protocol.id, fault.code, fault.message)
        lost()
      },
      (error: unknown) => {
        logger.error({ err: error, peer: this.#peer, protocol: protocol.id }, 'a message was mishandled')
        lost()
      }
    )
  }

  send<N extends ChannelName>(name: N, message: ChannelMessages[N]): SendResult {
    const channels: { [M in N]: Channel<ChannelMessages[M]> | null } = this.#channels
    return channels[name]?.send(message) ?? 'closed'
  }

  busy(name: ChannelName): boolean {
    return this.#channels[name]?.busy ?? false
  }

  hangUp(): void {
    this.connection.close().catch((error: Error) => this.connection.abort(error))
  }

  close(reason: string): void {
    this.connection.abort(new Error(reason))
  }

  ended(): void {
    this.#closing.abort()
  }

  /** When nothing waits to be sent any more, the connection is closed, or the signal fires. */
  async flushed(signal: AbortSignal): Promise<void> {
    const all = Object.values(this.#channels).map((channel) => channel?.flushed())
    await Promise.race([Promise.all(all), this.gone(signal)])
  }

  /** When the connection is closed, or the signal fires. */
  gone(signal: AbortSignal): Promise<void> {
    if (this.connection.status !== 'open' || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      this.connection.addEventListener('close', () => resolve())
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}

/** Sends what waits to be sent, says goodbye, and closes the connection once the other end did or `signal` fires. */
export async function partFrom(session: LibSession, signal: AbortSignal): Promise<void> {
  const { line } = session
  await line.flushed(signal)
  session.sendStatus({ kind: 'bye' })
  // Whoever closes first while the other still sends may lose what it has not read: so the listener hangs up.
  await line.gone(signal)
  session.ended()
  if (line.connection.status === 'open') line.close('the node is stopped')
}
