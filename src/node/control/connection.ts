import type { Socket } from 'node:net'
import type {
  ControlHello,
  ControlMethod,
  ControlReply,
  ControlStream,
  ControlStreams,
  Json,
  WireError
} from '../../model/index.ts'
import { ControlError, isExpected, toWireError } from './errors.ts'
import { EventQueue } from './event-queue.ts'
import { type ControlHandlers, callHandler, coalesceKeys, openHandler } from './handlers.ts'
import type { ControlLimits } from './limits.ts'
import { LineSplitter } from './lines.ts'
import { firstIssue, isMethod, isStream, methodParams, requestSchema, streamParams } from './schemas.ts'

/** Told of what a client did wrong and of handlers that broke; for the node's log. */
export type OnTrouble = (what: string, error: unknown) => void

interface OpenStream {
  controller: AbortController
  events: EventQueue<Json>
  /** Set when the handler's stream ended: what to send after the last event. */
  last: ControlReply | null
}

/** One command's connection: parses its lines, runs handlers, and never waits for a client that does not read. */
export class ControlConnection {
  readonly #socket: Socket
  readonly #handlers: ControlHandlers
  readonly #limits: ControlLimits
  readonly #onTrouble: OnTrouble
  readonly #splitter: LineSplitter
  readonly #streams = new Map<number, OpenStream>()
  readonly #calls = new Map<number, AbortController>()

  constructor(
    settings: { hello: ControlHello['hello']; limits: ControlLimits },
    parts: { socket: Socket; handlers: ControlHandlers; onTrouble: OnTrouble }
  ) {
    this.#socket = parts.socket
    this.#handlers = parts.handlers
    this.#limits = settings.limits
    this.#onTrouble = parts.onTrouble
    this.#splitter = new LineSplitter(settings.limits.maxLineBytes)
    this.#socket.on('data', (bytes) => this.#onData(bytes))
    this.#socket.on('drain', () => this.#flushAll())
    // A command that was interrupted resets its connection; `close` follows and cleans up.
    this.#socket.on('error', () => {})
    this.#socket.on('close', () => this.#onClose())
    this.#write({ hello: settings.hello })
  }

  /** Ends the streams, sends what is written already and closes. */
  end(): void {
    this.#abortAll()
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #onData(bytes: Buffer): void {
    const lines = this.#splitter.push(bytes)
    if (lines === null) {
      this.#hangUp('line-too-long', `a request line is longer than ${this.#limits.maxLineBytes} bytes`)
      return
    }
    for (const line of lines) {
      if (this.#socket.destroyed || this.#socket.writableEnded) return
      if (line.trim() !== '') this.#onLine(line)
    }
  }

  #onLine(line: string): void {
    const request = parseRequest(line)
    if (request === null) {
      this.#hangUp('bad-request', 'a line is not a request of the control socket')
    } else if ('cancel' in request) {
      const { controller } = this.#streams.get(request.id) ?? { controller: this.#calls.get(request.id) }
      controller?.abort()
    } else if (this.#calls.size + this.#streams.size >= this.#limits.maxInFlight) {
      this.#fail(
        request.id,
        usage('too-many-requests', `more than ${this.#limits.maxInFlight} requests at once`)
      )
    } else if (isMethod(request.method)) {
      this.#call(request.id, request.method, request.params)
    } else if (isStream(request.method)) {
      this.#open(request.id, request.method, request.params)
    } else {
      const hint = 'Command and node may be of different versions: start the node again'
      this.#fail(
        request.id,
        usage('unknown-method', `the node does not know \`${clean(request.method)}\``, hint)
      )
    }
  }

  #call(id: number, method: ControlMethod, raw: Json): void {
    const params = methodParams[method].safeParse(raw)
    if (!params.success || this.#calls.has(id)) {
      const reason = params.success ? `call ${id} is under way already` : firstIssue(params.error)
      this.#fail(id, usage('bad-params', `${method}: ${reason}`))
      return
    }
    const controller = new AbortController()
    this.#calls.set(id, controller)
    callHandler(this.#handlers, method, params.data as never, controller.signal)
      .then(
        (result) => this.#reply({ id, result: result as unknown as Json }),
        (error: unknown) => this.#fail(id, this.#told(method, error))
      )
      .finally(() => this.#calls.delete(id))
  }

  #open(id: number, name: ControlStream, raw: Json): void {
    const params = streamParams[name].safeParse(raw)
    if (!params.success || this.#streams.has(id)) {
      const reason = params.success ? `stream ${id} is open already` : firstIssue(params.error)
      this.#fail(id, usage('bad-params', `${name}: ${reason}`))
      return
    }
    const stream: OpenStream = { controller: new AbortController(), events: new EventQueue(), last: null }
    this.#streams.set(id, stream)
    this.#pump(id, name, params.data, stream).then(
      () => this.#finish(id, stream, { id, end: true }),
      (error: unknown) => this.#finish(id, stream, { id, error: this.#told(name, error) })
    )
  }

  /** Takes events as they come, so that the handler never waits; what the client has not read yet coalesces. */
  async #pump<S extends ControlStream>(
    id: number,
    name: S,
    params: ControlStreams[S]['params'],
    stream: OpenStream
  ): Promise<void> {
    const keyOf = coalesceKeys[name]
    for await (const event of openHandler(this.#handlers, name, params, stream.controller.signal)) {
      if (stream.controller.signal.aborted) return
      stream.events.put(event as unknown as Json, keyOf ? keyOf(event) : null)
      if (!keyOf && stream.events.size > this.#limits.maxWaitingEvents) {
        this.#drop(`does not read its ${name} events`)
        return
      }
      this.#flush(id, stream)
    }
  }

  #finish(id: number, stream: OpenStream, last: ControlReply): void {
    stream.last = last
    this.#flush(id, stream)
  }

  #flushAll(): void {
    for (const [id, stream] of this.#streams) this.#flush(id, stream)
  }

  #flush(id: number, stream: OpenStream): void {
    while (!this.#socket.writableNeedDrain && this.#isOpen()) {
      const event = stream.events.shift()
      if (event === undefined) break
      this.#write({ id, event })
    }
    if (stream.last && stream.events.size === 0 && this.#streams.delete(id)) this.#reply(stream.last)
  }

  #reply(reply: ControlReply): void {
    if (!this.#isOpen()) return
    if (this.#socket.writableLength > this.#limits.maxOutgoingBytes) this.#drop('does not read its replies')
    else this.#write(reply)
  }

  #fail(id: number, error: WireError): void {
    this.#reply({ id, error })
  }

  #hangUp(code: 'bad-request' | 'line-too-long', message: string): void {
    this.#onTrouble('a command was cut off', new Error(message))
    this.#fail(0, usage(code, message))
    this.end()
    // Whatever else it sends is not looked at, but must be read for the end to arrive.
    this.#socket.removeAllListeners('data').resume()
  }

  #drop(why: string): void {
    this.#onTrouble('a command was dropped', new Error(`it ${why}`))
    this.#socket.destroy()
  }

  #write(message: ControlReply | ControlHello): void {
    this.#socket.write(`${JSON.stringify(message)}\n`)
  }

  #isOpen(): boolean {
    return !this.#socket.destroyed && !this.#socket.writableEnded
  }

  #onClose(): void {
    this.#abortAll()
    this.#streams.clear()
  }

  /** Nobody waits for what is under way any more. */
  #abortAll(): void {
    for (const controller of this.#calls.values()) controller.abort()
    for (const { controller } of this.#streams.values()) controller.abort()
  }

  #told(method: string, error: unknown): WireError {
    if (!isExpected(error)) this.#onTrouble(`${method} broke`, error)
    return toWireError(error)
  }
}

function parseRequest(line: string) {
  try {
    const request = requestSchema.safeParse(JSON.parse(line))
    return request.success ? request.data : null
  } catch {
    return null
  }
}

function usage(
  code: 'bad-request' | 'bad-params' | 'unknown-method' | 'line-too-long' | 'too-many-requests',
  message: string,
  hint: string | null = null
): WireError {
  return new ControlError(code, { message, hint, exitStatus: 2 }).wire
}

const clean = (text: string): string => text.replace(/[^\w-]/g, '?')
