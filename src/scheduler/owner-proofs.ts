import { isEnded, type JobId, type JobRecord, type PeerId, type ProofAnswer } from '../model/index.ts'
import { type Draft, withoutEntry } from './draft.ts'
import { whyUnsuited } from './fit.ts'
import { openJobs } from './owner-handout.ts'
import { failJob } from './owner-jobs.ts'
import { proofOf, setProof } from './proof.ts'
import { lateCount } from './straggler.ts'
import { readyCount } from './summary.ts'

/** A person waits for the answers: so many times more may be asked at once of a node. */
const wantedFactor = 4

/**
 * Asks the nodes that seem fit, this one included, whether they really can run what would be handed out next: without
 * a proof nobody gets anything. However many jobs wait, only the most urgent ones are asked for, a few at a time.
 */
export function askProofs(draft: Draft): void {
  if (!draft.state.started || draft.state.stopping) return
  if (openJobs(draft).length === 0) return
  for (const peerId of everyone(draft)) askOf(draft, peerId)
}

function askOf(draft: Draft, peerId: PeerId): void {
  const { settings, state, nowMs } = draft
  let room = settings.asksAtOnce - awaitedOf(draft, peerId)
  /** Jobs that it can take, or may turn out to. */
  let ahead = 0
  let refused = 0
  for (const job of openJobs(draft)) {
    if (room <= 0 || ahead >= settings.proofsAhead || refused >= settings.refusalsAhead) return
    if (!hasWork(draft, job, peerId) || whyUnsuited(state, job, peerId) !== null) continue
    const proof = proofOf(state, job.id, peerId)
    const refuses = proof?.answer === 'cannot' || proof?.answer === 'unanswered'
    if (refuses) refused += 1
    else ahead += 1
    if (proof?.answer === 'can' || (proof && proof.askAgainAtMs > nowMs)) continue
    ask(draft, job, peerId)
    room -= 1
  }
}

const hasWork = ({ self, state }: Draft, job: JobRecord, peerId: PeerId): boolean =>
  readyCount(job, 'slot', peerId === self) > 0 || lateCount(state, job) > 0

/** A person wants to know who will take part in a job: all who seem fit are asked at once, wherever it waits. */
export function wantProofs(draft: Draft, jobId: JobId): void {
  const job = draft.job(jobId)
  if (!job || isEnded(job.status)) return
  for (const peerId of everyone(draft)) {
    if (awaitedOf(draft, peerId) >= draft.settings.asksAtOnce * wantedFactor) continue
    const proof = proofOf(draft.state, jobId, peerId)
    if (proof?.answer === 'can' || proof?.awaited || whyUnsuited(draft.state, job, peerId) !== null) continue
    ask(draft, job, peerId)
  }
}

const everyone = ({ self, state }: Draft): PeerId[] => [self, ...state.peers.keys()]

/** How many answers are awaited of a node. */
function awaitedOf({ state }: Draft, peerId: PeerId): number {
  let count = 0
  for (const { awaited } of state.proofs.get(peerId)?.values() ?? []) if (awaited) count += 1
  return count
}

/** What it answered before stands until the new answer. */
function ask(draft: Draft, { id: jobId }: JobRecord, to: PeerId): void {
  const { nowMs, settings } = draft
  const before = proofOf(draft.state, jobId, to)
  const askId = draft.state.nextAskId
  draft.set({ nextAskId: askId + 1 })
  setProof(draft, jobId, to, {
    askId,
    awaited: true,
    answer: before?.answer ?? null,
    reason: before?.reason ?? null,
    firstAskedMs: before?.firstAskedMs ?? nowMs,
    askAgainAtMs: nowMs + settings.askTimeoutMs,
    refusals: before?.refusals ?? 0
  })
  draft.order({ kind: 'ask-proof', askId, jobId, to })
}

/** What a node answered. Late and doubled answers, and those to what is asked anew, change nothing. */
export function hearProof(
  draft: Draft,
  { askId, jobId, peerId, answer }: { askId: number; jobId: JobId; peerId: PeerId; answer: ProofAnswer }
): void {
  const proof = proofOf(draft.state, jobId, peerId)
  if (!proof?.awaited || proof.askId !== askId) return
  const { settings, nowMs } = draft
  const heard = { ...proof, awaited: false, answer: answer.kind, reason: null }
  switch (answer.kind) {
    case 'can':
      setProof(draft, jobId, peerId, heard)
      // News for this node, too: it may have waited for somebody to share a job with.
      draft.set({ dryUntilMs: withoutEntry(draft.state.dryUntilMs, draft.self) })
      return
    case 'cannot': {
      if (answer.ends && peerId === draft.self && draft.job(jobId)?.plan != null) {
        failJob(draft, jobId, answer.reason)
        return
      }
      const refusals = proof.refusals + 1
      const askAgainAtMs = nowMs + Math.min(settings.maxRefusedMs, settings.refusedMs * refusals)
      setProof(draft, jobId, peerId, { ...heard, reason: answer.reason, refusals, askAgainAtMs })
      return
    }
    case 'unanswered':
      setProof(draft, jobId, peerId, { ...heard, askAgainAtMs: nowMs + settings.unansweredMs })
  }
}
