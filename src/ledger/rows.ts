import type {
  Attempt,
  AttemptStatus,
  JobId,
  JobPlan,
  JobRecord,
  JobRequest,
  JobShape,
  JobStatus,
  Json,
  LinkedClip,
  LinkState,
  PeerId,
  Pool,
  StoredLink,
  Task,
  TaskStatus
} from '../model/index.ts'

/** Rows as the tables of the newest migration have them. STRICT tables and CHECKs vouch for the types. */
export interface JobRow {
  id: JobId
  seq: number
  request: string
  priority: number
  status: JobStatus
  paused_from: JobStatus | null
  plan: string | null
  shape: JobShape | null
  next_task_no: number
  error: string | null
  cleaned: 0 | 1
}

export interface RangeRow {
  job_id: JobId
  start_unit: number
  end_unit: number
}

export interface BlockedRow {
  job_id: JobId
  peer_id: PeerId
  reason: string
}

export interface TaskRow {
  job_id: JobId
  no: number
  kind: string
  stage: number
  owner_only: 0 | 1
  pool: Pool
  final: 0 | 1
  start_unit: number | null
  end_unit: number | null
  status: TaskStatus
  result: string | null
  error: string | null
}

export interface AttemptRow {
  job_id: JobId
  task_no: number
  attempt: number
  peer_id: PeerId
  peer_name: string
  status: AttemptStatus
  error: string | null
  started_at: string
  ended_at: string | null
}

export interface LinkRow {
  job_id: JobId
  state: LinkState
  reason: string | null
  hint: string | null
  project_id: string | null
  project_name: string | null
  clips: string
  proxy_identity: string | null
  changed_at: string
}

export const linkOf = (row: LinkRow): StoredLink => ({
  jobId: row.job_id,
  state: row.state,
  reason: row.reason,
  hint: row.hint,
  project: row.project_id === null ? null : { id: row.project_id, name: row.project_name ?? row.project_id },
  clips: JSON.parse(row.clips) as LinkedClip[],
  proxyIdentity: row.proxy_identity,
  changedAt: row.changed_at
})

/** A job as its owner holds it, from its rows (each list in ascending order). */
export function jobOf(
  row: JobRow,
  parts: { tasks: TaskRow[]; attempts: AttemptRow[]; remaining: RangeRow[]; blocked: BlockedRow[] }
): JobRecord {
  const attempts = Map.groupBy(parts.attempts, (attempt) => attempt.task_no)
  return {
    id: row.id,
    seq: row.seq,
    request: JSON.parse(row.request) as JobRequest,
    priority: row.priority,
    status: row.status,
    pausedFrom: row.paused_from,
    plan: row.plan === null ? null : (JSON.parse(row.plan) as JobPlan),
    shape: row.shape,
    remaining: parts.remaining.map((range) => ({ start: range.start_unit, end: range.end_unit })),
    tasks: parts.tasks.map((task) => taskOf(task, attempts.get(task.no) ?? [])),
    nextTaskNo: row.next_task_no,
    blocked: Object.fromEntries(parts.blocked.map((entry) => [entry.peer_id, entry.reason])),
    error: row.error,
    cleaned: row.cleaned === 1
  }
}

function taskOf(row: TaskRow, attempts: AttemptRow[]): Task {
  return {
    no: row.no,
    kind: row.kind,
    stage: row.stage,
    ownerOnly: row.owner_only === 1,
    pool: row.pool,
    final: row.final === 1,
    range:
      row.start_unit === null || row.end_unit === null ? null : { start: row.start_unit, end: row.end_unit },
    status: row.status,
    attempts: attempts.map(attemptOf),
    result: row.result === null ? null : (JSON.parse(row.result) as Json),
    error: row.error
  }
}

function attemptOf(row: AttemptRow): Attempt {
  return {
    attempt: row.attempt,
    peerId: row.peer_id,
    peerName: row.peer_name,
    status: row.status,
    error: row.error
  }
}
