/** What goes over the wire: one folder per protocol. This room alone touches libp2p streams. */
export { type Channel, type ChannelProtocol, runChannel, type SendResult } from './channel.ts'
export { asProtocolError, ProtocolError, type ProtocolErrorCode } from './errors.ts'
export * from './hello/index.ts'
export * from './lease/index.ts'
export {
  maxNameChars,
  maxStatements,
  maxWatchers,
  preflightRate,
  requestRate,
  steerRate,
  watchRate
} from './limits.ts'
export * from './log/index.ts'
export type { Logger } from './logger.ts'
export * from './pair/index.ts'
export { fromWire, type OnWire, toWire } from './peer-message.ts'
export * from './preflight/index.ts'
export { PeerRates, type Rate, RateLimiter } from './rate-limit.ts'
export { answer, ask, type RequestProtocol } from './request.ts'
export * from './roster/index.ts'
export { cleanText } from './schemas.ts'
export * from './status/index.ts'
export * from './steal/index.ts'
export * from './steer/index.ts'
export * from './watch/index.ts'
