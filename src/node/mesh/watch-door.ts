import type { PeerId, WatchQuestion } from '../../model/index.ts'
import { maxWatchers, type WatchAdmission } from '../../protocol/index.ts'
import type { MeshHandlers } from './types.ts'

/** Lets so many watchers in at once: each costs this node a picture four times a second. */
export class WatchDoor {
  readonly #watched: MeshHandlers['onWatch']
  readonly #inside: Record<WatchQuestion['what'], number> = { screen: 0, chunks: 0 }

  constructor(watched: MeshHandlers['onWatch']) {
    this.#watched = watched
  }

  /** A screen looks at chunks beside: those are counted for themselves. */
  admit(question: WatchQuestion, from: PeerId): WatchAdmission {
    const { what } = question
    if (this.#inside[what] >= maxWatchers) {
      return {
        kind: 'refused',
        reason: `${maxWatchers} screens on other machines watch it already: close one of them`
      }
    }
    this.#inside[what] += 1
    return {
      kind: 'open',
      news: (signal) => this.#watched(question, from, signal),
      close: () => {
        this.#inside[what] -= 1
      }
    }
  }
}
