import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ControlReply } from '../../../src/model/index.ts'

/** A temporary folder that goes away with `using`. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'proxima-control-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** A connection that speaks (or does not speak) the language by hand. */
export class RawClient {
  readonly socket: Socket
  readonly closed: Promise<void>
  readonly #lines: string[] = []
  #text = ''
  #wake: (() => void) | null = null

  constructor(path: string) {
    this.socket = connect(path)
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()))
    this.socket.on('error', () => {})
    this.socket.on('close', () => this.#wake?.())
    this.socket.on('data', (bytes) => {
      const lines = (this.#text + bytes.toString('utf8')).split('\n')
      this.#text = lines.pop() ?? ''
      this.#lines.push(...lines)
      this.#wake?.()
    })
  }

  /** The next line; throws when the connection ends before one came. */
  async next(): Promise<ControlReply & { hello?: { control: number; version: string; pid: number } }> {
    while (this.#lines.length === 0) {
      if (this.socket.closed) throw new Error('the connection ended')
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return JSON.parse(this.#lines.shift() as string)
  }

  send(text: string): void {
    this.socket.write(text)
  }
}

/** Waits for a condition, at most `limitMs`. */
export async function eventually(condition: () => boolean, what: string, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ${limitMs} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
