/** `/proxima/watch/1`: a member looks at what another's node shows on its screen. It only looks. */
export { boundChunks, boundPart, intoBatches } from './bound.ts'
export { watchPeer } from './client.ts'
export { answerWatch, type WatchAdmission } from './handler.ts'
export { watchNewsSchema, watchProtocolId, watchQuestionSchema } from './messages.ts'
