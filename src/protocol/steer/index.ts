/** `/proxima/steer/1`: a member tells another's node to take no more work, to take it again, or how much at once. */
export { type SteerReply, steerOrderSchema, steerProtocol, steerReplySchema } from './messages.ts'
