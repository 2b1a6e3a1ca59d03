import PQueue from 'p-queue'
import type { JobKind, PeerId, ProofAnswer, ProvableJob, Unable } from '../model/index.ts'
import type { ProofQuestion, ProofReply } from '../protocol/index.ts'

export interface PreflightCollaborators {
  self: PeerId
  kinds: ReadonlyMap<string, JobKind>
  /** Asks another node. Never rejects: no answer is an answer. */
  askPeer: (to: PeerId, question: ProofQuestion) => Promise<ProofAnswer>
  onError: (error: unknown, what: string) => void
}

/** Trials at a time, each of which may run ffmpeg: the machine has other work. */
const atOnce = 2
/** Questions that wait for one; who asks more gets no answer, and asks again. */
const maxWaiting = 32

/** Asks nodes whether they could run a job's tasks, and answers when this one is asked. */
export class Preflight {
  readonly #collaborators: PreflightCollaborators
  readonly #trials = new PQueue({ concurrency: atOnce })
  /** What is being tried now, by what is asked: asked again, it is not tried twice at the same time. */
  readonly #underWay = new Map<string, Promise<Unable | null>>()

  constructor(collaborators: PreflightCollaborators) {
    this.#collaborators = collaborators
  }

  /** Asks a node, perhaps this one. Never rejects. */
  async ask(to: PeerId, job: ProvableJob): Promise<ProofAnswer> {
    const { self, kinds, askPeer, onError } = this.#collaborators
    const kind = kinds.get(job.request.kind)
    if (!kind) return cannot(`this version does not know ${job.request.kind} jobs`)
    try {
      const question: ProofQuestion = { jobKind: kind.name, payload: kind.proofPayload(job) }
      if (to !== self) return await askPeer(to, question)
      const unable = await this.#prove(question, true)
      return unable === null ? { kind: 'can' } : { kind: 'cannot', ...unable }
    } catch (error) {
      onError(error, `proof of ${job.request.source}`)
      return cannot((error as Error).message)
    }
  }

  /**
   * Answers another node: what it says is believed in nothing, only tried.
   * @throws Error when too much waits to be tried already
   */
  async answer(question: ProofQuestion): Promise<ProofReply> {
    if (this.#trials.size >= maxWaiting) throw new Error('too many proofs are being tried')
    return { reason: (await this.#prove(question, false))?.reason ?? null }
  }

  #prove(question: ProofQuestion, isOwn: boolean): Promise<Unable | null> {
    const { kinds } = this.#collaborators
    const kind = kinds.get(question.jobKind)
    if (!kind) return Promise.resolve({ reason: `it does not know ${question.jobKind} jobs`, ends: false })
    const key = `${isOwn} ${JSON.stringify(question)}`
    let trial = this.#underWay.get(key)
    if (!trial) {
      // A person waits for this machine's own answer; the others' are asked again anyway.
      trial = this.#trials.add(() => kind.prove(question.payload, isOwn), { priority: isOwn ? 1 : 0 })
      this.#underWay.set(key, trial)
      const forget = (): boolean => this.#underWay.delete(key)
      trial.then(forget, forget)
    }
    return trial
  }
}

const cannot = (reason: string): ProofAnswer => ({ kind: 'cannot', reason })
