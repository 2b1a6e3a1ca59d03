/** `/proxima/roster/1`: members exchange their rosters, so that all become the same. */
export { type RosterData, rosterProtocol, rosterSchema, type Statement, statementSchema } from './messages.ts'
