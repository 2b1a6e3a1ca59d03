import type {
  Hello,
  LeaseMessage,
  ProtocolError,
  SendResult,
  StatusMessage,
  StealMessage
} from '../../protocol/index.ts'

/** What the kept streams of a connection carry, by their names. */
export interface ChannelMessages {
  status: StatusMessage
  steal: StealMessage
  lease: LeaseMessage
}

export type ChannelName = keyof ChannelMessages

/** In the order in which they are opened; a peer that gets no work has the first alone. */
export const channelNames: readonly ChannelName[] = ['status', 'steal', 'lease']

/** What a connection tells its session. */
export interface LineEvents {
  /** Any byte arrived: the other end lives. */
  onBytes(): void
  onMessage(message: ChannelMessages[ChannelName]): void
  /** A kept stream is gone, and no other has taken its place. */
  onLost(name: ChannelName): void
}

/**
 * One connection to a member, as far as it is decided about: libp2p's in production (`lib-line.ts`), a pretend one in
 * simulation. What it is asked for it tells by calling back, once, never before it returns.
 */
export interface Line {
  /** Tells it from every other connection of this node. */
  readonly id: string
  readonly dialledBySelf: boolean
  attach(events: LineEvents): void
  /** Says hello, and tells the other end's or what went wrong. */
  sayHello(hello: Hello, heard: (answer: Hello | ProtocolError) => void): void
  /** Opens a kept stream, and tells what went wrong, or null. */
  open(name: ChannelName, done: (trouble: ProtocolError | null) => void): void
  /** Best effort: what is not `sent` is dropped. */
  send<N extends ChannelName>(name: N, message: ChannelMessages[N]): SendResult
  /** True while earlier messages of a stream wait for the other end to read; false where there is no stream. */
  busy(name: ChannelName): boolean
  /** Closes it in order. */
  hangUp(): void
  /** Resets it. */
  close(reason: string): void
  /** It is gone, or given up: nothing that was asked for matters any more. */
  ended(): void
}

/** Runs a callback after a time, and answers with what calls it off. */
export type Later = (delayMs: number, callback: () => void) => () => void

/** What is to be done later, all of which can be called off. */
export class Timers {
  readonly #later: Later
  readonly #waiting = new Set<() => void>()

  constructor(later: Later) {
    this.#later = later
  }

  after(delayMs: number, callback: () => void): void {
    const cancel = this.#later(delayMs, () => {
      this.#waiting.delete(cancel)
      callback()
    })
    this.#waiting.add(cancel)
  }

  clear(): void {
    for (const cancel of this.#waiting) cancel()
    this.#waiting.clear()
  }
}
