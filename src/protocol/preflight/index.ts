/** `/proxima/preflight/1`: an owner asks a node whether it could run the tasks of a job, before it gives it any. */
export {
  boundReply,
  type ProofQuestion,
  type ProofReply,
  preflightProtocol,
  proofQuestionSchema,
  proofReplySchema
} from './messages.ts'
