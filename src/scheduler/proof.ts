import type { JobId, PeerId } from '../model/index.ts'
import { type Draft, withEntry, withoutEntry } from './draft.ts'
import type { Proof, SchedulerState } from './state.ts'

/** What a node answered when it was asked whether it could run the tasks of a job; undefined before it was asked. */
export const proofOf = (state: SchedulerState, jobId: JobId, peerId: PeerId): Proof | undefined =>
  state.proofs.get(peerId)?.get(jobId)

export function setProof(draft: Draft, jobId: JobId, peerId: PeerId, proof: Proof): void {
  const { proofs } = draft.state
  const ofPeer = withEntry(proofs.get(peerId) ?? new Map(), jobId, proof)
  draft.set({ proofs: withEntry(proofs, peerId, ofPeer) })
}

/** What was asked of a node counts no more: answers that are under way find nothing. */
export function dropPeerProofs(draft: Draft, peerId: PeerId): void {
  const { proofs } = draft.state
  if (proofs.has(peerId)) draft.set({ proofs: withoutEntry(proofs, peerId) })
}

/** What was asked for a job counts no more. */
export function dropJobProofs(draft: Draft, jobId: JobId): void {
  for (const [peerId, ofPeer] of draft.state.proofs) {
    if (!ofPeer.has(jobId)) continue
    const { proofs } = draft.state
    const kept = withoutEntry(ofPeer, jobId)
    draft.set({ proofs: kept.size > 0 ? withEntry(proofs, peerId, kept) : withoutEntry(proofs, peerId) })
  }
}

/** True while it is not known whether the node could: it was not asked yet, is being asked, or did not answer. */
export const isOpenProof = (proof: Proof | undefined): boolean =>
  proof === undefined || proof.answer === null || proof.answer === 'unanswered'
