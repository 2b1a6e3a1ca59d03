/**
 * Events between one producer and one consumer (`for await`). An event put with the key of one still waiting takes
 * its place, so a slow consumer holds at most one event a key.
 */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #waiting = new Map<unknown, T>()
  #ended = false
  #error: Error | null = null
  #wake: (() => void) | null = null

  get size(): number {
    return this.#waiting.size
  }

  put(event: T, key: string | null): void {
    if (this.#ended) return
    this.#waiting.set(key ?? Symbol('unkeyed'), event)
    this.#rouse()
  }

  /** The oldest waiting event, or undefined. */
  shift(): T | undefined {
    const [first] = this.#waiting
    if (first === undefined) return undefined
    this.#waiting.delete(first[0])
    return first[1]
  }

  /** No more events; those waiting are still handed out, then the error is thrown when there is one. */
  end(error: Error | null): void {
    if (this.#ended) return
    this.#ended = true
    this.#error = error
    this.#rouse()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      while (this.#waiting.size > 0) yield this.shift() as T
      if (this.#error) throw this.#error
      if (this.#ended) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #rouse(): void {
    this.#wake?.()
    this.#wake = null
  }
}
