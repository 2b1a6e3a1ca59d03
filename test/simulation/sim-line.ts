import type { ChannelMessages, ChannelName, Line, LineEvents } from '../../src/node/mesh/line.ts'
import type { Links } from '../../src/node/mesh/links.ts'
import type { Hello, ProtocolError, SendResult } from '../../src/protocol/index.ts'
import type { Roads } from './roads.ts'
import type { SimNode } from './sim-node.ts'
import type { Wire } from './wire.ts'
import type { World } from './world.ts'

/** A sender's queue is full when its reader is this far behind. */
const fullAfterMs = 5_000
/** A hello or a new stream that is not answered by then has failed (`src/protocol/limits.ts`). */
const deadlineMs = 5_000
/** How soon one end hears that the other has closed a stream or the connection, where anything gets through. */
const closedMs = 10

/** A process on the network, and what its links are. */
export interface Station {
  node: SimNode
  bootId: string
  hello: Hello
  links: Links<SimLine>
}

export interface LineParts {
  world: World
  roads: Roads
  wire: Wire
}

interface Answer<T> {
  isOver: boolean
  answer(answer: T | ProtocolError): void
}

type Message = ChannelMessages[ChannelName]

/** One end of a pretend connection, as the production links see it. */
export class SimLine implements Line {
  readonly id: string
  readonly dialledBySelf: boolean
  /** The other end. */
  other!: SimLine
  readonly #with: LineParts
  readonly #station: Station
  readonly #kept: Record<ChannelName, number | null> = { status: null, steal: null, lease: null }
  readonly #rates = new Map<ChannelName, { take(nowMs: number): number }>()
  /** Streams that are closed for good, by number. */
  readonly #closed = new Set<number>()
  #events: LineEvents | null = null
  #isOpen = true
  #streams = 0
  /** Statuses on their way; and the last one that arrived, as it was sent. */
  #statusesInFlight = 0
  #toldStatus: object | null = null

  private constructor(id: string, dialledBySelf: boolean, station: Station, parts: LineParts) {
    this.id = id
    this.dialledBySelf = dialledBySelf
    this.#station = station
    this.#with = parts
  }

  /** Both ends of a new connection: the dialler's, and the other's. */
  static pair(id: string, dialler: Station, listener: Station, parts: LineParts): [SimLine, SimLine] {
    const near = new SimLine(id, true, dialler, parts)
    const far = new SimLine(id, false, listener, parts)
    near.other = far
    far.other = near
    return [near, far]
  }

  attach(events: LineEvents): void {
    this.#events = events
  }

  sayHello(hello: Hello, heard: (answer: Hello | ProtocolError) => void): void {
    const { wire, world } = this.#with
    const awaited = this.#inTime(heard)
    this.#cross(() => {
      const { other } = this
      const session = other.#station.links.sessionOf(this.id)
      const arrived = wire.hello(hello, world.calm)
      if (!session || !arrived) {
        other.#cross(() => awaited.answer(this.#trouble('stream-closed', 'the other end hung up')))
        return
      }
      session.greetedBy(arrived)
      const own = other.#station.hello
      other.#cross(() =>
        awaited.answer(wire.hello(own, world.calm) ?? this.#trouble('malformed-message', 'not a hello'))
      )
    })
  }

  open(name: ChannelName, done: (trouble: ProtocolError | null) => void): void {
    const awaited = this.#inTime(done)
    this.#streams += 1
    const no = this.#streams
    this.#cross(() => {
      const { other } = this
      const session = other.#station.links.sessionOf(this.id)
      const isExpected = session?.accept(name, () => other.#keep(name, no)) ?? false
      other.#cross(() => {
        if (awaited.isOver) {
          this.#reset(name, no)
          return
        }
        if (isExpected) this.#keep(name, no)
        awaited.answer(null)
        // It was there for a moment: negotiated, then reset.
        if (this.#isOpen && this.#kept[name] !== no) this.#events?.onLost(name)
      })
    })
  }

  send<N extends ChannelName>(name: N, message: ChannelMessages[N]): SendResult {
    const no = this.#kept[name]
    const { world, wire, roads } = this.#with
    if (no === null || !this.#isOpen) return 'closed'
    const behindMs = this.#behindMs(name)
    if (behindMs > fullAfterMs) return 'full'
    const sent = this.#shortened(message)
    for (const delayMs of roads.delaysMs(this.#station.node, this.other.#station.node)) {
      if (sent.kind === 'status') this.#countStatus(delayMs + behindMs)
      this.#arrive(delayMs + behindMs, () => {
        if (this.other.#closed.has(no)) {
          this.other.#reset(name, no)
          return
        }
        this.other.#events?.onBytes()
        const arrived = wire.message(name, sent, world.calm)
        if (arrived) {
          if (sent.kind === 'status') this.#toldStatus = sent.status
          this.other.#events?.onMessage(arrived)
        } else this.other.#reset(name, no)
      })
    }
    return 'sent'
  }

  /** Whoever has heard this very status needs not turn it again: it is told only that its sender lives. */
  #shortened(message: Message): Message {
    const same = message.kind === 'status' && this.#toldStatus === message.status
    if (!same || this.#statusesInFlight > 0) return message
    return { kind: 'alive', rosterDigest: message.rosterDigest }
  }

  #countStatus(delayMs: number): void {
    this.#statusesInFlight += 1
    this.#with.world.agenda.after(delayMs, () => {
      this.#statusesInFlight -= 1
    })
  }

  busy(name: ChannelName): boolean {
    const { roads } = this.#with
    return this.#kept[name] !== null && roads.isClogged(this.#station.node, this.other.#station.node)
  }

  hangUp(): void {
    this.close()
  }

  /** The other end hears of it, where anything gets through. */
  close(): void {
    if (!this.#isOpen) return
    this.#gone()
    this.#cross(() => this.other.#gone())
  }

  ended(): void {}

  /** The process has ended: its system says so, where anything gets through. */
  died(): void {
    this.#isOpen = false
    const { node } = this.other.#station
    const { world, roads } = this.#with
    world.agenda.after(closedMs, () => {
      if (!roads.isCut(this.#station.node, node)) this.other.#whenThere(() => this.other.#gone())
    })
  }

  #gone(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#with.world.agenda.after(0, () => this.#whenThere(() => this.#station.links.closed(this.id)))
  }

  #keep(name: ChannelName, no: number): void {
    if (!this.#isOpen || this.#closed.has(no)) return
    const before = this.#kept[name]
    this.#kept[name] = no
    if (before !== null && before !== no) this.#reset(name, before)
  }

  /** This end wants no more of a stream. The other hears of it, or not where the way is cut; then when it sends on it. */
  #reset(name: ChannelName, no: number): void {
    this.#lose(name, no)
    this.#cross(() => this.other.#lose(name, no))
  }

  #lose(name: ChannelName, no: number): void {
    this.#closed.add(no)
    if (this.#kept[name] !== no) return
    this.#kept[name] = null
    this.#events?.onLost(name)
  }

  /** Something that TCP carries, or breaks over: it arrives at the other end once, late perhaps. */
  #cross(arrive: () => void): void {
    const { roads } = this.#with
    const [from, to] = [this.#station.node, this.other.#station.node]
    if (!roads.isCut(from, to)) this.#arrive(roads.delayMs(from, to), arrive)
  }

  #arrive(delayMs: number, arrive: () => void): void {
    const { world, roads } = this.#with
    const { other } = this
    const [from, to] = [this.#station.node, other.#station.node]
    world.agenda.after(delayMs, () => {
      if (roads.isCut(from, to)) return
      if (other.#station.node.bootId === other.#station.bootId && other.#isOpen) other.#whenThere(arrive)
      // Its system knows of no such connection.
      else if (this.#isOpen && !roads.isCut(to, from)) this.#whenThere(() => this.#gone())
    })
  }

  /** Now, or when this end's machine wakes; never in another process. */
  #whenThere(work: () => void): void {
    const { node, bootId } = this.#station
    if (node.bootId !== bootId) return
    node.whenAwake(() => {
      if (node.bootId === bootId) work()
    })
  }

  /** Answered once, with what went wrong when nothing has come by its deadline. */
  #inTime<T>(done: (answer: T | ProtocolError) => void): Answer<T> {
    const awaited: Answer<T> = {
      isOver: false,
      answer: (answer) => {
        if (awaited.isOver) return
        awaited.isOver = true
        done(answer)
      }
    }
    this.#with.world.agenda.after(deadlineMs, () => {
      if (awaited.isOver) return
      this.#whenThere(() => awaited.answer(this.#trouble('timed-out', 'no answer in time')))
    })
    return awaited
  }

  #trouble(code: ProtocolError['code'], message: string): ProtocolError {
    return new this.#with.world.subject.wire.ProtocolError(code, message)
  }

  /** The real rate limit: whoever is above its pace is read slower. */
  #behindMs(name: ChannelName): number {
    const { world } = this.#with
    const { RateLimiter, limits } = world.subject.wire
    let rate = this.#rates.get(name)
    if (!rate) {
      rate = new RateLimiter(limits.channelRate, world.nowMs)
      this.#rates.set(name, rate)
    }
    return rate.take(world.nowMs)
  }
}
