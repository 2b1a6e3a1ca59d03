import { setTimeout as delay } from 'node:timers/promises'
import type { ScreenPart } from '../model/index.ts'
import type { ScreenNode, ScreenPort } from './port.ts'
import { lookedAt } from './selectors.ts'
import type { ScreenStore } from './store.ts'

/** How long between two looks for a node that went away. */
const lookMs = 500
/** A cursor that runs down the list does not open the chunks of every job on its way. */
const settleMs = 120

/** Keeps the store fed from the node, and finds the node again when it was restarted. */
export class ScreenLink {
  readonly #port: ScreenPort
  readonly #store: ScreenStore
  readonly #signal: AbortSignal
  #node: ScreenNode | null = null

  constructor(port: ScreenPort, store: ScreenStore, signal: AbortSignal) {
    this.#port = port
    this.#store = store
    this.#signal = signal
  }

  /** The node, while there is one. */
  get node(): ScreenNode | null {
    return this.#node
  }

  /** Follows the node until the signal aborts. Starts with `first` when it is connected already. */
  async run(first: ScreenNode | null): Promise<void> {
    let next = first
    while (!this.#signal.aborted) {
      const node: ScreenNode | null = next ?? (await this.#connect())
      next = null
      if (node !== null) {
        const reason = await this.#follow(node)
        if (this.#signal.aborted) return
        this.#store.dispatch({ kind: 'link-changed', link: { status: 'lost', reason } })
      }
      await delay(lookMs, undefined, { signal: this.#signal }).catch(() => {
        // Left meanwhile: the loop sees it.
      })
    }
  }

  async #connect(): Promise<ScreenNode | null> {
    try {
      return await this.#port.connect()
    } catch (error) {
      // It is there but of no use (another version, stuck): said, and tried again.
      this.#store.dispatch({
        kind: 'link-changed',
        link: { status: 'lost', reason: this.#port.told(error).message }
      })
      return null
    }
  }

  /** Follows one connection to its end; why it ended. */
  async #follow(node: ScreenNode): Promise<string> {
    this.#node = node
    const gone = new AbortController()
    const signal = AbortSignal.any([this.#signal, gone.signal])
    const chunks = this.#followChunks(node, signal)
    try {
      await this.#followParts(node, signal)
      return 'it was stopped'
    } catch (error) {
      return this.#port.told(error).message
    } finally {
      this.#node = null
      gone.abort()
      await chunks
      node.close()
    }
  }

  async #followParts(node: ScreenNode, signal: AbortSignal): Promise<void> {
    let waiting: ScreenPart[] = []
    let isSynced = false
    let timer: NodeJS.Timeout | null = null
    const flush = (): void => {
      timer = null
      const parts = waiting
      waiting = []
      this.#store.dispatch({ kind: isSynced ? 'told' : 'synced', parts })
      isSynced = true
    }
    try {
      for await (const part of node.stream('screen', {}, signal)) {
        waiting.push(part)
        if (part.kind === 'synced') flush()
        // Parts of one tick come together: they are one change.
        else if (isSynced) timer ??= setTimeout(flush, 0)
      }
    } finally {
      if (timer) clearTimeout(timer)
    }
  }

  /** Chunks of the job that is looked at, for as long as it is. */
  async #followChunks(node: ScreenNode, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const id = this.#lookedAt()
      if (id === null) {
        await this.#change(signal, null)
        continue
      }
      await delay(settleMs, undefined, { signal }).catch(() => {
        // Left meanwhile: the loop sees it.
      })
      if (this.#lookedAt() !== id) continue
      const other = new AbortController()
      const changed = this.#change(AbortSignal.any([signal, other.signal]), id).then(() => other.abort())
      try {
        for await (const map of node.stream('chunks', { id }, AbortSignal.any([signal, other.signal]))) {
          this.#store.dispatch({ kind: 'chunks-told', map })
        }
      } catch {
        // The job or the node went away meanwhile: the other stream tells which.
      }
      // The stream of a job that is gone ends by itself: nothing more until another is looked at.
      await changed
    }
  }

  #lookedAt(): string | null {
    return lookedAt(this.#store.shown())?.job.id ?? null
  }

  /** Settles when another job than `id` is looked at, or the signal aborts. */
  #change(signal: AbortSignal, id: string | null): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const stop = this.#store.subscribe(() => {
        if (this.#lookedAt() !== id) done()
      })
      if (signal.aborted || this.#lookedAt() !== id) done()
      else signal.addEventListener('abort', done, { once: true })
    })
  }
}
