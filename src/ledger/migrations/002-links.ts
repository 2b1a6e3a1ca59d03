import type { Migration } from './migration.ts'

/** Outputs that are to be linked in the editing software, one of a job: they outlive a restart, and go with the job. */
export const links: Migration = {
  number: 2,
  sql: `
    CREATE TABLE links (
      job_id TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE,
      state TEXT NOT NULL CHECK (state IN ('pending', 'linked', 'refused', 'not-in-project')),
      reason TEXT,
      hint TEXT,
      project_id TEXT,
      project_name TEXT,
      -- JSON: the clips it was tried on, each with what came of it.
      clips TEXT NOT NULL,
      proxy_identity TEXT,
      changed_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `
}
