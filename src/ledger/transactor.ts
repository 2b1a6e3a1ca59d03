import type { Fact, FactKind } from '../model/index.ts'
import type { Database } from './database.ts'
import { sqliteCode } from './errors.ts'
import { jobVerbs } from './job-verbs.ts'
import { taskVerbs } from './task-verbs.ts'
import { misfit, type Verb, type Verbs } from './verbs.ts'

const sqliteConstraint = 19

/** The writing half of the ledger: facts go into the log and into the rows in one transaction. */
export class Transactor {
  readonly #db: Database
  readonly #wallClock: () => Date
  readonly #verbs: Verbs<FactKind>

  constructor(settings: { wallClock: () => Date }, collaborators: { db: Database }) {
    this.#db = collaborators.db
    this.#wallClock = settings.wallClock
    this.#verbs = { ...jobVerbs(this.#db), ...taskVerbs(this.#db) }
  }

  /**
   * One durable transaction: when it returns, all of the facts survive any crash; when it throws, none was written.
   * @throws LedgerError `fact-does-not-fit`, `cannot-write`
   */
  commit(facts: readonly Fact[]): void {
    if (facts.length === 0) return
    const at = this.#wallClock().toISOString()
    this.#db.transact(() => {
      for (const fact of facts) this.#write(fact, at)
    })
  }

  #write(fact: Fact, at: string): void {
    try {
      // The map ties each kind to its verb; TypeScript does not follow that through a union's `kind`.
      const verb = this.#verbs[fact.kind] as Verb<FactKind>
      verb(fact, at)
      if (fact.kind === 'job-purged') return
      const { kind, jobId, ...body } = fact
      this.#db.run('INSERT INTO facts (at, job_id, kind, body) VALUES (:at, :jobId, :kind, :body)', {
        at,
        jobId,
        kind,
        body: JSON.stringify(body)
      })
    } catch (error) {
      throw sqliteCode(error) === sqliteConstraint ? misfit(fact, error) : error
    }
  }
}
