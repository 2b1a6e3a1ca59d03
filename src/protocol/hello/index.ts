/** `/proxima/hello/1`: the first words on a connection: who, which version, which mesh. */
export { protocolMajor, versionSeries, whyIncompatible } from './compatible.ts'
export { type Hello, helloProtocol, helloSchema } from './messages.ts'
