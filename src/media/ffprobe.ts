import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { capture, wasKilled } from './capture.ts'
import { MediaError, messageOf, systemCodeOf } from './errors.ts'
import { silenceIn } from './failure.ts'

export interface ProbeTool {
  path: string
  origin: string
}

/** A local file, whatever its name looks like: without the prefix `concat:a` or `-x` would mean something else. */
export const fileUrl = (path: string): string => `file:${path}`

/** What the system says of a file on storage that does not answer. */
const silent: readonly string[] = ['EIO', 'ESTALE', 'ENOTCONN', 'EHOSTDOWN', 'ETIMEDOUT']

/** ffprobe tells what it reads as it goes: one that says nothing for so long waits for a dead server. */
const stallMs = 120_000

/**
 * Asks that a path is a readable file with something in it.
 * @throws MediaError with a line for a person
 */
export async function checkFile(path: string): Promise<{ sizeBytes: number; mtimeMs: number }> {
  let info: Awaited<ReturnType<typeof stat>>
  try {
    info = await stat(path)
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new MediaError(
        'no-such-file',
        `${path}: no such file`,
        'Check the name and that its disk is mounted.'
      )
    }
    if (code === 'EACCES') throw new MediaError('no-permission', `${path}: no permission to read it`)
    if (code !== null && silent.includes(code)) throw notAnswering(path, messageOf(error))
    throw error
  }
  if (!info.isFile()) throw new MediaError('not-a-file', `${path} is not a file`)
  if (info.size === 0) {
    throw new MediaError(
      'empty-file',
      `${path} is empty (zero bytes)`,
      'Copy it again from its camera or card.'
    )
  }
  return { sizeBytes: info.size, mtimeMs: info.mtimeMs }
}

/**
 * Runs ffprobe on a file.
 * @returns standard output (empty when `onLine` takes it) and what was complained about
 * @throws MediaError saying what is wrong with the file
 */
export async function ffprobe(
  tool: ProbeTool,
  path: string,
  options: readonly string[],
  { signal, onLine }: { signal?: AbortSignal | undefined; onLine?: (line: string) => void } = {}
): Promise<{ stdout: string; complaints: string }> {
  const args = ['-v', 'error', ...options, fileUrl(path)]
  const ended = await capture(tool.path, args, {
    signal,
    stallMs,
    ...(onLine ? { onLine } : {})
  })
  const { exitCode, stdout, stderr } = ended
  // Of a file that cannot be read to its end, ffprobe shows what it could read, and succeeds.
  const silence = silenceIn(stderr)
  if (silence !== null) throw notAnswering(path, silence.toLowerCase())
  if (exitCode === 0) return { stdout, complaints: stderr }
  if (wasKilled(ended)) {
    throw new MediaError('tool-failed', `${tool.path} was killed (${ended.killedBy}) while it read ${path}`)
  }
  if (exitCode === null) {
    throw new MediaError(
      'unreadable',
      `${tool.origin === 'bundled' ? 'the bundled ffprobe' : tool.path} crashed while it read ${path}`,
      'Install ffmpeg on this machine, or name another ffprobe with PROXIMA_FFPROBE.'
    )
  }
  throw await explain(path, stderr)
}

const notAnswering = (path: string, what: string): MediaError =>
  new MediaError('io-error', `${path} cannot be read: ${what}`, 'Check its disk or share.')

async function explain(path: string, stderr: string): Promise<MediaError> {
  if (/Permission denied/i.test(stderr)) {
    return new MediaError('no-permission', `${path}: no permission to read it`)
  }
  if (/No such file/i.test(stderr)) return new MediaError('no-such-file', `${path}: no such file`)
  if (/moov atom not found/.test(stderr) && (await isQuickTime(path))) {
    return new MediaError(
      'truncated',
      `${path} is truncated: its index (moov) is missing`,
      'Copy it again, or wait until its recording or transfer has ended.'
    )
  }
  return new MediaError('not-media', `${basename(path)} is not a video: ffprobe cannot make sense of ${path}`)
}

/** True when a file begins like a MOV or MP4: then a missing index means that its end is missing. */
async function isQuickTime(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    return bytesRead === 8 && ['ftyp', 'mdat', 'wide', 'free', 'skip'].includes(buffer.toString('latin1', 4))
  } finally {
    await file.close()
  }
}
