import type { Connection, Stream } from '@libp2p/interface'
import type { NodeStatus, PeerId, PeerMessage } from '../../model/index.ts'
import {
  ask,
  asProtocolError,
  type Channel,
  type ChannelProtocol,
  fromWire,
  type Hello,
  helloProtocol,
  type LeaseMessage,
  type Logger,
  leaseProtocol,
  runChannel,
  type StatusMessage,
  type StealMessage,
  statusProtocol,
  stealProtocol,
  toWire
} from '../../protocol/index.ts'
import type { Faults } from './faults.ts'

export interface SessionCollaborators {
  logger: Logger
  faults: Faults
  nowMs: () => number
  ownHello: () => Hello
  /** Why the peer of this hello must not be given work, or null. */
  judge: (hello: Hello) => string | null
  onReady: (session: Session) => void
  onBytes: (session: Session) => void
  onStatusMessage: (session: Session, message: StatusMessage) => void
  onPeerMessage: (session: Session, message: PeerMessage) => void
}

type ChannelName = 'status' | 'steal' | 'lease'

interface Channels {
  status: Channel<StatusMessage> | null
  steal: Channel<StealMessage> | null
  lease: Channel<LeaseMessage> | null
}

/** A kept stream that was lost while its connection lives is opened again after this long. */
const reopenMs = 1_000
/** A peer that speaks no hello of ours has no status stream: it is asked this often whether it is still there. */
const probeMs = 10_000
/** Long enough to read what came before a goodbye on the other streams. */
const hangUpMs = 20

/** The channel's protocol by name; `streamIds` maps back. */
export const channelIds: Readonly<Record<ChannelName, string>> = {
  status: statusProtocol.id,
  steal: stealProtocol.id,
  lease: leaseProtocol.id
}

/**
 * What happens on one connection to a member. The end that dialled says hello and opens the three kept streams; both
 * are `ready` when these are there (one is enough for a peer that gets no work).
 */
export class Session {
  readonly peer: PeerId
  readonly connection: Connection
  readonly dialledBySelf: boolean
  readonly openedAtMs: number
  readonly #with: SessionCollaborators
  readonly #channels: Channels = { status: null, steal: null, lease: null }
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #closing = new AbortController()
  hello: Hello | null = null
  /** Why the peer gets no work; null while it may. */
  refusal: string | null = null
  ready = false
  closed = false
  /** The last status that came on this connection. */
  status: NodeStatus | null = null
  /** What came before this end was ready; the other end may be so a moment earlier. */
  readonly early: PeerMessage[] = []
  /** Why this end closed it. */
  closeReason: string | null = null

  constructor(peer: PeerId, connection: Connection, collaborators: SessionCollaborators) {
    this.peer = peer
    this.connection = connection
    this.dialledBySelf = connection.direction === 'outbound'
    this.#with = collaborators
    this.openedAtMs = collaborators.nowMs()
  }

  /** The dialling end: says hello, then opens the kept streams. Closes the connection when that fails. */
  async greet(): Promise<void> {
    try {
      this.hello = await ask(helloProtocol, this.connection, this.#with.ownHello(), this.#closing.signal)
    } catch (error) {
      const known = asProtocolError(error, helloProtocol.id)
      if (known.code === 'unsupported') this.#beStrange()
      else this.#fail(known.code, known.message)
      return
    }
    this.refusal = this.#with.judge(this.hello)
    this.#with.onBytes(this)
    const names: ChannelName[] = this.refusal === null ? ['status', 'steal', 'lease'] : ['status']
    try {
      await Promise.all(names.map((name) => this.#open(name)))
    } catch (error) {
      const known = asProtocolError(error, 'opening the streams')
      this.#fail(known.code, known.message)
      return
    }
    this.#beReady()
  }

  /** The other end said hello. */
  greetedBy(hello: Hello): void {
    this.hello = hello
    this.refusal = this.#with.judge(hello)
    this.#with.onBytes(this)
  }

  /** The other end opened a kept stream. It takes the place of an earlier one. */
  accept(name: ChannelName, stream: Stream): void {
    if (this.closed || this.hello === null || (this.refusal !== null && name !== 'status')) {
      stream.abort(new Error('this stream is not expected'))
      return
    }
    this.#run(name, stream)
    const all = Object.values(this.#channels).every((channel) => channel !== null)
    if (this.refusal !== null || all) this.#beReady()
  }

  sendStatus(message: StatusMessage): void {
    const channel = this.#channels.status
    // A peer that does not read gets the newest status when it reads again, not all of them.
    if (!channel || channel.busy) return
    const result = channel.send(message)
    if (result === 'too-large')
      this.#with.logger.error({ peer: this.peer }, 'the own status is too large to send')
  }

  /** False when the message was dropped. */
  send(message: PeerMessage): boolean {
    if (this.refusal !== null) return false
    const wire = toWire(message)
    const result =
      wire.channel === 'steal'
        ? (this.#channels.steal?.send(wire.message) ?? 'closed')
        : (this.#channels.lease?.send(wire.message) ?? 'closed')
    if (result === 'too-large') {
      this.#with.logger.error({ peer: this.peer, kind: message.kind }, 'a message is too large to send')
    } else if (result !== 'sent') {
      this.#with.logger.debug({ peer: this.peer, kind: message.kind, result }, 'a message was dropped')
    }
    return result === 'sent'
  }

  /** Sends what waits to be sent, says goodbye, and closes the connection once the other end did or `signal` fires. */
  async part(signal: AbortSignal): Promise<void> {
    const flushed = () => Promise.all(Object.values(this.#channels).map((channel) => channel?.flushed()))
    const expired = new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => resolve(), { once: true })
    )
    const hungUp = new Promise<void>((resolve) => this.connection.addEventListener('close', () => resolve()))
    await Promise.race([flushed(), expired, hungUp])
    this.sendStatus({ kind: 'bye' })
    // Whoever closes first while the other still sends may lose what it has not read: so the listener hangs up.
    if (this.connection.status === 'open') await Promise.race([hungUp, expired])
    this.ended()
    if (this.connection.status === 'open') this.connection.abort(new Error('the node is stopped'))
  }

  /** The other end said goodbye: hangs up for it, after what it sent before has been read. */
  hangUp(): void {
    this.#later(hangUpMs, () => {
      this.connection.close().catch((error: Error) => this.connection.abort(error))
    })
  }

  /** Closes the connection. Idempotent. */
  close(reason: string): void {
    if (this.closed) return
    this.closeReason = reason
    this.connection.abort(new Error(reason))
    this.ended()
  }

  /** The connection is gone. */
  ended(): void {
    this.closed = true
    this.#closing.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }

  #beReady(): void {
    if (this.ready || this.closed) return
    this.ready = true
    this.#with.onReady(this)
  }

  /** It speaks another major version of everything: shown, and asked now and then whether it is still there. */
  #beStrange(): void {
    this.refusal = 'it speaks another version of the protocols: install the same proxima-node on both'
    this.#with.onBytes(this)
    this.#beReady()
    this.#later(probeMs, () => void this.#probe())
  }

  async #probe(): Promise<void> {
    try {
      await ask(helloProtocol, this.connection, this.#with.ownHello(), this.#closing.signal)
      this.close('it speaks our protocols now')
    } catch (error) {
      const known = asProtocolError(error, helloProtocol.id)
      if (known.code !== 'unsupported') return this.#fail(known.code, known.message)
      this.#with.onBytes(this)
      this.#later(probeMs, () => void this.#probe())
    }
  }

  #fail(code: string, message: string): void {
    if (this.closed) return
    this.#with.logger.debug({ peer: this.peer, code }, `a connection did not come to hello: ${message}`)
    const cause =
      code === 'stream-closed'
        ? 'it closed the connection: is this machine a member there, too?'
        : `no hello: ${message}`
    this.close(cause)
  }

  async #open(name: ChannelName): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(5_000)])
    this.#run(name, await this.connection.newStream(channelIds[name], { signal }))
  }

  #run(name: ChannelName, stream: Stream): void {
    if (name === 'status') {
      this.#keep('status', statusProtocol, stream, (message) => this.#with.onStatusMessage(this, message))
    } else if (name === 'steal') {
      this.#keep('steal', stealProtocol, stream, (message) => this.#deliver(message))
    } else {
      this.#keep('lease', leaseProtocol, stream, (message) => this.#deliver(message))
    }
  }

  #deliver(message: StealMessage | LeaseMessage): void {
    this.#with.onPeerMessage(this, fromWire(this.peer, message))
  }

  #keep<N extends ChannelName, M>(
    name: N,
    protocol: ChannelProtocol<M>,
    stream: Stream,
    onMessage: (message: M) => void
  ): void {
    const channel = runChannel(protocol, stream, {
      onMessage,
      onBytes: () => this.#with.onBytes(this),
      nowMs: this.#with.nowMs
    })
    const slots = this.#channels as Record<ChannelName, Channel<M> | null>
    slots[name]?.close('the other end opened a new one')
    slots[name] = channel
    channel.ended.then(
      (fault) => {
        if (fault) this.#with.faults.count(this.peer, protocol.id, fault.code, fault.message)
        if (slots[name] === channel) this.#lost(name)
      },
      (error: unknown) => {
        this.#with.logger.error(
          { err: error, peer: this.peer, protocol: protocol.id },
          'a message was mishandled'
        )
        if (slots[name] === channel) this.#lost(name)
      }
    )
  }

  #lost(name: ChannelName): void {
    this.#channels[name] = null
    if (this.closed || !this.dialledBySelf) return
    this.#later(reopenMs, () => {
      this.#open(name).catch((error: unknown) => {
        this.#with.logger.debug(
          { err: error, peer: this.peer, name },
          'a kept stream could not be opened again'
        )
        this.#lost(name)
      })
    })
  }

  #later(delayMs: number, callback: () => void): void {
    if (this.closed) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.closed) callback()
    }, delayMs)
    this.#timers.add(timer)
  }
}
