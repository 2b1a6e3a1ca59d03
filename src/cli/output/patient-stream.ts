import { write } from 'node:fs'
import type { OutStream } from './terminal.ts'

/** Writes bytes to a file descriptor off the main thread, as `fs.write`. */
export type Write = (fd: number, bytes: Buffer, done: (error: Error | null, written: number) => void) => void

/** A terminal as Node has it. */
export interface TerminalStream extends OutStream {
  readonly fd: number
  write(text: string, done?: () => void): boolean
}

/** A descriptor that another program made non-blocking is tried again after this time. */
const againMs = 50

/**
 * A terminal that can be left to itself. Node writes to terminals synchronously: one that is stopped (Ctrl-S) or that
 * nobody reads stops the whole process, and with it a node that runs in it. After `letGo` nothing waits for it any more:
 * what is written is kept, in order, and goes out when the terminal takes it.
 */
export class PatientStream implements OutStream {
  readonly #terminal: TerminalStream
  readonly #write: Write
  #isLetGo = false
  #isWriting = false
  #waiting: Buffer[] = []
  #drained: (() => void)[] = []

  constructor(terminal: TerminalStream, through: Write = write) {
    this.#terminal = terminal
    this.#write = through
  }

  get isTTY(): boolean | undefined {
    return this.#terminal.isTTY
  }

  get columns(): number | undefined {
    return this.#terminal.columns
  }

  get rows(): number | undefined {
    return this.#terminal.rows
  }

  /** Whether something written has not gone out yet: what will be drawn over soon need not be drawn now. */
  get isBehind(): boolean {
    return this.#isWriting
  }

  /** From now on no write waits for the terminal. */
  letGo(): void {
    this.#isLetGo = true
  }

  write(text: string): boolean {
    if (!this.#isLetGo) return this.#terminal.write(text)
    if (text !== '') this.#waiting.push(Buffer.from(text))
    this.#pump()
    return !this.#isWriting
  }

  /** Settles when all that was written has gone out. */
  drained(): Promise<void> {
    return new Promise((done) => {
      if (!this.#isLetGo) this.#terminal.write('', done)
      else if (this.#isWriting) this.#drained.push(done)
      else done()
    })
  }

  on(event: 'resize', listener: () => void): void {
    this.#terminal.on?.(event, listener)
  }

  off(event: 'resize', listener: () => void): void {
    this.#terminal.off?.(event, listener)
  }

  #pump(): void {
    if (this.#isWriting || this.#waiting.length === 0) return
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#isWriting = true
    this.#write(this.#terminal.fd, bytes, (error, written) => this.#went(bytes, error, written))
  }

  #went(bytes: Buffer, error: Error | null, written: number): void {
    if (error !== null && (error as NodeJS.ErrnoException).code === 'EAGAIN') {
      setTimeout(() => this.#write(this.#terminal.fd, bytes, (...how) => this.#went(bytes, ...how)), againMs)
      return
    }
    this.#isWriting = false
    // Any other error: the terminal is gone, and with it whoever would have read the rest.
    if (error === null && written < bytes.length) this.#waiting.unshift(bytes.subarray(written))
    if (error !== null) this.#waiting = []
    this.#pump()
    if (this.#isWriting) return
    for (const done of this.#drained.splice(0)) done()
  }
}
