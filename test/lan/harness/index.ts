/** The LAN harness: real hosts as network namespaces on a switch. README.md beside this file shows how it is used. */
export { claimVariable } from '../../support/traces.ts'
export { addWitness, testimony, type WaitOptions, waitFor } from '../../support/wait-for.ts'
export { type Capabilities, capabilities } from './capabilities.ts'
export { HarnessError, type HarnessErrorCode } from './errors.ts'
export { givenLan } from './given-lan.ts'
export { Host, pathWith } from './host.ts'
export { createLan, Lan, type LanOptions } from './lan.ts'
export type { Nic, Routes } from './network.ts'
