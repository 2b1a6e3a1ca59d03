import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type {
  ControlMethod,
  ControlMethods,
  JobView,
  JobWithTasks,
  PeersView
} from '../../src/model/index.ts'
import { connectControl, controlSocketPath } from '../../src/node/control/connect.ts'
import type { Claim } from './claims.ts'
import { builtProgram, repoRoot } from './paths.ts'
import { type Running, type RunResult, run, start } from './run.ts'
import { claimVariable } from './traces.ts'
import { addWitness, waitFor } from './wait-for.ts'

export interface StationOptions {
  name: string
  /** Everything of the station is in `<claim.folder>/<name>`. */
  claim: Claim
  /** The program and its first arguments; the built command when left out. */
  program?: readonly string[]
  /** Set for the node and for every command. */
  env?: Readonly<Record<string, string>>
  /** Wraps a command so that it runs where the station is (namespace, cgroup). `node` is true for the node itself. */
  enter?: (command: readonly string[], node: boolean) => readonly string[]
}

export interface StartOptions {
  /** Arguments after `--headless`. */
  args?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** How long it may take until it answers. */
  timeoutMs?: number
}

export interface CliOptions {
  env?: Readonly<Record<string, string>>
  cwd?: string
  timeoutMs?: number
  input?: string
}

/**
 * One machine with a home of its own: a node that can be started and stopped, and commands that talk to it.
 * On its own it is a home folder on this machine; a `Host` of the LAN harness is one inside a network namespace.
 */
export class Station {
  readonly name: string
  readonly folder: string
  /** `PROXIMA_HOME`. */
  readonly home: string
  /** Where the node's standard output and error go, over all its starts. */
  readonly logPath: string
  readonly #options: StationOptions
  #node: ChildProcess | null = null
  readonly #forgetWitness: () => void

  constructor(options: StationOptions) {
    this.#options = options
    this.name = options.name
    this.folder = join(options.claim.folder, options.name)
    this.home = join(this.folder, 'home')
    this.logPath = join(this.folder, 'node.log')
    for (const folder of [this.folder, join(this.folder, 'user'), join(this.folder, 'tmp')]) {
      mkdirSync(folder, { recursive: true })
    }
    this.#forgetWitness = addWitness(() => `── ${this.name}: ${this.logPath}\n${this.tail()}`)
  }

  /** The node's process id, or null when none runs. */
  get pid(): number | null {
    return this.#isRunning() ? (this.#node?.pid ?? null) : null
  }

  /** Everything that the node printed. */
  log(): string {
    return existsSync(this.logPath) ? readFileSync(this.logPath, 'utf8') : ''
  }

  /** The last lines of what the node printed. */
  tail(lines = 40): string {
    return this.log().trimEnd().split('\n').slice(-lines).join('\n')
  }

  /**
   * Starts the node headless and waits until it answers.
   * @throws Error with its log when it ends or stays silent
   */
  async start(options: StartOptions = {}): Promise<void> {
    const node = this.launch(options)
    const answers = async () => {
      if (!this.#isRunning()) return 'ended'
      await this.peers()
      return 'ready'
    }
    const state = await waitFor(answers, {
      timeoutMs: options.timeoutMs ?? 60_000,
      what: `the node of ${this.name} to answer`
    })
    if (state === 'ended') {
      throw new Error(
        `the node of ${this.name} ended with ${node.exitCode ?? node.signalCode}:\n${this.tail()}`
      )
    }
  }

  /** Starts the node headless without waiting for anything; `exit` is emitted when it ends. */
  launch(options: StartOptions = {}): ChildProcess {
    if (this.#isRunning()) throw new Error(`the node of ${this.name} runs already`)
    const output = openSync(this.logPath, 'a')
    const [command, ...args] = this.#enter(['--headless', ...(options.args ?? [])], true)
    this.#node = spawn(command!, args, {
      cwd: this.folder,
      env: this.environment(options.env),
      stdio: ['ignore', output, output],
      detached: true
    })
    closeSync(output)
    return this.#node
  }

  /**
   * Stops the node politely (SIGTERM) and waits until it has ended.
   * @returns its exit status
   */
  async stop(timeoutMs = 30_000): Promise<number | null> {
    await this.#end('SIGTERM', timeoutMs)
    return this.#node?.exitCode ?? null
  }

  /** Kills the node alone (SIGKILL), as a crash does; its ffmpeg processes are not touched. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL', 10_000)
  }

  /** Runs one command to its end. Any exit status is a result. */
  cli(args: readonly string[], options: CliOptions = {}): Promise<RunResult> {
    return run(this.#enter(args, false), this.#runOptions(options))
  }

  /** Runs one command that must succeed. */
  async ok(args: readonly string[], options: CliOptions = {}): Promise<RunResult> {
    const result = await this.cli(args, options)
    if (result.status !== 0) {
      throw new Error(
        `${this.name}: proxima-node ${args.join(' ')} ended with ${result.status ?? result.signal}\n` +
          `stdout: ${result.stdout}\nstderr: ${result.stderr}\n${this.tail()}`
      )
    }
    return result
  }

  /** Starts one command and leaves it running. */
  spawn(args: readonly string[], options: CliOptions = {}): Running {
    return start(this.#enter(args, false), this.#runOptions(options))
  }

  async peers(): Promise<PeersView> {
    // What only pretends to be the program has no socket.
    if (this.#options.program) return (await this.ok(['peers', '--json'])).json as PeersView
    return this.ask('peers', {})
  }

  async jobs(): Promise<JobView[]> {
    return (await this.ask('jobs', {})).jobs
  }

  job(id: string): Promise<JobWithTasks> {
    return this.ask('job', { id })
  }

  /** Asks the node over its socket what a command would print as JSON: to start one costs half a second of CPU. */
  async ask<M extends ControlMethod>(
    method: M,
    params: ControlMethods[M]['params'],
    timeoutMs = 30_000
  ): Promise<ControlMethods[M]['result']> {
    const client = await connectControl(controlSocketPath(this.home), { timeoutMs })
    try {
      return await client.call(method, params, { timeoutMs })
    } finally {
      client.close()
    }
  }

  /** Queues with `--json` and returns the job's id as soon as it is acknowledged. The node must run. */
  async queue(args: readonly string[]): Promise<string> {
    const result = await this.ok(['queue', ...args, '--json'])
    const line = (result.lines as JobView[]).find(({ type }) => type === 'job')
    if (!line) throw new Error(`queue printed no job: ${result.stdout}`)
    return line.id
  }

  /** Waits until a job has ended; the job as it is then. */
  async ended(id: string, timeoutMs = 120_000): Promise<JobWithTasks> {
    return waitFor(
      async () => {
        const job = await this.job(id)
        return ['completed', 'failed', 'canceled'].includes(job.status) ? job : null
      },
      { timeoutMs, what: `job ${id} of ${this.name} to end`, everyMs: 300 }
    )
  }

  /** No more witness of failed waits. What runs is ended by the claim. */
  forget(): void {
    this.#forgetWitness()
  }

  /** The environment of the node and of every command: nothing of the caller's own settings is in it. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: [join(repoRoot, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter),
      HOME: join(this.folder, 'user'),
      TMPDIR: join(this.folder, 'tmp'),
      LANG: 'C.UTF-8',
      // As on a machine where the program ran before: its own TMPDIR would have it compiled anew by every station.
      NODE_COMPILE_CACHE: join(repoRoot, 'node_modules/.cache/node-compile-cache'),
      NO_COLOR: '1',
      PROXIMA_HOME: this.home,
      [claimVariable]: this.#options.claim.prefix,
      ...this.#options.env,
      ...more
    }
  }

  #enter(args: readonly string[], node: boolean): readonly string[] {
    const command = [...(this.#options.program ?? builtProgram), ...args]
    return this.#options.enter?.(command, node) ?? command
  }

  #runOptions(options: CliOptions) {
    const { input } = options
    return {
      cwd: options.cwd ?? this.folder,
      env: this.environment(options.env),
      timeoutMs: options.timeoutMs ?? 60_000,
      ...(input === undefined ? {} : { input })
    }
  }

  #isRunning(): boolean {
    return this.#node !== null && this.#node.exitCode === null && this.#node.signalCode === null
  }

  async #end(signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
    const node = this.#node
    if (!node || !this.#isRunning()) return
    const gone = once(node, 'exit', { signal: AbortSignal.timeout(timeoutMs) })
    node.kill(signal)
    try {
      await gone
    } catch (error) {
      throw new Error(
        `the node of ${this.name} did not end in ${timeoutMs} ms after ${signal}:\n${this.tail()}`,
        {
          cause: error
        }
      )
    }
  }
}
