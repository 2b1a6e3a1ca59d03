/** Durable jobs: the log of facts, and the rows that it adds up to. Alone touches SQLite. */
export { LedgerError, type LedgerErrorCode } from './errors.ts'
export { type Ledger, type LedgerCollaborators, type LedgerSettings, openLedger } from './open.ts'
export type { AttemptTimes, JobTimes, LoggedFact } from './reader.ts'
