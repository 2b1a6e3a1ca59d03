/** `/proxima/status/1`: one long-lived stream per pair; every 2 s and on change. Decides who is alive. */
export {
  boundProgress,
  boundStatus,
  nodeStatusSchema,
  progressSchema,
  type StatusMessage,
  statusMessageSchema,
  statusProtocol
} from './messages.ts'
