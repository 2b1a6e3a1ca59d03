import type { PeerId } from '../../model/index.ts'

/** Whether `self` dials `peer` at once; otherwise it waits for `peer` to dial. */
export const dialsFirst = (self: PeerId, peer: PeerId): boolean => self < peer

/** Two connections opened within this time of each other may have been dialled by both ends at once. */
export const raceMs = 5_000

export interface Candidate {
  readonly dialledBySelf: boolean
  readonly openedAtMs: number
}

/**
 * Which of several connections to one peer stays. Both ends come to the same answer without a word:
 * - dialled by both at about the same time: the one that the smaller peer id dialled;
 * - else the newest, for nobody dials who still has a connection: the older one is dead without knowing.
 */
export function chooseConnection<C extends Candidate>(
  self: PeerId,
  peer: PeerId,
  candidates: readonly C[]
): C | null {
  const byAge = [...candidates].sort((a, b) => a.openedAtMs - b.openedAtMs)
  let best: C | null = null
  for (const next of byAge) {
    if (!best || next.openedAtMs - best.openedAtMs > raceMs || next.dialledBySelf === best.dialledBySelf)
      best = next
    else if (next.dialledBySelf === dialsFirst(self, peer)) best = next
  }
  return best
}
