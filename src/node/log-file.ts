import {
  createWriteStream,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  type WriteStream
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'

export interface LogFileSettings {
  path: string
  /** A file that has grown beyond this becomes `<path>.1`, the one before that `<path>.2`… */
  maxBytes: number
  /** So many old ones are kept; 0: none. */
  oldFiles: number
}

/**
 * A log that never takes more room than its files may have. A disk that is full loses lines and nothing else: a node
 * must not end for its log.
 */
export class LogFile {
  readonly #settings: LogFileSettings
  #stream: WriteStream
  #sizeBytes: number

  /** Opens the file, to append. @throws the system's error when that cannot be. */
  constructor(settings: LogFileSettings) {
    this.#settings = settings
    removeBeyond(settings)
    const { stream, sizeBytes } = open(settings.path)
    this.#stream = stream
    this.#sizeBytes = sizeBytes
  }

  /** Takes one line, its line break included. */
  write(line: string): void {
    if (this.#sizeBytes >= this.#settings.maxBytes || this.#stream.destroyed) this.#renew()
    this.#sizeBytes += Buffer.byteLength(line)
    this.#stream.write(line)
  }

  /** When all lines are written, or cannot be. */
  async close(): Promise<void> {
    this.#stream.end()
    await finished(this.#stream).catch(() => {}) // told nowhere: this was the place to tell it
  }

  #renew(): void {
    const { path, maxBytes } = this.#settings
    try {
      if (this.#sizeBytes >= maxBytes) moveAside(this.#settings)
      const before = this.#stream
      const { stream, sizeBytes } = open(path)
      this.#stream = stream
      this.#sizeBytes = sizeBytes
      before.end()
    } catch {
      // Goes on in the old file, and tries again when it has grown as much once more.
      this.#sizeBytes = 0
    }
  }
}

/** The oldest goes, every other becomes one older. */
function moveAside({ path, oldFiles }: LogFileSettings): void {
  const older = (n: number): string => (n === 0 ? path : `${path}.${n}`)
  rmSync(older(oldFiles), { force: true })
  for (let n = oldFiles - 1; n >= 0; n--) if (existsSync(older(n))) renameSync(older(n), older(n + 1))
}

/** Old files beyond the number that are kept, of a time when it was larger. */
function removeBeyond({ path, oldFiles }: LogFileSettings): void {
  const beginning = `${basename(path)}.`
  for (const name of readdirSync(dirname(path))) {
    const number = name.startsWith(beginning) ? name.slice(beginning.length) : ''
    if (/^[1-9]\d*$/.test(number) && Number(number) > oldFiles)
      rmSync(join(dirname(path), name), { force: true })
  }
}

function open(path: string): { stream: WriteStream; sizeBytes: number } {
  // Opened at once, so that a file that is moved away keeps the lines that are still on their way.
  const fd = openSync(path, 'a', 0o600)
  const stream = createWriteStream(path, { fd })
  stream.on('error', () => {}) // the stream is destroyed then; the next line opens another
  return { stream, sizeBytes: fstatSync(fd).size }
}
