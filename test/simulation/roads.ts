import type { SimNode } from './sim-node.ts'
import type { World } from './world.ts'

/** How what leaves one pretend machine comes to another: late, doubled, out of order, all at once, or not at all. */
export class Roads {
  readonly #world: World
  readonly #size: number
  /** By `from × size + to`. */
  readonly #cutUntilMs: Float64Array
  readonly #cloggedUntilMs: Float64Array

  constructor(world: World) {
    const size = world.faults.nodes
    this.#world = world
    this.#size = size
    this.#cutUntilMs = new Float64Array(size * size)
    this.#cloggedUntilMs = new Float64Array(size * size)
  }

  /** Nothing arrives for so long. */
  cut(from: SimNode, to: SimNode, durationMs: number): void {
    this.#cutUntilMs[from.index * this.#size + to.index] = this.#world.nowMs + durationMs
  }

  isCut(from: SimNode, to: SimNode): boolean {
    return !this.#world.calm && this.#cutUntilMs[from.index * this.#size + to.index]! > this.#world.nowMs
  }

  /** Nothing gets through for a while; then all of it, in order. */
  clog(from: SimNode, to: SimNode, durationMs: number): void {
    this.#cloggedUntilMs[from.index * this.#size + to.index] = this.#world.nowMs + durationMs
  }

  isClogged(from: SimNode, to: SimNode): boolean {
    const until = this.#cloggedUntilMs[from.index * this.#size + to.index]!
    return !this.#world.calm && until > this.#world.nowMs
  }

  /** When each copy that gets through arrives: none, one or two, after so many ms. */
  delaysMs(from: SimNode, to: SimNode): number[] {
    const { random, faults, calm } = this.#world
    const copies = !calm && faults.doubling > 0 && random.chance(faults.doubling) ? 2 : 1
    const delays: number[] = []
    for (let i = 0; i < copies; i++) {
      if (!calm && ((faults.loss > 0 && random.chance(faults.loss)) || this.isCut(from, to))) continue
      delays.push(this.delayMs(from, to))
    }
    return delays
  }

  /** How long one takes that gets through. */
  delayMs(from: SimNode, to: SimNode): number {
    const { random, faults, calm, nowMs } = this.#world
    const slow = !calm && faults.slow > 0 && random.chance(faults.slow)
    const delayMs = slow ? random.int(10, faults.slowMs) : random.int(1, 20)
    return calm
      ? delayMs
      : Math.max(delayMs, this.#cloggedUntilMs[from.index * this.#size + to.index]! - nowMs)
  }
}
