import type { UnitRange } from '../model/index.ts'
import type { Database } from './database.ts'
import { moved } from './job-verbs.ts'
import { changeOne, type FactOf, misfit, type Verbs } from './verbs.ts'

type TaskFacts =
  | 'task-created'
  | 'task-readied'
  | 'lease-granted'
  | 'lease-revived'
  | 'attempt-ended'
  | 'task-done'
  | 'task-failed'

const ofTask = 'job_id = :jobId AND no = :taskNo'
const ofAttempt = 'job_id = :jobId AND task_no = :taskNo AND attempt = :attempt'

/** What the facts about tasks and their attempts do to the rows. */
export function taskVerbs(db: Database): Verbs<TaskFacts> {
  /** Each unit is handed out once: the range must lie wholly inside one that remains. */
  const cut = (fact: FactOf<'task-created'>, range: UnitRange) => {
    const { jobId } = fact
    const { start, end } = range
    const home = db.get(
      `DELETE FROM remaining
       WHERE job_id = :jobId AND start_unit <= :start AND end_unit >= :end AND :start < :end
       RETURNING start_unit AS first, end_unit AS last`,
      { jobId, start, end }
    ) as { first: number; last: number } | undefined
    if (!home) throw misfit(fact)
    const insert = 'INSERT INTO remaining (job_id, start_unit, end_unit) VALUES (:jobId, :start, :end)'
    if (home.first < start) db.run(insert, { jobId, start: home.first, end: start })
    if (end < home.last) db.run(insert, { jobId, start: end, end: home.last })
  }

  return {
    'task-created': (fact) => {
      const { jobId, taskNo, task, range } = fact
      changeOne(
        db,
        fact,
        `UPDATE jobs SET next_task_no = next_task_no + 1
         WHERE id = :jobId AND next_task_no = :taskNo AND shape IS NOT NULL
           AND status NOT IN ('completed', 'failed', 'canceled')`,
        { jobId, taskNo }
      )
      if (range) cut(fact, range)
      db.run(
        `INSERT INTO tasks (job_id, no, kind, stage, owner_only, pool, final, start_unit, end_unit, status)
         VALUES (:jobId, :taskNo, :kind, :stage, :ownerOnly, :pool, :final, :start, :end, :status)`,
        {
          jobId,
          taskNo,
          kind: task.kind,
          stage: task.stage,
          ownerOnly: Number(task.ownerOnly),
          pool: task.pool,
          final: Number(task.final),
          start: range?.start ?? null,
          end: range?.end ?? null,
          status: fact.ready ? 'ready' : 'waiting'
        }
      )
    },

    'task-readied': (fact) => {
      const { jobId, taskNo } = fact
      changeOne(db, fact, `UPDATE tasks SET status = 'ready' WHERE ${ofTask} AND status = 'waiting'`, {
        jobId,
        taskNo
      })
      db.run(
        `UPDATE jobs SET ${moved}
         WHERE id = :jobId AND shape = 'split' AND (SELECT final FROM tasks WHERE ${ofTask})`,
        { jobId, taskNo, to: 'joining' }
      )
    },

    'lease-granted': (fact, at) => {
      const { jobId, taskNo, attempt, peerId, peerName } = fact
      changeOne(
        db,
        fact,
        `UPDATE tasks SET status = 'leased'
         WHERE ${ofTask} AND status IN ('ready', 'leased')
           AND :attempt = 1 + (SELECT count(*) FROM attempts WHERE job_id = :jobId AND task_no = :taskNo)`,
        { jobId, taskNo, attempt }
      )
      db.run(
        `INSERT INTO attempts (job_id, task_no, attempt, peer_id, peer_name, status, started_at)
         VALUES (:jobId, :taskNo, :attempt, :peerId, :peerName, 'running', :at)`,
        { jobId, taskNo, attempt, peerId, peerName, at }
      )
    },

    'lease-revived': (fact) => {
      const { jobId, taskNo, attempt } = fact
      changeOne(
        db,
        fact,
        `UPDATE attempts SET status = 'running', error = NULL, ended_at = NULL WHERE ${ofAttempt} AND status = 'lost'`,
        { jobId, taskNo, attempt }
      )
      changeOne(
        db,
        fact,
        `UPDATE tasks SET status = 'leased' WHERE ${ofTask} AND status IN ('ready', 'leased')`,
        {
          jobId,
          taskNo
        }
      )
    },

    'attempt-ended': (fact, at) => {
      const { jobId, taskNo, attempt, status, error } = fact
      // A lost attempt may still be judged when its late result arrives.
      changeOne(
        db,
        fact,
        `UPDATE attempts SET status = :status, error = :error, ended_at = :at
         WHERE ${ofAttempt} AND status IN ('running', 'lost')`,
        { jobId, taskNo, attempt, status, error, at }
      )
      db.run(
        `UPDATE tasks SET status = 'ready'
         WHERE ${ofTask} AND status = 'leased' AND NOT EXISTS (
           SELECT 1 FROM attempts WHERE job_id = :jobId AND task_no = :taskNo AND status = 'running')`,
        { jobId, taskNo }
      )
    },

    'task-done': (fact, at) => {
      const { jobId, taskNo, attempt } = fact
      changeOne(
        db,
        fact,
        `UPDATE attempts SET status = 'done', error = NULL, ended_at = :at
         WHERE ${ofAttempt} AND status IN ('running', 'lost')`,
        { jobId, taskNo, attempt, at }
      )
      changeOne(
        db,
        fact,
        `UPDATE tasks SET status = 'done', result = :result WHERE ${ofTask} AND status IN ('ready', 'leased')`,
        { jobId, taskNo, result: JSON.stringify(fact.result) }
      )
      db.run(`UPDATE jobs SET ${moved} WHERE id = :jobId AND (SELECT final FROM tasks WHERE ${ofTask})`, {
        jobId,
        taskNo,
        to: 'verifying'
      })
    },

    'task-failed': (fact) =>
      changeOne(
        db,
        fact,
        `UPDATE tasks SET status = 'failed', error = :error WHERE ${ofTask} AND status IN ('ready', 'leased')`,
        { jobId: fact.jobId, taskNo: fact.taskNo, error: fact.error }
      )
  }
}
