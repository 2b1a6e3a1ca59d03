import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface RunResult {
  /** Exit status; null when a signal ended it. */
  status: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Standard output as one JSON value. Throws with the output when it is not one. */
  readonly json: unknown
  /** Standard output as one JSON value a line. Throws with the output when a line is not one. */
  readonly lines: unknown[]
}

export interface RunOptions {
  cwd?: string
  /** The whole environment. */
  env: NodeJS.ProcessEnv
  /** After this it is killed and the promise is rejected. */
  timeoutMs: number
  /** Written to its standard input, which is closed then; without it there is none. */
  input?: string
}

/** A command under way. */
export interface Running {
  readonly pid: number
  /** What it printed so far. */
  stdout(): string
  stderr(): string
  kill(signal: NodeJS.Signals): void
  readonly done: Promise<RunResult>
}

/** Starts a command and gathers what it prints. `done` is rejected when it could not start or took too long. */
export function start(command: readonly string[], options: RunOptions): Running {
  const [program, ...args] = command
  const child = spawn(program!, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']
  })
  child.stdin?.end(options.input)
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout!.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr!.on('data', (chunk: Buffer) => stderr.push(chunk))
  const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8')
  const done = finish(
    child,
    options.timeoutMs,
    command,
    () => text(stdout),
    () => text(stderr)
  )
  done.catch(() => {}) // whoever awaits it is told; a test that gave up on it is not ended by it
  return {
    pid: child.pid ?? -1,
    stdout: () => text(stdout),
    stderr: () => text(stderr),
    kill: (signal) => void child.kill(signal),
    done
  }
}

/** Runs a command to its end. */
export const run = (command: readonly string[], options: RunOptions): Promise<RunResult> =>
  start(command, options).done

async function finish(
  child: ChildProcess,
  timeoutMs: number,
  command: readonly string[],
  stdout: () => string,
  stderr: () => string
): Promise<RunResult> {
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
    // Grandchildren may hold the pipes open: what was asked for has ended.
    child.stdout?.destroy()
    child.stderr?.destroy()
  }, timeoutMs)
  try {
    const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
    if (late) {
      throw new Error(
        `${command.join(' ')} took more than ${timeoutMs} ms\nstdout: ${stdout()}\nstderr: ${stderr()}`
      )
    }
    return resultOf(command, status, signal, stdout(), stderr())
  } finally {
    clearTimeout(timer)
  }
}

function resultOf(
  command: readonly string[],
  status: number | null,
  signal: NodeJS.Signals | null,
  stdout: string,
  stderr: string
): RunResult {
  const parse = (text: string): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      throw new Error(`${command.join(' ')} printed what is not JSON: ${text}\nstderr: ${stderr}`)
    }
  }
  return {
    status,
    signal,
    stdout,
    stderr,
    get json() {
      return parse(stdout)
    },
    get lines() {
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map(parse)
    }
  }
}
