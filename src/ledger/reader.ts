import {
  type Fact,
  type JobId,
  type JobRecord,
  type LeaseId,
  leaseIdOf,
  type PeerId,
  type StoredLink
} from '../model/index.ts'
import type { Database } from './database.ts'
import {
  type AttemptRow,
  type BlockedRow,
  type JobRow,
  jobOf,
  type LinkRow,
  linkOf,
  type RangeRow,
  type TaskRow
} from './rows.ts'

/** A fact as the log has it. */
export interface LoggedFact {
  /** The fact's number in the whole ledger, ascending; not without gaps. */
  seq: number
  /** Wall clock when it was committed, ISO 8601. For people only. */
  at: string
  fact: Fact
}

/** ISO 8601 wall times, for people only. */
export interface JobTimes {
  queuedAt: string
  /** When the first task was handed out, since the last retry. */
  startedAt: string | null
  endedAt: string | null
}

export interface AttemptTimes {
  startedAt: string
  endedAt: string | null
}

/** Facts are fetched this many at a time, so that a commit between two of them finds no open statement. */
const pageSize = 500

/** The reading half of the ledger. */
export class Reader {
  readonly #db: Database

  constructor(db: Database) {
    this.#db = db
  }

  /** Every job as its rows have it, in the order of queueing. */
  load(): JobRecord[] {
    const tasks = byJob<TaskRow>(this.#db.all('SELECT * FROM tasks ORDER BY job_id, no'))
    const attempts = byJob<AttemptRow>(
      this.#db.all('SELECT * FROM attempts ORDER BY job_id, task_no, attempt')
    )
    const remaining = byJob<RangeRow>(this.#db.all('SELECT * FROM remaining ORDER BY job_id, start_unit'))
    const blocked = byJob<BlockedRow>(this.#db.all('SELECT * FROM blocked'))
    return (this.#db.all('SELECT * FROM jobs ORDER BY seq') as unknown as JobRow[]).map((row) =>
      jobOf(row, {
        tasks: tasks.get(row.id) ?? [],
        attempts: attempts.get(row.id) ?? [],
        remaining: remaining.get(row.id) ?? [],
        blocked: blocked.get(row.id) ?? []
      })
    )
  }

  /** The whole log of the jobs that were not purged, in order. Replaying it gives what `load` gives (S7). */
  *replay(): Generator<Fact> {
    for (let seq = 0; ; ) {
      const page = this.#page('SELECT * FROM facts WHERE seq > :seq ORDER BY seq LIMIT :limit', { seq })
      for (const logged of page) yield logged.fact
      if (page.length < pageSize) return
      seq = page[page.length - 1]!.seq
    }
  }

  /** A job's log after fact number `sinceSeq` (0 or absent: from its start). Empty for an unknown job. */
  *factsOf(jobId: JobId, options: { sinceSeq?: number } = {}): Generator<LoggedFact> {
    for (let seq = options.sinceSeq ?? 0; ; ) {
      const page = this.#page(
        'SELECT * FROM facts WHERE job_id = :jobId AND seq > :seq ORDER BY seq LIMIT :limit',
        { jobId, seq }
      )
      yield* page
      if (page.length < pageSize) return
      seq = page[page.length - 1]!.seq
    }
  }

  /** Null for an unknown job. */
  jobTimes(jobId: JobId): JobTimes | null {
    const row = this.#db.get('SELECT queued_at, started_at, ended_at FROM jobs WHERE id = :jobId', { jobId })
    if (!row) return null
    return {
      queuedAt: row.queued_at as string,
      startedAt: row.started_at as string | null,
      endedAt: row.ended_at as string | null
    }
  }

  /** When each attempt since the last retry began and ended, by its lease. */
  attemptTimes(jobId: JobId): Map<LeaseId, AttemptTimes> {
    const rows = this.#db.all(
      'SELECT task_no, attempt, started_at, ended_at FROM attempts WHERE job_id = :jobId ORDER BY task_no, attempt',
      { jobId }
    ) as unknown as AttemptRow[]
    return new Map(
      rows.map((row) => [
        leaseIdOf({ jobId, taskNo: row.task_no, attempt: row.attempt }),
        { startedAt: row.started_at, endedAt: row.ended_at }
      ])
    )
  }

  /** When each peer was blocked for a job, ISO 8601; the last time, of those that were unblocked and blocked again. */
  blockedSince(jobId: JobId): Map<PeerId, string> {
    const rows = this.#db.all(
      `SELECT at, json_extract(body, '$.peerId') AS peer_id FROM facts
       WHERE job_id = :jobId AND kind = 'peer-blocked' ORDER BY seq`,
      { jobId }
    ) as unknown as { at: string; peer_id: PeerId }[]
    return new Map(rows.map(({ at, peer_id }) => [peer_id, at]))
  }

  /** What is known of links to the editing software, in the order of queueing. */
  links(): StoredLink[] {
    const rows = this.#db.all('SELECT links.* FROM links JOIN jobs ON id = job_id ORDER BY seq')
    return (rows as unknown as LinkRow[]).map(linkOf)
  }

  /** Null for a job whose output is not to be linked. */
  linkOf(jobId: JobId): StoredLink | null {
    const row = this.#db.get('SELECT * FROM links WHERE job_id = :jobId', { jobId })
    return row === undefined ? null : linkOf(row as unknown as LinkRow)
  }

  /** The `seq` for the next `job-queued`: higher than that of any job so far, purged ones included. */
  nextSeq(): number {
    return this.#db.get(`SELECT value FROM counters WHERE name = 'next-job-seq'`)!.value as number
  }

  /** What SQLite finds wrong with the file, a line each; empty when all is well. Reads everything: slow. */
  integrityCheck(): string[] {
    const damage = this.#db.all('PRAGMA integrity_check').map((row) => String(row.integrity_check))
    const orphans = this.#db
      .all('PRAGMA foreign_key_check')
      .map((row) => `a row of ${String(row.table)} belongs to no ${String(row.parent)}`)
    return [...damage.filter((line) => line !== 'ok'), ...orphans]
  }

  #page(sql: string, params: { jobId?: JobId; seq: number }): LoggedFact[] {
    return this.#db.all(sql, { ...params, limit: pageSize }).map((row) => ({
      seq: row.seq as number,
      at: row.at as string,
      fact: { kind: row.kind, jobId: row.job_id, ...JSON.parse(row.body as string) } as Fact
    }))
  }
}

function byJob<R extends { job_id: JobId }>(rows: unknown[]): Map<JobId, R[]> {
  return Map.groupBy(rows as R[], (row) => row.job_id)
}
