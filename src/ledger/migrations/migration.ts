/** One step of the ledger's schema. Never changed once it was released: a change is a new migration. */
export interface Migration {
  /** Counted from 1; kept in `user_version`. */
  number: number
  sql: string
}
