/**
 * The local socket between a machine's node and its commands: JSON lines over a unix socket (a named pipe on
 * Windows) that only the same user can open.
 */
export { connectControl } from './client.ts'
export { ControlError, type ControlErrorCode, isExpected, toWireError } from './errors.ts'
export { EventQueue } from './event-queue.ts'
export {
  type CallOptions,
  type ControlClient,
  type ControlHandlers,
  coalesceKeys,
  localClient
} from './handlers.ts'
export { type ControlLimits, defaultLimits } from './limits.ts'
export { type ControlServer, type ControlServerSettings, startControlServer } from './server.ts'
export { controlSocketPath } from './socket-path.ts'
