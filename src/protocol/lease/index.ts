/** `/proxima/lease/1`: progress and outcomes up to the owner, acknowledgements and orders down to the worker. */
export { boundLeaseMessage, type LeaseMessage, leaseMessageSchema, leaseProtocol } from './messages.ts'
