import type { z } from 'zod'
import type { NodeStatus } from '../../src/model/index.ts'
import type { ChannelMessages, ChannelName } from '../../src/node/mesh/line.ts'
import type { Hello } from '../../src/protocol/index.ts'
import { memo } from '../../src/scheduler/memo.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'
import type { WireParts } from './subject.ts'

/** What arrives of a message; null when the receiver refuses it and closes the stream. */
type Arrived<T> = T | null

/** Strings that must never name a file. */
const hostile = ['../../etc/passwd', '-y', 'concat:a|b', 'C:\\x', '.', 'a'.repeat(300)]

/** What arrives of a status that nothing harms: one that is sent again arrives as the same object. */
const arrivedStatuses = memo<NodeStatus, NodeStatus>()

/** The real encoder and schemas between two pretend machines: bytes leave, are harmed at times, and are parsed. */
export class Wire {
  readonly #parts: WireParts
  readonly #faults: Faults
  readonly #random: Random

  constructor(parts: WireParts, faults: Faults, random: Random) {
    this.#parts = parts
    this.#faults = faults
    this.#random = random
  }

  /** A message of a kept stream. Statuses that nothing harms are parsed once: the same status, the same object. */
  message(
    name: ChannelName,
    message: ChannelMessages[ChannelName],
    calm: boolean
  ): Arrived<ChannelMessages[ChannelName]> {
    const { encodeMessage, statusMessageSchema, stealMessageSchema, leaseMessageSchema } = this.#parts
    const harmed = !calm && this.#random.chance(this.#faults.garbled)
    // Most of all messages: what becomes of its bytes is known.
    if (message.kind === 'alive' && !harmed) return message
    if (message.kind === 'status' && !harmed) {
      const status = arrivedStatuses.get(message.status)
      if (status) return { ...message, status }
    }
    const whole = encodeMessage(message)
    if (this.isTooLarge(name, whole.byteLength)) return null
    const bytes = harmed ? this.#harm(whole) : whole
    if (name === 'steal') return this.#parse(bytes, stealMessageSchema)
    if (name === 'lease') return this.#parse(bytes, leaseMessageSchema)
    const parsed = this.#parse(bytes, statusMessageSchema)
    if (!harmed && message.kind === 'status' && parsed?.kind === 'status')
      arrivedStatuses.set(message.status, parsed.status)
    return parsed
  }

  hello(hello: Hello, calm: boolean): Arrived<Hello> {
    const bytes = this.#parts.encodeMessage(hello)
    const harmed = !calm && this.#random.chance(this.#faults.garbled)
    return this.#parse(harmed ? this.#harm(bytes) : bytes, this.#parts.helloSchema)
  }

  isTooLarge(name: ChannelName, bytes: number): boolean {
    const { limits } = this.#parts
    if (name === 'steal') return bytes > limits.stealFrameBytes
    return bytes > (name === 'lease' ? limits.leaseFrameBytes : limits.controlFrameBytes)
  }

  #parse<T>(bytes: Uint8Array, schema: z.ZodType<T>): Arrived<T> {
    try {
      return this.#parts.parseMessage(bytes, schema)
    } catch (error) {
      if ((error as Error).name === 'ProtocolError') return null
      throw error
    }
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
