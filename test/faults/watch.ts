import { setTimeout as delay } from 'node:timers/promises'
import type { JobWithTasks } from '../../src/model/index.ts'
import { isEnded } from '../../src/model/index.ts'
import type { Station } from '../support/station.ts'

/** How often a state is looked at that lasts for milliseconds. */
const everyMs = 15

/**
 * A job as its owner tells it, over the local socket: quicker to ask than by starting a command, and asked anew when
 * the node was killed.
 */
export class JobEye {
  readonly #owner: Station
  readonly #id: string

  constructor(owner: Station, id: string) {
    this.#owner = owner
    this.#id = id
  }

  /** The job now; null while its owner does not answer. */
  async look(): Promise<JobWithTasks | null> {
    try {
      return await this.#owner.ask('job', { id: this.#id }, 5_000)
    } catch {
      // It was killed, is frozen or on its way up: whoever asks looks again.
      return null
    }
  }

  /** Waits for a look that satisfies; null when the job ended before. */
  async until(condition: (job: JobWithTasks) => boolean): Promise<JobWithTasks | null> {
    for (;;) {
      const job = await this.look()
      if (job && condition(job)) return job
      if (job && isEnded(job.status)) return null
      await delay(everyMs)
    }
  }
}
