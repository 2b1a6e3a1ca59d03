import { streamPair } from '@libp2p/utils'
import fc from 'fast-check'
import * as lp from 'it-length-prefixed'
import { describe, expect, test } from 'vitest'
import { chunksOf, FrameWriter, framesOf } from '../../../src/protocol/framing.ts'
import { readAheadBytes } from '../../../src/protocol/limits.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (frame: Uint8Array) => new TextDecoder().decode(frame)

async function collect(frames: AsyncIterable<Uint8Array>): Promise<string[]> {
  const all: string[] = []
  for await (const frame of frames) all.push(text(frame))
  return all
}

describe('framesOf', () => {
  test('gives back what was framed, however the bytes were cut on the way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
        async (messages, cuts) => {
          const [near, far] = await streamPair()
          const whole = Buffer.concat(messages.map((message) => lp.encode.single(bytes(message)).subarray()))
          const got = collect(framesOf(far, 4096))
          for (let at = 0, i = 0; at < whole.length; i++) {
            const length = cuts[i % cuts.length]!
            near.send(whole.subarray(at, at + length))
            at += length
          }
          await near.close()
          expect(await got).toEqual(messages.map((message) => text(bytes(message))))
        }
      ),
      { numRuns: 30 }
    )
  })

  test('refuses a frame that is too long when its length arrives, without waiting for the rest', async () => {
    const [near, far] = await streamPair()
    near.send(lp.encode.single(bytes('x'.repeat(5000))).subarray(0, 10))
    await expect(collect(framesOf(far, 4096))).rejects.toMatchObject({ name: 'InvalidDataLengthError' })
  })

  test('refuses garbage where a length should be', async () => {
    const [near, far] = await streamPair()
    near.send(new Uint8Array(64).fill(0xff))
    await expect(collect(framesOf(far, 4096))).rejects.toThrow()
  })

  test('says that a frame broke off in the middle', async () => {
    const [near, far] = await streamPair()
    near.send(lp.encode.single(bytes('hello')).subarray(0, 3))
    await near.close()
    await expect(collect(framesOf(far, 4096))).rejects.toMatchObject({ name: 'UnexpectedEOFError' })
  })

  test('throws what reset the stream', async () => {
    const [near, far] = await streamPair()
    const got = collect(framesOf(far, 4096))
    near.abort(new Error('gone'))
    await expect(got).rejects.toThrow()
  })

  test('tells of every arrival of bytes, also of parts of a frame', async () => {
    const [near, far] = await streamPair()
    let arrivals = 0
    const got = collect(
      framesOf(far, 4096, () => {
        arrivals++
      })
    )
    const frame = lp.encode.single(bytes('hello')).subarray()
    near.send(frame.subarray(0, 2))
    await new Promise((resolve) => setImmediate(resolve))
    near.send(frame.subarray(2))
    await near.close()
    expect(await got).toEqual(['hello'])
    expect(arrivals).toBeGreaterThan(0)
  })
})

describe('chunksOf', () => {
  test('pauses a stream whose reader is slow, and reads everything in the end', async () => {
    const [near, far] = await streamPair()
    const chunk = new Uint8Array(64 * 1024)
    const count = 40
    const reader = chunksOf(far)
    const first = reader.next()
    for (let i = 0; i < count; i++) near.send(chunk.slice().fill(i))
    let seenBytes = (await first).value?.byteLength ?? 0
    while (far.readStatus !== 'paused') await new Promise((resolve) => setImmediate(resolve))
    expect(seenBytes).toBeLessThan(count * chunk.length)
    const closing = near.close()
    for await (const more of reader) seenBytes += more.byteLength
    await closing
    expect(seenBytes).toBe(count * chunk.length)
    expect(readAheadBytes).toBeLessThan(1024 * 1024)
  })

  test('gives what had arrived before anybody read, and then ends', async () => {
    const [near, far] = await streamPair()
    near.send(bytes('early'))
    await near.close()
    await new Promise((resolve) => setImmediate(resolve))
    const got: string[] = []
    for await (const chunk of chunksOf(far)) got.push(text(chunk.subarray()))
    expect(got.join('')).toBe('early')
  })
})

describe('FrameWriter', () => {
  test('refuses frames beyond its bound and sends the others in order', async () => {
    const [near, far] = await streamPair({ capacity: 2, delay: 5 })
    const writer = new FrameWriter(near, 2_000)
    const taken: number[] = []
    for (let i = 0; i < 50; i++) if (writer.write(bytes(`${i}`.padEnd(200, '.')))) taken.push(i)
    expect(taken.length).toBeGreaterThan(3)
    expect(taken.length).toBeLessThan(50)
    const got: number[] = []
    for await (const frame of framesOf(far, 4096)) {
      got.push(Number.parseInt(text(frame), 10))
      if (got.length === taken.length) break
    }
    expect(got).toEqual(taken)
    await writer.flushed()
    expect(writer.busy).toBe(false)
  })

  test('says so when the stream is closed', async () => {
    const [near] = await streamPair()
    const writer = new FrameWriter(near, 2_000)
    near.abort(new Error('gone'))
    expect(writer.write(bytes('late'))).toBe(false)
    await writer.flushed()
  })
})
