/** `/proxima/steal/1`: an idle node asks an owner for tasks; the owner answers with durable leases. */
export { grantedLeaseSchema, type StealMessage, stealMessageSchema, stealProtocol } from './messages.ts'
