import { createWriteStream, fstatSync, openSync, renameSync, type WriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'

export interface LogFileSettings {
  path: string
  /** A file that has grown beyond this is moved to `<path>.1`, over the one before. */
  maxBytes: number
}

/**
 * A log that never takes more than about two files' room. A disk that is full loses lines and nothing else: a node
 * must not end for its log.
 */
export class LogFile {
  readonly #settings: LogFileSettings
  #stream: WriteStream
  #sizeBytes: number

  /** Opens the file, to append. @throws the system's error when that cannot be. */
  constructor(settings: LogFileSettings) {
    this.#settings = settings
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
      if (this.#sizeBytes >= maxBytes) renameSync(path, `${path}.1`)
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

function open(path: string): { stream: WriteStream; sizeBytes: number } {
  // Opened at once, so that a file that is moved away keeps the lines that are still on their way.
  const fd = openSync(path, 'a', 0o600)
  const stream = createWriteStream(path, { fd })
  stream.on('error', () => {}) // the stream is destroyed then; the next line opens another
  return { stream, sizeBytes: fstatSync(fd).size }
}
