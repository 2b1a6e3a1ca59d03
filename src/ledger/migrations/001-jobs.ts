import type { Migration } from './migration.ts'

/**
 * `facts` is the log; the other tables are what it adds up to, changed in the same transaction.
 * Times (`at`, `…_at`) are ISO 8601 wall clock for people; nothing is decided by them (S11).
 */
export const jobs: Migration = {
  number: 1,
  sql: `
    CREATE TABLE counters (
      name TEXT PRIMARY KEY,
      value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO counters (name, value) VALUES ('next-job-seq', 1);

    CREATE TABLE jobs (
      id TEXT PRIMARY KEY,
      seq INTEGER NOT NULL UNIQUE,
      request TEXT NOT NULL,
      priority INTEGER NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('planning', 'queued', 'active', 'joining', 'verifying',
        'completed', 'paused', 'failed', 'canceled')),
      paused_from TEXT CHECK (paused_from IN ('planning', 'queued', 'active', 'joining', 'verifying')),
      -- The status that counts: of a paused job, the one that it will go back to.
      standing TEXT GENERATED ALWAYS AS (coalesce(paused_from, status)) VIRTUAL,
      plan TEXT,
      shape TEXT CHECK (shape IN ('split', 'whole')),
      next_task_no INTEGER NOT NULL DEFAULT 1,
      error TEXT,
      cleaned INTEGER NOT NULL DEFAULT 0 CHECK (cleaned IN (0, 1)),
      queued_at TEXT NOT NULL,
      started_at TEXT,
      ended_at TEXT,
      CHECK ((status = 'paused') = (paused_from IS NOT NULL))
    ) STRICT;

    CREATE TABLE remaining (
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      start_unit INTEGER NOT NULL,
      end_unit INTEGER NOT NULL CHECK (end_unit >= start_unit),
      PRIMARY KEY (job_id, start_unit)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE blocked (
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      peer_id TEXT NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (job_id, peer_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tasks (
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      no INTEGER NOT NULL,
      kind TEXT NOT NULL,
      stage INTEGER NOT NULL,
      owner_only INTEGER NOT NULL CHECK (owner_only IN (0, 1)),
      pool TEXT NOT NULL CHECK (pool IN ('slot', 'io')),
      final INTEGER NOT NULL CHECK (final IN (0, 1)),
      start_unit INTEGER,
      end_unit INTEGER,
      status TEXT NOT NULL CHECK (status IN ('waiting', 'ready', 'leased', 'done', 'failed', 'canceled')),
      result TEXT,
      error TEXT,
      PRIMARY KEY (job_id, no),
      CHECK ((start_unit IS NULL) = (end_unit IS NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE attempts (
      job_id TEXT NOT NULL,
      task_no INTEGER NOT NULL,
      attempt INTEGER NOT NULL,
      peer_id TEXT NOT NULL,
      peer_name TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('running', 'done', 'failed', 'hindered', 'rejected', 'lost', 'returned',
        'superseded', 'canceled')),
      error TEXT,
      started_at TEXT NOT NULL,
      ended_at TEXT,
      PRIMARY KEY (job_id, task_no, attempt),
      FOREIGN KEY (job_id, task_no) REFERENCES tasks (job_id, no) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    -- AUTOINCREMENT: a number is not used again, also not after a purge.
    CREATE TABLE facts (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      at TEXT NOT NULL,
      job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX facts_of_job ON facts (job_id, seq);
  `
}
