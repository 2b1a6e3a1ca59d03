import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ControlReply, JobView, NodeInfo } from '../../../src/model/index.ts'
import type { ControlHandlers } from '../../../src/node/control/index.ts'

export function jobView(id: string, change: Partial<JobView> = {}): JobView {
  return {
    type: 'job',
    id,
    batch: 'batch',
    kind: 'transcode',
    source: `/media/${id}.mov`,
    output: `/media/Proxy/${id}.mov`,
    preset: 'dnxhr_sq',
    status: 'active',
    priority: 0,
    error: null,
    progress: { units: 0, totalUnits: 100, fps: 0, leftMs: null },
    tasks: { total: 4, done: 0, running: 1 },
    note: null,
    queuedAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    ...change
  }
}

export const nodeInfo: NodeInfo = {
  version: '1.2.3',
  pid: process.pid,
  peerId: 'peer',
  name: 'tower',
  home: '/home',
  meshId: 'mesh',
  addresses: []
}

/** Handlers of which every method throws but those given. */
export function fakeHandlers(given: Partial<ControlHandlers>): ControlHandlers {
  const refuse = (name: string) => () => Promise.reject(new Error(`the test did not expect ${name}`))
  return new Proxy({} as ControlHandlers, {
    get: (_, name) => given[name as keyof ControlHandlers] ?? refuse(String(name))
  })
}

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
