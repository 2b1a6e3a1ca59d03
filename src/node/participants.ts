import type { PreviewedJob, ProofAnswer, ProvableJob } from '../model/index.ts'
import { isEnded, type JobId, type JobRecord, type Participant, type PeerId } from '../model/index.ts'
import { type Event, needsOf, type SchedulerState, whyMisfit, whyNotPeer } from '../scheduler/index.ts'
import { mayStillProve } from './job-note.ts'
import type { MeshPeer } from './mesh/index.ts'
import { within } from './within.ts'

export interface ParticipantsCollaborators {
  state: () => SchedulerState
  turn: (event: Event) => void
  /** Every other member. */
  members: () => readonly MeshPeer[]
  /** Settles when every node that is being asked about a job has answered. */
  proofsAnswered: (jobId: JobId) => Promise<void>
  /** Settles when the fellow members have been met, or had the time to come, after this node's start. */
  met: Promise<void>
  /** Asks a node, perhaps this one. Never rejects. */
  askProof: (to: PeerId, job: ProvableJob) => Promise<ProofAnswer>
}

/** How long a person who queues waits for the answers. */
const waitMs = 3_000
/** Answers are kept for so many sorts of jobs, so that a batch that is queued in portions asks once for each sort. */
const keptSorts = 32

/** Tells who takes part in a job, and why the others do not. */
export class Participants {
  readonly #collaborators: ParticipantsCollaborators
  readonly #recent = new Map<string, Promise<Participant[]>>()

  constructor(collaborators: ParticipantsCollaborators) {
    this.#collaborators = collaborators
  }

  /** As far as it is known now. */
  now(job: JobRecord): Participant[] {
    const { state } = this.#collaborators
    return isEnded(job.status) ? [] : this.#list((peerId) => whyNotPeer(state(), job, peerId))
  }

  /** Why a member gets nothing of any job here; null when it takes part in one, may still do so, or there is none. */
  whyNoWork(peerId: PeerId): string | null {
    const state = this.#collaborators.state()
    if (!state.peers.has(peerId)) return null
    let why: string | null = null
    for (const job of state.jobs.values()) {
      if (isEnded(job.status) || job.status === 'paused' || job.plan === null) continue
      const reason = whyNotPeer(state, job, peerId)
      if (reason === null || mayStillProve(state, job, peerId)) return null
      why ??= `it gets nothing of job ${job.id}: ${reason}`
    }
    return why
  }

  /** Of a job that was just queued: who seems fit is asked. Jobs alike of one batch are asked for once. */
  ofQueued(jobId: JobId): Promise<Participant[]> {
    const job = this.#collaborators.state().jobs.get(jobId)
    if (!job) return Promise.resolve([])
    const sort = JSON.stringify([job.request.batchId, job.request.preset, needsOf(job)])
    let answer = this.#recent.get(sort)
    if (!answer) {
      answer = this.#askAbout(job)
      this.#recent.set(sort, answer)
      const [oldest] = this.#recent.keys()
      if (this.#recent.size > keptSorts) this.#recent.delete(oldest!)
    }
    return answer
  }

  async #askAbout(job: JobRecord): Promise<Participant[]> {
    const { state, turn, proofsAnswered } = this.#collaborators
    await this.#collaborators.met
    turn({ kind: 'proofs-wanted', jobId: job.id })
    await within(waitMs, proofsAnswered(job.id))
    const now = state().jobs.get(job.id) ?? job
    return isEnded(now.status) ? this.#ofEnded(now) : this.now(now)
  }

  /** Of a job that was quicker than the answers: who worked on it took part. */
  #ofEnded(job: JobRecord): Participant[] {
    const { state } = this.#collaborators
    const worked = new Set(job.tasks.flatMap(({ attempts }) => attempts.map(({ peerId }) => peerId)))
    const late = 'it had not said whether it can when the job ended'
    return this.#list((peerId) =>
      worked.has(peerId) ? null : (whyMisfit(state(), needsOf(job), peerId) ?? late)
    )
  }

  /** Of a job that may be queued. */
  async ofPreview(job: PreviewedJob): Promise<Participant[]> {
    const { state, askProof, met } = this.#collaborators
    await met
    const { self, peers } = state()
    const reasons = new Map<PeerId, string | null>()
    const ask = async (peerId: PeerId): Promise<void> => {
      const misfit = whyMisfit(state(), job.plan.needs, peerId)
      reasons.set(peerId, misfit ?? 'it has not said yet whether it can')
      if (misfit !== null) return
      const answer = await askProof(peerId, job)
      if (answer.kind === 'can') reasons.set(peerId, null)
      else reasons.set(peerId, answer.kind === 'cannot' ? answer.reason : 'it does not answer whether it can')
    }
    await within(waitMs, Promise.all([self.peerId, ...peers.keys()].map(ask)))
    return this.#list((peerId) => reasons.get(peerId) ?? null)
  }

  #list(why: (peerId: PeerId) => string | null): Participant[] {
    const { state, members } = this.#collaborators
    const { self, peers } = state()
    const participant = (peerId: PeerId, name: string, reason: string | null): Participant => {
      return { peerId, name, self: peerId === self.peerId, takesPart: reason === null, reason }
    }
    const hasSlots = (total: number): string | null => (total > 0 ? null : 'it has no slots')
    return [
      participant(self.peerId, self.name, why(self.peerId) ?? hasSlots(self.slots)),
      ...members().map((member) => {
        const peer = peers.get(member.peerId)
        // Of another version, or not there: the mesh says which.
        if (!peer) return participant(member.peerId, member.name, member.reason ?? 'it is not connected')
        return participant(
          peer.peerId,
          member.name,
          why(peer.peerId) ?? hasSlots(peer.status?.slots.total ?? 0)
        )
      })
    ]
  }
}
