/** `/proxima/pair/1`: a stranger proves an invite's token and receives the roster. The only protocol for strangers. */
export { type JoinerSide, type PairResult, pairAsJoiner } from './client.ts'
export { type InviterHandlers, pairAsInviter } from './handler.ts'
export {
  challengeSchema,
  joinedSchema,
  type Knock,
  knockSchema,
  pairDeadlineMs,
  pairProtocolId,
  proofSchema,
  verdictSchema
} from './messages.ts'
export { type PairContext, proofOf, sameProof } from './proof.ts'
