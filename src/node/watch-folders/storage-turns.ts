import PQueue from 'p-queue'

/** Storage that says nothing for so long counts as away; who waits for it goes on waiting. */
export const silentMs = 30_000
/** Looks at once. Between them, signs of life are given one at a time. */
const looksAtOnce = 2
/**
 * So many may hang before nothing more is begun: each holds a thread of those that the process has for files, of which
 * there are 16 (`bin/proxima-node.js`). A server that goes takes two looks and a sign of life along.
 */
const maxHanging = 6

/** `done`, or why it was not begun: its storage does not answer, or too much else hangs already. */
export type TurnOutcome<T> = { kind: 'done'; value: T } | { kind: 'silent' } | { kind: 'held-up' }

/**
 * Lets watches ask storage in turn. Who hears nothing for 30 s makes room for others, but holds its thread until the
 * server is back; while anybody does, storage is first asked from outside, by a process that may hang in their place.
 * So a folder that hangs holds up itself alone, and a server that is away takes three threads at most, however many of
 * its folders are watched.
 */
export class StorageTurns {
  readonly #lanes = {
    look: new PQueue({ concurrency: looksAtOnce }),
    beat: new PQueue({ concurrency: 1 })
  }
  readonly #answers: (paths: readonly string[]) => Promise<boolean>
  #hanging = 0

  /** @param answers asks for folders without holding a thread of this process */
  constructor(answers: (paths: readonly string[]) => Promise<boolean>) {
    this.#answers = answers
  }

  /**
   * Does work that asks storage when there is room for it.
   * @param paths the folders that it asks for
   * @param work to call `heard` at each answer
   * @param onSilent when it heard nothing for so long that others go on without it
   */
  async take<T>(
    lane: 'look' | 'beat',
    paths: readonly string[],
    work: (heard: () => void) => Promise<T>,
    onSilent: () => void = () => {}
  ): Promise<TurnOutcome<T>> {
    for (let answers = false; ; ) {
      if (this.#hanging > 0 && !answers) {
        answers = await this.#answers(paths)
        if (!answers) return { kind: 'silent' }
      }
      if (this.#hanging >= maxHanging) return { kind: 'held-up' }
      const begun = await this.#lanes[lane].add(async () => {
        // Something hangs since it waits for its turn.
        if (this.#hanging >= maxHanging || (this.#hanging > 0 && !answers)) return null
        const attended = this.#attend(work, onSilent)
        await attended.leaves
        return attended
      })
      if (begun !== null) return { kind: 'done', value: await begun.done }
    }
  }

  /** `leaves` settles when the work is done or hangs. */
  #attend<T>(work: (heard: () => void) => Promise<T>, onSilent: () => void) {
    const leaves = Promise.withResolvers<void>()
    let heardMs = performance.now()
    let hangs = false
    const heard = (): void => {
      heardMs = performance.now()
      if (hangs) this.#hanging -= 1
      hangs = false
    }
    const timer = setInterval(() => {
      if (hangs || performance.now() - heardMs <= silentMs) return
      hangs = true
      this.#hanging += 1
      onSilent()
      leaves.resolve()
    }, silentMs / 4)
    const done = work(heard).finally(() => {
      heard()
      clearInterval(timer)
      leaves.resolve()
    })
    // Who waits for `done` hears of its failure, once it has left.
    done.catch(() => undefined)
    return { done, leaves: leaves.promise }
  }
}
