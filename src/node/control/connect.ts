/** The commands' side of the local socket, without the server's schemas: loads in milliseconds. */
export { connectControl } from './client.ts'
export { ControlError, toWireError } from './errors.ts'
export { type ControlClient, type ControlHandlers, localClient } from './handlers.ts'
export { controlSocketPath } from './socket-path.ts'
