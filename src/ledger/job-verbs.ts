import type { JobId } from '../model/index.ts'
import type { Database } from './database.ts'
import { changeOne, type Verbs } from './verbs.ts'

type JobFacts =
  | 'job-queued'
  | 'job-planned'
  | 'job-shaped'
  | 'peer-blocked'
  | 'peer-unblocked'
  | 'job-completed'
  | 'job-failed'
  | 'job-canceled'
  | 'job-paused'
  | 'job-resumed'
  | 'job-prioritized'
  | 'job-retried'
  | 'job-cleaned'
  | 'link-changed'
  | 'job-purged'

/** Moves a job on; a paused one stays paused and remembers where it has got to. For a SET clause, with `:to`. */
export const moved = `
  status = CASE status WHEN 'paused' THEN 'paused' ELSE :to END,
  paused_from = CASE status WHEN 'paused' THEN :to END`

const notEnded = `status NOT IN ('completed', 'failed', 'canceled')`

/** What the facts about a job as a whole do to the rows. */
export function jobVerbs(db: Database): Verbs<JobFacts> {
  /** Tasks that had not ended are canceled, with whoever runs them; nothing remains to be cut. */
  const closeTasks = (jobId: JobId, at: string) => {
    db.run(
      `UPDATE tasks SET status = 'canceled'
       WHERE job_id = :jobId AND status IN ('waiting', 'ready', 'leased')`,
      { jobId }
    )
    db.run(
      `UPDATE attempts SET status = 'canceled', ended_at = :at WHERE job_id = :jobId AND status = 'running'`,
      { jobId, at }
    )
    db.run('DELETE FROM remaining WHERE job_id = :jobId', { jobId })
  }

  return {
    'job-queued': (fact, at) => {
      changeOne(
        db,
        fact,
        `INSERT INTO jobs (id, seq, request, priority, status, queued_at)
         VALUES (:jobId, :seq, :request, :priority, 'planning', :at)`,
        {
          jobId: fact.jobId,
          seq: fact.seq,
          request: JSON.stringify(fact.request),
          priority: fact.request.priority,
          at
        }
      )
      db.run(`UPDATE counters SET value = max(value, :seq + 1) WHERE name = 'next-job-seq'`, {
        seq: fact.seq
      })
    },

    'job-planned': (fact) =>
      changeOne(
        db,
        fact,
        `UPDATE jobs SET plan = :plan, ${moved} WHERE id = :jobId AND standing = 'planning'`,
        { jobId: fact.jobId, plan: JSON.stringify(fact.plan), to: 'queued' }
      ),

    'job-shaped': (fact, at) => {
      const { jobId, shape } = fact
      // json_extract is NULL where the plan has no such shape.
      changeOne(
        db,
        fact,
        `UPDATE jobs SET shape = :shape, started_at = :at, ${moved}
         WHERE id = :jobId AND standing = 'queued' AND json_extract(plan, '$.' || :shape) IS NOT NULL`,
        { jobId, shape, at, to: 'active' }
      )
      if (shape === 'whole') return
      changeOne(
        db,
        fact,
        `INSERT INTO remaining (job_id, start_unit, end_unit)
         SELECT id, 0, json_extract(plan, '$.split.work.totalUnits') FROM jobs WHERE id = :jobId`,
        { jobId }
      )
    },

    'peer-blocked': (fact) =>
      changeOne(
        db,
        fact,
        `INSERT INTO blocked (job_id, peer_id, reason) VALUES (:jobId, :peerId, :reason)
         ON CONFLICT DO UPDATE SET reason = excluded.reason`,
        { jobId: fact.jobId, peerId: fact.peerId, reason: fact.reason }
      ),

    'peer-unblocked': (fact) =>
      changeOne(db, fact, 'DELETE FROM blocked WHERE job_id = :jobId AND peer_id = :peerId', {
        jobId: fact.jobId,
        peerId: fact.peerId
      }),

    'job-completed': (fact, at) =>
      changeOne(
        db,
        fact,
        `UPDATE jobs SET status = 'completed', paused_from = NULL, ended_at = :at
         WHERE id = :jobId AND standing = 'verifying'`,
        { jobId: fact.jobId, at }
      ),

    'job-failed': (fact, at) => {
      changeOne(
        db,
        fact,
        `UPDATE jobs SET status = 'failed', paused_from = NULL, error = :error, ended_at = :at
         WHERE id = :jobId AND ${notEnded}`,
        { jobId: fact.jobId, error: fact.error, at }
      )
      closeTasks(fact.jobId, at)
    },

    'job-canceled': (fact, at) => {
      changeOne(
        db,
        fact,
        `UPDATE jobs SET status = 'canceled', paused_from = NULL, error = NULL, ended_at = :at
         WHERE id = :jobId AND ${notEnded}`,
        { jobId: fact.jobId, at }
      )
      closeTasks(fact.jobId, at)
    },

    'job-paused': (fact) =>
      changeOne(
        db,
        fact,
        `UPDATE jobs SET paused_from = status, status = 'paused'
         WHERE id = :jobId AND status <> 'paused' AND ${notEnded}`,
        { jobId: fact.jobId }
      ),

    'job-resumed': (fact) =>
      changeOne(
        db,
        fact,
        `UPDATE jobs SET status = paused_from, paused_from = NULL WHERE id = :jobId AND status = 'paused'`,
        { jobId: fact.jobId }
      ),

    'job-prioritized': (fact) =>
      changeOne(db, fact, 'UPDATE jobs SET priority = :priority WHERE id = :jobId', {
        jobId: fact.jobId,
        priority: fact.priority
      }),

    'job-retried': (fact) => {
      const { jobId } = fact
      changeOne(
        db,
        fact,
        `UPDATE jobs SET status = 'planning', plan = NULL, shape = NULL, error = NULL, cleaned = 0,
           started_at = NULL, ended_at = NULL
         WHERE id = :jobId AND status IN ('failed', 'canceled')`,
        { jobId }
      )
      // The old tasks live on in the log; their numbers are not used again.
      db.run('DELETE FROM tasks WHERE job_id = :jobId', { jobId })
      db.run('DELETE FROM blocked WHERE job_id = :jobId', { jobId })
    },

    'job-cleaned': (fact) =>
      changeOne(db, fact, `UPDATE jobs SET cleaned = 1 WHERE id = :jobId AND NOT (${notEnded})`, {
        jobId: fact.jobId
      }),

    'link-changed': (fact, at) => {
      const { state, reason, hint, project, clips, proxyIdentity } = fact.link
      changeOne(
        db,
        fact,
        `INSERT INTO links (job_id, state, reason, hint, project_id, project_name, clips, proxy_identity, changed_at)
         SELECT id, :state, :reason, :hint, :projectId, :projectName, :clips, :proxyIdentity, :at
         FROM jobs WHERE id = :jobId AND status = 'completed'
         ON CONFLICT DO UPDATE SET state = excluded.state, reason = excluded.reason, hint = excluded.hint,
           project_id = excluded.project_id, project_name = excluded.project_name, clips = excluded.clips,
           proxy_identity = excluded.proxy_identity, changed_at = excluded.changed_at`,
        {
          jobId: fact.jobId,
          state,
          reason,
          hint,
          projectId: project?.id ?? null,
          projectName: project?.name ?? null,
          clips: JSON.stringify(clips),
          proxyIdentity,
          at
        }
      )
    },

    // Everything of the job goes with it, its facts too: the tables refer to it with ON DELETE CASCADE.
    'job-purged': (fact) =>
      changeOne(db, fact, `DELETE FROM jobs WHERE id = :jobId AND NOT (${notEnded})`, { jobId: fact.jobId })
  }
}
