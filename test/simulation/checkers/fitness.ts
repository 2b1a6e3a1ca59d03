import type { Fact, GrantedLease, JobId, PeerId } from '../../../src/model/index.ts'
import type { Event } from '../../../src/scheduler/index.ts'
import type { History } from './history.ts'
import { must } from './violation.ts'

/** What a machine really is, whatever it says. */
export interface Machine {
  name: string
  /** Its ffmpeg is the one that jobs need. */
  fit: boolean
  /** Its proofs are never given. */
  unable: boolean
  version: string
}

/** S10: work goes only to members with a compatible version that have proved that they can do it. */
export class FitnessChecker {
  /** Who has proved that it can run a job, as `<job>/<peer>`, since it was connected last. */
  readonly #proved = new Set<string>()

  restarted(): void {
    this.#proved.clear()
  }

  /** Before the turn. */
  heard(event: Event): void {
    if (event.kind === 'proof-answered' && event.answer.kind === 'can')
      this.#proved.add(`${event.jobId}/${event.peerId}`)
  }

  /** After the turn. */
  turned(event: Event): void {
    if (event.kind !== 'peer-connected' && event.kind !== 'peer-disconnected') return
    for (const key of this.#proved) if (key.endsWith(event.peerId)) this.#proved.delete(key)
  }

  isProved(jobId: JobId, peerId: PeerId): boolean {
    return this.#proved.has(`${jobId}/${peerId}`)
  }

  committed(fact: Fact, history: History): void {
    if (fact.kind !== 'lease-granted' || history.task(fact.jobId, fact.taskNo)?.fileWork) return
    must(
      this.isProved(fact.jobId, fact.peerId),
      'S10',
      () =>
        `${fact.jobId}.${fact.taskNo} is leased to ${fact.peerName}, which has not proved that it can run it`
    )
  }
}

export function checkRun(lease: GrantedLease, worker: Machine, owner: Machine): void {
  const fit = lease.pool === 'io' || (worker.fit && !worker.unable)
  must(fit, 'S10', () => `${lease.leaseId} runs on ${worker.name}, which is unfit`)
  must(
    worker.version === owner.version,
    'S10',
    () => `${lease.leaseId} of ${owner.name} ${owner.version} runs on ${worker.name} ${worker.version}`
  )
}
