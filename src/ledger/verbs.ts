import type { Fact, FactKind } from '../model/index.ts'
import type { Database, Params } from './database.ts'
import { LedgerError } from './errors.ts'

export type FactOf<K extends FactKind> = Extract<Fact, { kind: K }>

/** What a kind of fact does to the rows; `at` is the wall clock for people, ISO 8601. */
export type Verb<K extends FactKind> = (fact: FactOf<K>, at: string) => void
export type Verbs<K extends FactKind> = { [Kind in K]: Verb<Kind> }

/**
 * Runs a statement that must change exactly one row: its WHERE holds what the fact takes for granted.
 * @throws LedgerError `fact-does-not-fit`
 */
export function changeOne(db: Database, fact: Fact, sql: string, params: Params): void {
  if (db.run(sql, params) !== 1) throw misfit(fact)
}

export function misfit(fact: Fact, cause?: unknown): LedgerError {
  const of = 'taskNo' in fact ? ` (task ${fact.taskNo})` : ''
  return new LedgerError(
    'fact-does-not-fit',
    `${fact.kind} does not fit the rows of job ${fact.jobId}${of}`,
    {
      data: { fact },
      cause
    }
  )
}
