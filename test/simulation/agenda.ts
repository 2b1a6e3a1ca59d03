/** Virtual time: what is to happen, in order of time, then of being planned (a binary heap). */
export class Agenda {
  readonly #heap: { atMs: number; order: number; run: () => void }[] = []
  #order = 0
  nowMs = 0

  at(atMs: number, run: () => void): void {
    const heap = this.#heap
    heap.push({ atMs: Math.max(atMs, this.nowMs), order: this.#order++, run })
    let i = heap.length - 1
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!this.#before(i, parent)) break
      this.#swap(i, parent)
      i = parent
    }
  }

  after(delayMs: number, run: () => void): void {
    this.at(this.nowMs + delayMs, run)
  }

  /** Does the next thing; false when there is none. */
  advance(): boolean {
    const heap = this.#heap
    const top = heap[0]
    if (!top) return false
    const last = heap.pop()!
    if (heap.length > 0) {
      heap[0] = last
      let i = 0
      for (;;) {
        const left = 2 * i + 1
        const right = left + 1
        let least = i
        if (left < heap.length && this.#before(left, least)) least = left
        if (right < heap.length && this.#before(right, least)) least = right
        if (least === i) break
        this.#swap(i, least)
        i = least
      }
    }
    this.nowMs = top.atMs
    top.run()
    return true
  }

  #before(i: number, j: number): boolean {
    const a = this.#heap[i]!
    const b = this.#heap[j]!
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
  }

  #swap(i: number, j: number): void {
    const heap = this.#heap
    const kept = heap[i]!
    heap[i] = heap[j]!
    heap[j] = kept
  }
}
