import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { MediaError, messageOf, systemCodeOf } from './errors.ts'

interface Captured {
  /** Null when a signal ended it. */
  exitCode: number | null
  killedBy: NodeJS.Signals | null
  stdout: string
  /** The last 64 KiB. */
  stderr: string
}

interface CaptureOptions {
  signal?: AbortSignal | undefined
  /** Killed after this long. */
  timeoutMs?: number
  /** Killed when it prints nothing for this long. */
  stallMs?: number
  /** Takes every line of standard output, which is then not kept in `stdout`. */
  onLine?: (line: string) => void
}

const stderrLimit = 64 * 1024

/**
 * Runs a short-lived tool (ffprobe, a trial) and gathers what it prints.
 * @throws MediaError `tool-failed` when it cannot be started or takes too long, `aborted` when told to stop
 */
export async function capture(
  program: string,
  args: readonly string[],
  options: CaptureOptions = {}
): Promise<Captured> {
  const { signal, timeoutMs, stallMs, onLine } = options
  if (signal?.aborted) throw new MediaError('aborted', `${program} was not started: told to stop`)
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  const late = Promise.withResolvers<never>()
  // Not waited for: what hangs in a dead mount does not even die.
  const giveUp = (afterMs: number) => {
    child.kill('SIGKILL')
    late.reject(new MediaError('tool-failed', `${program} did not answer within ${afterMs} ms`))
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => giveUp(timeoutMs), timeoutMs)
  let watchdog: NodeJS.Timeout | undefined
  const gotOn = () => {
    clearTimeout(watchdog)
    if (stallMs !== undefined) watchdog = setTimeout(() => giveUp(stallMs), stallMs)
  }
  const onAbort = () => child.kill('SIGKILL')
  gotOn()
  child.stdout.on('data', gotOn)
  signal?.addEventListener('abort', onAbort, { once: true })

  let stdout = ''
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-stderrLimit)
  })
  let lines: Promise<void> = Promise.resolve()
  if (onLine) lines = eachLine(child.stdout, onLine)
  else
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
  try {
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, by) => resolve([code, by]))
    })
    const [exitCode, killedBy] = await Promise.race([ended, late.promise])
    await lines
    if (signal?.aborted) throw new MediaError('aborted', `${program} was told to stop`)
    return { exitCode, killedBy, stdout, stderr }
  } catch (error) {
    if (error instanceof MediaError) throw error
    const why = systemCodeOf(error) === 'ENOENT' ? 'it is not there' : messageOf(error)
    throw new MediaError('tool-failed', `${program} could not be run: ${why}`, null, { cause: error })
  } finally {
    clearTimeout(timer)
    clearTimeout(watchdog)
    signal?.removeEventListener('abort', onAbort)
  }
}

/**
 * True when a signal that no fault of its own sends (out of memory, a shutdown) ended a tool: that says nothing about
 * what it was given.
 */
export const wasKilled = ({ killedBy }: Pick<Captured, 'killedBy'>): boolean =>
  killedBy !== null &&
  !['SIGSEGV', 'SIGABRT', 'SIGILL', 'SIGFPE', 'SIGBUS', 'SIGSYS', 'SIGTRAP'].includes(killedBy)

async function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    onLine(line)
}
