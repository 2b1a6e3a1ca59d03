import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import * as lp from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import type { Uint8ArrayList } from 'uint8arraylist'
import { readAheadBytes } from './limits.ts'

type Chunk = Uint8Array | Uint8ArrayList

/**
 * What arrives on a stream, with back-pressure: when more than `readAheadBytes` wait unread, the stream is paused, so
 * that its window closes and the sender has to wait. (libp2p's own async iterator accepts without bound.)
 *
 * Ends when the other end closed its half and all was read; throws what reset or aborted the stream.
 */
export async function* chunksOf(stream: Stream): AsyncGenerator<Chunk> {
  const waiting: Chunk[] = []
  let waitingBytes = 0
  let ended = stream.readableEnded || (stream.status !== 'open' && stream.readBufferLength === 0)
  let failure: Error | null = null
  let wake: (() => void) | null = null
  const rouse = () => {
    wake?.()
    wake = null
  }
  const pauseWhenFull = () => {
    if (waitingBytes >= readAheadBytes && stream.readStatus === 'readable') stream.pause()
  }
  const onMessage = (event: StreamMessageEvent) => {
    waiting.push(event.data)
    waitingBytes += event.data.byteLength
    // Not at once: resume() hands over what it had kept from within itself, and would undo a pause made here.
    if (waitingBytes >= readAheadBytes) queueMicrotask(pauseWhenFull)
    rouse()
  }
  const onEnd = () => {
    ended = true
    rouse()
  }
  const onClose = (event: StreamCloseEvent) => {
    ended = true
    failure = event.error ?? null
    rouse()
  }
  stream.addEventListener('message', onMessage)
  stream.addEventListener('end', onEnd)
  stream.addEventListener('close', onClose)
  try {
    while (true) {
      const chunk = waiting.shift()
      if (chunk) {
        waitingBytes -= chunk.byteLength
        yield chunk
        continue
      }
      if (failure) throw failure
      if (stream.readStatus === 'paused') {
        stream.resume()
        if (waiting.length > 0) continue
      }
      if (ended) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    stream.removeEventListener('message', onMessage)
    stream.removeEventListener('end', onEnd)
    stream.removeEventListener('close', onClose)
  }
}

/**
 * Length-prefixed frames (unsigned varint, then that many bytes) of a stream.
 * Throws InvalidDataLengthError for one longer than `maxFrameBytes`, before reading it.
 */
export function framesOf(
  stream: Stream,
  maxFrameBytes: number,
  onBytes: () => void = () => {}
): AsyncIterable<Uint8Array> {
  const tapped = async function* (source: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    for await (const chunk of source) {
      onBytes()
      yield chunk
    }
  }
  const flat = async function* (source: AsyncIterable<Uint8ArrayList>): AsyncGenerator<Uint8Array> {
    for await (const frame of source) yield frame.subarray()
  }
  return pipe(chunksOf(stream), tapped, (source) => lp.decode(source, { maxDataLength: maxFrameBytes }), flat)
}

/**
 * The writing end of a stream: frames leave in order, wait for the stream's `drain` events while the other end is
 * slow, and are refused once `maxQueuedBytes` wait.
 */
export class FrameWriter {
  readonly #stream: Stream
  readonly #maxQueuedBytes: number
  readonly #queue: Uint8ArrayList[] = []
  #queuedBytes = 0
  #pumping: Promise<void> | null = null

  constructor(stream: Stream, maxQueuedBytes: number) {
    this.#stream = stream
    this.#maxQueuedBytes = maxQueuedBytes
  }

  /** False when the frame was not taken: the queue is full or the stream is closed. */
  write(body: Uint8Array): boolean {
    if (this.#stream.writeStatus !== 'writable') return false
    const frame = lp.encode.single(body)
    if (this.#queuedBytes + this.#stream.writeBufferLength + frame.byteLength > this.#maxQueuedBytes)
      return false
    if (this.#pumping === null && !this.#stream.writableNeedsDrain) return this.#send(frame)
    this.#queue.push(frame)
    this.#queuedBytes += frame.byteLength
    this.#pumping ??= this.#pump().finally(() => {
      this.#pumping = null
    })
    return true
  }

  /** True while frames wait for the other end. */
  get busy(): boolean {
    return this.#pumping !== null || this.#stream.writableNeedsDrain
  }

  /** When nothing waits any more: sent, or the stream is closed. */
  async flushed(): Promise<void> {
    await this.#pumping
    while (this.#stream.writableNeedsDrain && this.#stream.writeStatus === 'writable') {
      await drainOrClose(this.#stream)
    }
  }

  async #pump(): Promise<void> {
    while (this.#queue.length > 0) {
      if (this.#stream.writeStatus !== 'writable') break
      if (this.#stream.writableNeedsDrain) {
        await drainOrClose(this.#stream)
        continue
      }
      const frame = this.#queue.shift()
      if (!frame) break
      this.#queuedBytes -= frame.byteLength
      if (!this.#send(frame)) break
    }
    this.#queue.length = 0
    this.#queuedBytes = 0
  }

  #send(frame: Uint8ArrayList): boolean {
    try {
      this.#stream.send(frame)
      return true
    } catch (error) {
      // The stream closed between the check and the write: the reader of this stream learns of it by its close event.
      this.#stream.log.trace('not sent - %e', error)
      return false
    }
  }
}

/** Each wait has its own listener: the promise of `stream.onDrain()` is made once and stays resolved. */
function drainOrClose(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.removeEventListener('drain', done)
      stream.removeEventListener('close', done)
      resolve()
    }
    stream.addEventListener('drain', done)
    stream.addEventListener('close', done)
  })
}
