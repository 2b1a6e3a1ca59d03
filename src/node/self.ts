import type { Fitness, NodeState, PeerId } from '../model/index.ts'
import type { Self } from '../scheduler/index.ts'

/** Joins and other file work at a time, beside the encoding slots: more only makes disks seek. */
const ioSlots = 1

/** What this machine is, as it is found out bit by bit; `onChanged` hears of each difference once. */
export class SelfView {
  readonly #onChanged: (self: Self) => void
  #self: Self

  constructor(
    init: {
      peerId: PeerId
      name: string
      slots: number
      tags: readonly string[]
      ffmpegVersion: string | null
      fellowMembers: number
    },
    onChanged: (self: Self) => void
  ) {
    const { peerId, name, slots, tags, ffmpegVersion, fellowMembers } = init
    const fitness: Fitness = { encoders: [], roots: [], tags, ffmpegVersion }
    this.#self = { peerId, name, fitness, slots, ioSlots, state: 'awake', fellowMembers }
    this.#onChanged = onChanged
  }

  get current(): Self {
    return this.#self
  }

  update(change: {
    fitness?: Partial<Fitness>
    state?: NodeState
    slots?: number
    fellowMembers?: number
  }): void {
    const next: Self = {
      ...this.#self,
      ...change,
      fitness: { ...this.#self.fitness, ...change.fitness }
    }
    if (JSON.stringify(next) === JSON.stringify(this.#self)) return
    this.#self = next
    this.#onChanged(next)
  }
}
