import { connect, type Socket } from 'node:net'
import type {
  ControlHello,
  ControlMethod,
  ControlMethods,
  ControlReply,
  ControlRequest,
  ControlStream,
  ControlStreams,
  Json,
  WireError
} from '../../model/index.ts'
import { controlVersion } from '../../model/index.ts'
import { ControlError } from './errors.ts'
import { EventQueue } from './event-queue.ts'
import { type CallOptions, type ControlClient, coalesceKeys } from './handlers.ts'
import { LineSplitter } from './lines.ts'

/** The node is this user's own process; this only stops a runaway reply from filling the memory. */
const maxReplyBytes = 256 * 1024 * 1024

/** Most answers come in milliseconds; those that look at media, disks or other machines take longer. */
const defaultTimeoutMs = 30_000
const longTimeoutMs: Partial<Record<ControlMethod, number>> = {
  queue: 900_000,
  plan: 900_000,
  doctor: 120_000,
  backUpLedger: 600_000,
  preset: 120_000,
  meshJoin: 60_000,
  link: 1_800_000,
  stop: 60_000
}

interface PendingCall {
  resolve: (result: Json) => void
  reject: (error: ControlError) => void
}

interface OpenStream {
  queue: EventQueue<Json>
  /** Of `coalesceKeys`. */
  keyOf: ((event: never) => string) | null
}

/**
 * Connects to the node that listens at `socketPath` and waits for its hello, at most `timeoutMs`.
 * Throws ControlError `not-running`, `not-responding`, `not-allowed` or `version-mismatch`.
 */
export async function connectControl(
  socketPath: string,
  { timeoutMs }: { timeoutMs: number }
): Promise<ControlClient> {
  const socket = connect(socketPath)
  try {
    const { hello, rest, splitter } = await readHello(socket, socketPath, timeoutMs)
    if (hello.control !== controlVersion) throw versionMismatch(hello)
    return new SocketClient(socket, hello, splitter, rest)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

interface Greeting {
  hello: ControlHello['hello']
  rest: string[]
  splitter: LineSplitter
}

function readHello(socket: Socket, path: string, timeoutMs: number): Promise<Greeting> {
  return new Promise((resolve, reject) => {
    const splitter = new LineSplitter(maxReplyBytes)
    const timer = setTimeout(() => fail(notResponding(path)), timeoutMs)
    const done = () => {
      clearTimeout(timer)
      socket.off('data', onData).off('error', onError).off('close', onClose)
    }
    const fail = (error: Error) => {
      done()
      // Destroying may still emit an error of the connection that nobody waits for any more.
      socket.on('error', () => {})
      reject(error)
    }
    const onError = (error: NodeJS.ErrnoException) => fail(connectError(error, path))
    const onClose = () => fail(notResponding(path))
    const onData = (bytes: Buffer) => {
      const [first, ...rest] = splitter.push(bytes) ?? ['']
      if (first === undefined) return
      const hello = parseHello(first)
      if (hello === null) return fail(notResponding(path))
      done()
      resolve({ hello, rest, splitter })
    }
    socket.on('data', onData).on('error', onError).on('close', onClose)
  })
}

function parseHello(line: string): ControlHello['hello'] | null {
  try {
    const { hello } = JSON.parse(line) as Partial<ControlHello>
    return hello && typeof hello.pid === 'number' && typeof hello.control === 'number' ? hello : null
  } catch {
    return null
  }
}

class SocketClient implements ControlClient {
  readonly node: { readonly version: string; readonly pid: number }
  readonly closed: Promise<void>
  readonly #socket: Socket
  readonly #splitter: LineSplitter
  readonly #calls = new Map<number, PendingCall>()
  readonly #streams = new Map<number, OpenStream>()
  #nextId = 1
  #lost: ControlError | null = null

  constructor(socket: Socket, hello: ControlHello['hello'], splitter: LineSplitter, rest: string[]) {
    this.node = { version: hello.version, pid: hello.pid }
    this.#socket = socket
    this.#splitter = splitter
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('data', (bytes) => this.#onData(bytes))
    // The reason is in the `close` that follows for everyone who waits.
    socket.on('error', () => {})
    socket.on('close', () => this.#onClose())
    for (const line of rest) this.#onLine(line)
  }

  call<M extends ControlMethod>(
    method: M,
    params: ControlMethods[M]['params'],
    options: CallOptions = {}
  ): Promise<ControlMethods[M]['result']> {
    if (this.#lost) return Promise.reject(this.#lost)
    const id = this.#nextId++
    const timeoutMs = options.timeoutMs ?? longTimeoutMs[method] ?? defaultTimeoutMs
    const signals = [AbortSignal.timeout(timeoutMs), ...(options.signal ? [options.signal] : [])]
    const signal = AbortSignal.any(signals)
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#calls.delete(id)
        signal.removeEventListener('abort', onAbort)
      }
      const onAbort = () => {
        settle()
        if (this.#socket.writable) this.#send({ id, cancel: true })
        reject(options.signal?.aborted ? options.signal.reason : timedOut(method, timeoutMs))
      }
      if (options.signal?.aborted) return reject(options.signal.reason)
      signal.addEventListener('abort', onAbort)
      this.#calls.set(id, {
        resolve: (result) => {
          settle()
          // The node is of the same control version: its answer has the shape that the contract gives the method.
          resolve(result as ControlMethods[M]['result'])
        },
        reject: (error) => {
          settle()
          reject(error)
        }
      })
      this.#send({ id, method, params: params as unknown as Json })
    })
  }

  async *stream<S extends ControlStream>(
    name: S,
    params: ControlStreams[S]['params'],
    signal: AbortSignal
  ): AsyncIterable<ControlStreams[S]['event']> {
    if (this.#lost) throw this.#lost
    if (signal.aborted) return
    const id = this.#nextId++
    const queue = new EventQueue<Json>()
    const keyOf = coalesceKeys[name] as ((event: never) => string) | null
    this.#streams.set(id, { queue, keyOf })
    const onAbort = () => queue.end(null)
    signal.addEventListener('abort', onAbort)
    this.#send({ id, method: name, params: params as unknown as Json })
    try {
      for await (const event of queue) yield event as unknown as ControlStreams[S]['event']
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#streams.delete(id)
      if (!this.#lost) this.#send({ id, cancel: true })
    }
  }

  close(): void {
    this.#socket.end()
    this.#socket.unref()
  }

  #send(request: ControlRequest): void {
    this.#socket.write(`${JSON.stringify(request)}\n`)
  }

  #onData(bytes: Buffer): void {
    const lines = this.#splitter.push(bytes)
    if (lines === null) this.#socket.destroy()
    else for (const line of lines) this.#onLine(line)
  }

  #onLine(line: string): void {
    const reply = JSON.parse(line) as ControlReply
    const call = this.#calls.get(reply.id)
    if ('result' in reply) call?.resolve(reply.result)
    else if ('event' in reply) this.#onEvent(reply.id, reply.event)
    else if ('end' in reply) this.#streams.get(reply.id)?.queue.end(null)
    else this.#onError(reply.id, reply.error)
  }

  #onEvent(id: number, event: Json): void {
    const stream = this.#streams.get(id)
    stream?.queue.put(event, stream.keyOf ? stream.keyOf(event as never) : null)
  }

  #onError(id: number, wire: WireError): void {
    const error = new ControlError('refused-by-node', wire)
    if (id === 0) this.#lost = error
    this.#calls.get(id)?.reject(error)
    this.#streams.get(id)?.queue.end(error)
  }

  #onClose(): void {
    this.#lost ??= new ControlError('connection-lost', {
      message: `the node (process ${this.node.pid}) went away before it answered`,
      hint: 'Start it again with `proxima-node --headless`; its jobs go on where they were',
      exitStatus: 3
    })
    for (const call of [...this.#calls.values()]) call.reject(this.#lost)
    for (const stream of this.#streams.values()) stream.queue.end(this.#lost)
  }
}

function connectError(error: NodeJS.ErrnoException, path: string): ControlError {
  if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR') {
    return new ControlError('not-running', {
      message: 'no node runs here',
      hint: 'Start one with `proxima-node --headless`',
      exitStatus: 3
    })
  }
  if (error.code === 'EACCES' || error.code === 'EPERM') {
    return new ControlError('not-allowed', {
      message: `the node at ${path} belongs to another user`,
      hint: 'Run the command as that user, or choose your own folder with --home',
      exitStatus: 3
    })
  }
  return new ControlError('not-responding', {
    message: `cannot reach the node at ${path}: ${error.message}`,
    hint: 'Start it again',
    exitStatus: 3
  })
}

const notResponding = (path: string): ControlError =>
  new ControlError('not-responding', {
    message: `a node holds ${path} but does not answer`,
    hint: 'It may be stopped (Ctrl-Z) or stuck: let it go on, or end its process and start it again',
    exitStatus: 3
  })

const versionMismatch = (hello: ControlHello['hello']): ControlError =>
  new ControlError(
    'version-mismatch',
    {
      message: `the running node is version ${hello.version} (process ${hello.pid}) and does not understand this command's version`,
      hint: 'Stop that node and start it again from this installation',
      exitStatus: 3
    },
    { pid: hello.pid }
  )

const timedOut = (method: string, timeoutMs: number): ControlError =>
  new ControlError('timed-out', {
    message: `the node did not answer \`${method}\` within ${Math.round(timeoutMs / 1000)} s`,
    hint: 'See its log; if it is stuck, start it again',
    exitStatus: 3
  })
