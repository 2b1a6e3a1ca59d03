interface Item {
  atMs: number
  order: number
  run: () => void
}

const isBefore = (a: Item, b: Item): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

/** Virtual time: what is to happen, in order of time, then of being planned (a binary heap). */
export class Agenda {
  readonly #heap: Item[] = []
  #order = 0
  nowMs = 0

  at(atMs: number, run: () => void): void {
    const heap = this.#heap
    const item: Item = { atMs: atMs > this.nowMs ? atMs : this.nowMs, order: this.#order++, run }
    let i = heap.length
    heap.push(item)
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (!isBefore(item, heap[parent]!)) break
      heap[i] = heap[parent]!
      i = parent
    }
    heap[i] = item
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
    if (heap.length > 0) this.#sink(last)
    this.nowMs = top.atMs
    top.run()
    return true
  }

  #sink(item: Item): void {
    const heap = this.#heap
    const { length } = heap
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= length) break
      if (child + 1 < length && isBefore(heap[child + 1]!, heap[child]!)) child += 1
      if (!isBefore(heap[child]!, item)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = item
  }
}
