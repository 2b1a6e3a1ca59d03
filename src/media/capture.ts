import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { MediaError, messageOf, systemCodeOf } from './errors.ts'

export interface Captured {
  exitCode: number | null
  stdout: string
  /** The last 64 KiB. */
  stderr: string
}

export interface CaptureOptions {
  signal?: AbortSignal | undefined
  /** Killed after this long. */
  timeoutMs?: number
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
  const { signal, timeoutMs, onLine } = options
  if (signal?.aborted) throw new MediaError('aborted', `${program} was not started: told to stop`)
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  let late = false
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => kill(true), timeoutMs)
  const kill = (isLate: boolean) => {
    late = isLate
    child.kill('SIGKILL')
  }
  const onAbort = () => kill(false)
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
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    })
    await lines
    if (signal?.aborted) throw new MediaError('aborted', `${program} was told to stop`)
    if (late) throw new MediaError('tool-failed', `${program} did not answer within ${timeoutMs} ms`)
    return { exitCode, stdout, stderr }
  } catch (error) {
    if (error instanceof MediaError) throw error
    const why = systemCodeOf(error) === 'ENOENT' ? 'it is not there' : messageOf(error)
    throw new MediaError('tool-failed', `${program} could not be run: ${why}`, null, { cause: error })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function eachLine(stream: NodeJS.ReadableStream, onLine: (line: string) => void): Promise<void> {
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    onLine(line)
}
