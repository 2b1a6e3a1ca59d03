import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { TimelineError } from '../errors.ts'
import { eachLine, parseObject } from './lines.ts'
import { type BridgeMethod, bridgeVersion, greetingSchema, replySchema } from './messages.ts'

/** How a bridge script is started. */
export interface BridgeLaunch {
  language: 'python' | 'lua'
  program: string
  args: readonly string[]
  env: NodeJS.ProcessEnv
}

export interface BridgeLimits {
  /** From its start to its first line. */
  greetingMs: number
  /** Without a word while it works on a request; it says that it is alive once a second. */
  silenceMs: number
  /** How long it may take to end when it is asked to. */
  graceMs: number
  /** Of one line. */
  maxLineLength: number
}

export const usualLimits: BridgeLimits = {
  greetingMs: 20_000,
  silenceMs: 30_000,
  graceMs: 2_000,
  maxLineLength: 64 * 1024 * 1024
}

/** A bridge script that runs. One request at a time. */
export interface Bridge {
  /** `Python 3.11.7`, `LuaJIT 2.1.0`. */
  readonly runtime: string
  readonly ended: boolean
  /**
   * @returns what it answered, not yet parsed
   * @throws TimelineError `resolve-bridge` when it ended or broke the protocol, `resolve-silent`, else as it answered
   */
  ask(method: BridgeMethod, params: Readonly<Record<string, unknown>>): Promise<unknown>
  /** Asks it to end, and sees to it. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts a bridge and waits for its first line.
 * @param onWords what it, Python or Resolve's library say beside the protocol, line by line
 * @param signal closes it, whatever it is at
 * @throws TimelineError `resolve-bridge` or `resolve-silent` when there is no such line
 */
export async function startBridge(
  launch: BridgeLaunch,
  limits: BridgeLimits,
  onWords: (line: string) => void = () => {},
  signal?: AbortSignal
): Promise<Bridge> {
  if (signal?.aborted) throw wasClosed()
  const bridge = new ChildBridge(launch, limits, onWords)
  const close = (): void => void bridge.close()
  signal?.addEventListener('abort', close, { once: true })
  bridge.gone.then(() => signal?.removeEventListener('abort', close))
  await bridge.greeted
  return bridge
}

const wasClosed = (): TimelineError =>
  new TimelineError('resolve-bridge', 'the bridge to DaVinci Resolve was closed')

/** Of what it said last, for an error. */
const keptWords = 10

/** Who waits for the first line, or for an answer. */
interface Waiting {
  id: number
  resolve: (result: unknown) => void
  reject: (error: Error) => void
}

class ChildBridge implements Bridge {
  readonly greeted: Promise<void>
  runtime = ''
  readonly #launch: BridgeLaunch
  readonly #limits: BridgeLimits
  readonly #onWords: (line: string) => void
  readonly #child: ChildProcessWithoutNullStreams
  /** Settles when its process has ended. */
  readonly gone: Promise<void>
  readonly #words: string[] = []
  #waiting: Waiting | null
  #timer: NodeJS.Timeout | undefined
  #lastId = 0
  #failure: TimelineError | null = null

  constructor(launch: BridgeLaunch, limits: BridgeLimits, onWords: (line: string) => void) {
    this.#launch = launch
    this.#limits = limits
    this.#onWords = onWords
    this.#child = spawn(launch.program, launch.args, { env: launch.env, stdio: 'pipe', windowsHide: true })
    const gone = Promise.withResolvers<void>()
    this.gone = gone.promise
    const greeting = Promise.withResolvers<unknown>()
    this.#waiting = { id: 0, resolve: greeting.resolve, reject: greeting.reject }
    this.greeted = greeting.promise.then(() => undefined)
    this.#wait(limits.greetingMs)
    // A request to one that has just ended: its end is what is told.
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', (error) => this.#fail('resolve-bridge', `could not be run: ${error.message}`))
    this.#child.on('close', (code, signal) => {
      this.#fail('resolve-bridge', `ended (${signal ?? `exit status ${code}`})`)
      gone.resolve()
    })
    eachLine(this.#child.stderr, limits.maxLineLength, (line) => this.#hear(line))
    eachLine(this.#child.stdout, limits.maxLineLength, (line) => this.#read(line))
  }

  get ended(): boolean {
    return this.#failure !== null
  }

  async ask(method: BridgeMethod, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.#failure !== null) throw this.#failure
    if (this.#waiting !== null) throw new RangeError('one request at a time')
    const id = ++this.#lastId
    const answer = Promise.withResolvers<unknown>()
    this.#waiting = { id, resolve: answer.resolve, reject: answer.reject }
    this.#wait(this.#limits.silenceMs)
    this.#child.stdin.write(`${JSON.stringify({ id, method, params })}\n`)
    return await answer.promise
  }

  async close(): Promise<void> {
    this.#failure ??= wasClosed()
    this.#settle((waiting) => waiting.reject(this.#failure!))
    this.#child.stdin.end()
    const force = setTimeout(() => this.#end(), this.#limits.graceMs)
    await this.gone
    clearTimeout(force)
  }

  #read(line: string | null): void {
    if (this.#failure !== null) return
    if (line === null) {
      this.#fail('resolve-bridge', 'wrote a line without end')
      return
    }
    const message = parseObject(line)
    // Libraries print what they like where they like.
    if (message === null) this.#hear(line)
    else if (this.runtime === '') this.#greet(message)
    else this.#take(message)
  }

  #greet(message: object): void {
    const greeting = greetingSchema.safeParse(message)
    if (!greeting.success) this.#fail('resolve-bridge', 'did not say what it is')
    else if (greeting.data.bridge !== bridgeVersion) {
      this.#fail('resolve-bridge', `is of version ${greeting.data.bridge}, not ${bridgeVersion}`)
    } else {
      this.runtime = greeting.data.runtime
      this.#settle(({ resolve }) => resolve(undefined))
    }
  }

  #take(message: object): void {
    const reply = replySchema.safeParse(message)
    if (!reply.success || reply.data.id !== this.#waiting?.id) {
      this.#fail('resolve-bridge', 'wrote what nobody had asked for')
      return
    }
    const said = reply.data
    if ('alive' in said) this.#wait(this.#limits.silenceMs)
    else if ('error' in said) this.#settle(({ reject }) => reject(refusal(said.error)))
    else this.#settle(({ resolve }) => resolve(said.result))
  }

  #hear(line: string | null): void {
    if (line === null || line.trim() === '') return
    const words = line.slice(0, 500)
    this.#words.push(words)
    if (this.#words.length > keptWords) this.#words.shift()
    this.#onWords(words)
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#fail('resolve-silent', `said nothing for ${Math.round(ms / 1000)} s`)
    }, ms)
  }

  #settle(how: (waiting: Waiting) => void): void {
    clearTimeout(this.#timer)
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting !== null) how(waiting)
  }

  /** The first failure is the one on record. */
  #fail(code: 'resolve-bridge' | 'resolve-silent', what: string): void {
    if (this.#failure !== null) return
    const last = this.#words.at(-1)
    const words = last === undefined ? '' : `: ${last}`
    const { language, program } = this.#launch
    const named = language === 'python' ? 'Python' : 'fuscript'
    this.#failure = new TimelineError(
      code,
      `the bridge to DaVinci Resolve (${named}, ${program}) ${what}${words}`,
      {
        hint:
          code === 'resolve-silent'
            ? 'Look whether a window of Resolve waits for an answer, then try again.'
            : 'Try again; `proxima-node doctor` tells what is missing.'
      }
    )
    this.#end()
    this.#settle(({ reject }) => reject(this.#failure!))
  }

  /** By force. What it may have started itself (Windows' `py`) sees that nobody listens any more. */
  #end(): void {
    this.#child.kill('SIGKILL')
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) stream.destroy()
  }
}

/** An answer that is an error, by the code that the bridge gives it. */
function refusal({ code, message }: { code: string; message: string }): TimelineError {
  switch (code) {
    case 'no-api':
      return new TimelineError('resolve-no-api', message)
    case 'no-resolve':
      return new TimelineError('resolve-closed', message, {
        hint: 'Start DaVinci Resolve Studio and open a project.'
      })
    case 'no-project':
      return new TimelineError('resolve-no-project', message, { hint: 'Open the project in Resolve.' })
    case 'no-timeline':
      return new TimelineError('resolve-no-timeline', message, {
        hint: 'Run `proxima-node timelines` for the list.'
      })
    case 'no-media':
      return new TimelineError('resolve-no-clip', message, {
        hint: 'Open the project that the clip is in.'
      })
    default:
      return new TimelineError('resolve-failed', `DaVinci Resolve could not answer: ${message}`, {
        hint: 'Try again; when it stays so, restart Resolve.'
      })
  }
}
