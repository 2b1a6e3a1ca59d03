/** After something new was told of: more of it is likely to follow. */
const soonestMs = 500

/** A wait that may end early, but not before those who work have had their rest. */
export class Nap {
  #wake: (() => void) | null = null
  #ended = false

  /**
   * Settles after the time; when woken, as soon as it lasted `restMs`; at once when it is ended.
   * @param ms how long at most
   */
  pause(ms: number, restMs: number): Promise<void> {
    if (this.#ended) return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    const began = performance.now()
    let timer = setTimeout(resolve, ms)
    this.#wake = () => {
      clearTimeout(timer)
      if (this.#ended) return resolve()
      const lasted = performance.now() - began
      const soon = Math.max(soonestMs, restMs - lasted)
      timer = setTimeout(resolve, Math.max(0, Math.min(ms - lasted, soon)))
    }
    return promise.finally(() => {
      this.#wake = null
    })
  }

  wake(): void {
    this.#wake?.()
  }

  /** Also of what comes. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }
}
