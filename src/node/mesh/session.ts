import type { NodeStatus, PeerId, PeerMessage } from '../../model/index.ts'
import {
  fromWire,
  type Hello,
  type Logger,
  ProtocolError,
  type StatusMessage,
  toWire
} from '../../protocol/index.ts'
import { type ChannelName, channelNames, type Later, type Line, Timers } from './line.ts'

export interface SessionCollaborators<L extends Line> {
  logger: Logger
  nowMs: () => number
  later: Later
  ownHello: () => Hello
  /** Why the peer of this hello must not be given work, or null. */
  judge: (hello: Hello) => string | null
  onReady: (session: Session<L>) => void
  onBytes: (session: Session<L>) => void
  onStatusMessage: (session: Session<L>, message: StatusMessage) => void
  onPeerMessage: (session: Session<L>, message: PeerMessage) => void
}

/** A kept stream that was lost while its connection lives is opened again after this long. */
const reopenMs = 1_000
/**
 * One that is missing for this long costs the connection, which is then made anew: each end sees for itself what is
 * missing, and waits for nothing that the other may not know of.
 */
const missingMs = 15_000
/** A peer that speaks no hello of ours has no status stream: it is asked this often whether it is still there. */
const probeMs = 10_000
/** Long enough to read what came before a goodbye on the other streams. */
const hangUpMs = 20

/**
 * What happens on one connection to a member. The end that dialled says hello and opens the three kept streams; both
 * are `ready` when these are there (one is enough for a peer that gets no work).
 */
export class Session<L extends Line = Line> {
  readonly peer: PeerId
  readonly line: L
  readonly openedAtMs: number
  readonly #with: SessionCollaborators<L>
  readonly #open = new Set<ChannelName>()
  /** Kept streams that were lost and are not there again, each by its last loss. */
  readonly #losses = new Map<ChannelName, object>()
  readonly #timers: Timers
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

  constructor(peer: PeerId, line: L, collaborators: SessionCollaborators<L>) {
    this.peer = peer
    this.line = line
    this.#with = collaborators
    this.#timers = new Timers(collaborators.later)
    this.openedAtMs = collaborators.nowMs()
    line.attach({
      onBytes: () => collaborators.onBytes(this),
      onMessage: (message) => {
        if (message.kind === 'status' || message.kind === 'alive' || message.kind === 'bye')
          collaborators.onStatusMessage(this, message)
        else collaborators.onPeerMessage(this, fromWire(peer, message))
      },
      onLost: (name) => this.#lost(name)
    })
  }

  get dialledBySelf(): boolean {
    return this.line.dialledBySelf
  }

  /** The dialling end: says hello, then opens the kept streams. Closes the connection when that fails. */
  greet(): void {
    this.line.sayHello(this.#with.ownHello(), (answer) => {
      if (this.closed) return
      if (answer instanceof ProtocolError) {
        if (answer.code === 'unsupported') this.#beStrange()
        else this.#fail(answer)
        return
      }
      this.greetedBy(answer)
      const names = this.refusal === null ? channelNames : channelNames.slice(0, 1)
      let opening = names.length
      for (const name of names) {
        this.line.open(name, (trouble) => {
          if (trouble) {
            this.#fail(trouble)
            return
          }
          this.#hasOpened(name)
          opening -= 1
          if (opening === 0) this.#beReady()
        })
      }
    })
  }

  /** The other end said hello. */
  greetedBy(hello: Hello): void {
    this.hello = hello
    this.refusal = this.#with.judge(hello)
    this.#with.onBytes(this)
  }

  /** The other end opened a kept stream, which is kept when it is expected. False when it is not. */
  accept(name: ChannelName, keep: () => void): boolean {
    if (this.closed || this.hello === null || (this.refusal !== null && name !== 'status')) return false
    keep()
    this.#hasOpened(name)
    if (this.refusal !== null || channelNames.every((each) => this.#open.has(each))) this.#beReady()
    return true
  }

  sendStatus(message: StatusMessage): void {
    // A peer that does not read gets the newest status when it reads again, not all of them.
    if (this.line.busy('status')) return
    if (this.line.send('status', message) === 'too-large')
      this.#with.logger.error({ peer: this.peer }, 'the own status is too large to send')
  }

  /** False when the message was dropped. */
  send(message: PeerMessage): boolean {
    if (this.refusal !== null) return false
    const wire = toWire(message)
    const result =
      wire.channel === 'steal' ? this.line.send('steal', wire.message) : this.line.send('lease', wire.message)
    if (result === 'too-large') {
      this.#with.logger.error({ peer: this.peer, kind: message.kind }, 'a message is too large to send')
    } else if (result !== 'sent') {
      this.#with.logger.debug({ peer: this.peer, kind: message.kind, result }, 'a message was dropped')
    }
    return result === 'sent'
  }

  /** The other end said goodbye: hangs up for it, after what it sent before has been read. */
  hangUp(): void {
    this.#later(hangUpMs, () => this.line.hangUp())
  }

  /** Closes the connection. Idempotent. */
  close(reason: string): void {
    if (this.closed) return
    this.closeReason = reason
    this.line.close(reason)
    this.ended()
  }

  /** The connection is gone. */
  ended(): void {
    this.closed = true
    this.line.ended()
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
    this.#later(probeMs, () => this.#probe())
  }

  #probe(): void {
    this.line.sayHello(this.#with.ownHello(), (answer) => {
      if (this.closed) return
      if (!(answer instanceof ProtocolError)) this.close('it speaks our protocols now')
      else if (answer.code !== 'unsupported') this.#fail(answer)
      else {
        this.#with.onBytes(this)
        this.#later(probeMs, () => this.#probe())
      }
    })
  }

  #fail({ code, message }: ProtocolError): void {
    if (this.closed) return
    this.#with.logger.debug({ peer: this.peer, code }, `a connection did not come to hello: ${message}`)
    const cause =
      code === 'stream-closed'
        ? 'it closed the connection: is this machine a member there, too?'
        : `no hello: ${message}`
    this.close(cause)
  }

  #hasOpened(name: ChannelName): void {
    this.#open.add(name)
    this.#losses.delete(name)
  }

  #lost(name: ChannelName): void {
    this.#open.delete(name)
    const loss = {}
    this.#losses.set(name, loss)
    this.#later(missingMs, () => {
      if (this.#losses.get(name) === loss) this.close(`its ${name} stream broke, and did not come back`)
    })
    if (this.dialledBySelf) this.#reopen(name)
  }

  #reopen(name: ChannelName): void {
    this.#later(reopenMs, () => {
      this.line.open(name, (trouble) => {
        if (!trouble) {
          this.#hasOpened(name)
          return
        }
        const { logger } = this.#with
        logger.debug({ err: trouble, peer: this.peer, name }, 'a kept stream could not be opened again')
        this.#reopen(name)
      })
    })
  }

  #later(delayMs: number, callback: () => void): void {
    if (this.closed) return
    this.#timers.after(delayMs, () => {
      if (!this.closed) callback()
    })
  }
}
