import type { z } from 'zod'
import type { NodeStatus, PeerId, PeerMessage } from '../../src/model/index.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'
import type { WireParts } from './subject.ts'

/** What arrives of a message; null when the receiver refuses it and closes the stream. */
type Arrived<T> = T | null

/** Strings that must never name a file. */
const hostile = ['../../etc/passwd', '-y', 'concat:a|b', 'C:\\x', '.', 'a'.repeat(300)]

/** The real encoder and schemas between two pretend machines: bytes leave, are harmed at times, and are parsed. */
export class Wire {
  readonly #parts: WireParts
  readonly #faults: Faults
  readonly #random: Random
  readonly #statuses = new WeakMap<NodeStatus, NodeStatus>()

  constructor(parts: WireParts, faults: Faults, random: Random) {
    this.#parts = parts
    this.#faults = faults
    this.#random = random
  }

  message(from: PeerId, message: PeerMessage, calm: boolean): Arrived<PeerMessage> {
    if (!this.#faults.wire) return message
    const { toWire, fromWire, encodeMessage, stealMessageSchema, leaseMessageSchema, limits } = this.#parts
    const { channel, message: sent } = toWire(message)
    const steal = channel === 'steal'
    const bytes = this.#harmed(encodeMessage(sent), calm)
    if (bytes.byteLength > (steal ? limits.stealFrameBytes : limits.leaseFrameBytes)) return null
    const parsed = steal ? this.#parse(bytes, stealMessageSchema) : this.#parse(bytes, leaseMessageSchema)
    return parsed && fromWire(from, parsed)
  }

  /** Statuses that nothing harms are parsed once: the same status arrives as the same object. */
  status(status: NodeStatus, calm: boolean): Arrived<NodeStatus> {
    if (!this.#faults.wire) return status
    const known = this.#statuses.get(status)
    const whole = known !== undefined && !this.#isHarmed(calm)
    if (whole) return known
    const { boundStatus, encodeMessage, nodeStatusSchema } = this.#parts
    const bytes = encodeMessage(boundStatus(status))
    if (known) return this.#parse(this.#harm(bytes), nodeStatusSchema)
    const parsed = this.#parse(bytes, nodeStatusSchema)
    if (parsed) this.#statuses.set(status, parsed)
    return parsed
  }

  /** The object as which a peer sees this status, once it has arrived whole. */
  asSeen(status: NodeStatus): NodeStatus | undefined {
    return this.#faults.wire ? this.#statuses.get(status) : status
  }

  #parse<T>(bytes: Uint8Array, schema: z.ZodType<T>): Arrived<T> {
    try {
      return this.#parts.parseMessage(bytes, schema)
    } catch (error) {
      if ((error as Error).name === 'ProtocolError') return null
      throw error
    }
  }

  #isHarmed(calm: boolean): boolean {
    return !calm && this.#random.chance(this.#faults.garbled)
  }

  #harmed(bytes: Uint8Array, calm: boolean): Uint8Array {
    return this.#isHarmed(calm) ? this.#harm(bytes) : bytes
  }

  #harm(bytes: Uint8Array): Uint8Array {
    const random = this.#random
    const text = new TextDecoder().decode(bytes)
    const encode = (altered: string): Uint8Array => new TextEncoder().encode(altered)
    switch (random.int(0, 4)) {
      case 0:
        return bytes.slice(0, random.int(0, bytes.length - 1))
      case 1: {
        const flipped = bytes.slice()
        flipped[random.int(0, bytes.length - 1)]! ^= 1 << random.int(0, 7)
        return flipped
      }
      case 2:
        // One job's id, everywhere in it, by something that must not become a path.
        return encode(renamed(text, random.pick(hostile)))
      case 3:
        return encode(
          text.replace(/:\d+/, `:${random.pick(['-1', '1e999', '1e308', 'null', '"1"', '[[[]]]'])}`)
        )
      default:
        return encode('['.repeat(random.int(65, 5_000)))
    }
  }
}

function renamed(text: string, to: string): string {
  const jobId = /"([0-9a-hjkmnp-tv-z]{10})[".]/.exec(text)?.[1]
  return jobId
    ? text.replaceAll(jobId, JSON.stringify(to).slice(1, -1))
    : text.replace(/"[^"]*"/, JSON.stringify(to))
}
