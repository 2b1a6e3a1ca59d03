import {
  type Attempt,
  type Fact,
  isEnded,
  type JobId,
  type JobRecord,
  type JobStatus,
  type Task
} from '../model/index.ts'
import { SchedulerError } from './errors.ts'
import { without } from './ranges.ts'

export type Jobs = ReadonlyMap<JobId, JobRecord>

/**
 * What a fact makes of the jobs: the only way in which a durable part of the state changes (S7).
 * Pure; the given map is left as it was.
 * @throws SchedulerError `fact-does-not-fit` when the fact could not have become true in this state.
 */
export function applyFact(jobs: Jobs, fact: Fact): Jobs {
  const next = new Map(jobs)
  if (fact.kind === 'job-queued') {
    if (jobs.has(fact.jobId)) throw misfit(fact, 'the job exists')
    next.set(fact.jobId, newJob(fact))
    return next
  }
  const job = jobs.get(fact.jobId)
  if (!job) throw misfit(fact, 'there is no such job')
  if (fact.kind === 'job-purged') {
    if (!isEnded(job.status)) throw misfit(fact, `the job is ${job.status}`)
    next.delete(fact.jobId)
    return next
  }
  next.set(fact.jobId, applyToJob(job, fact))
  return next
}

function newJob(fact: Extract<Fact, { kind: 'job-queued' }>): JobRecord {
  return {
    id: fact.jobId,
    seq: fact.seq,
    request: fact.request,
    priority: fact.request.priority,
    status: 'planning',
    pausedFrom: null,
    plan: null,
    shape: null,
    remaining: [],
    tasks: [],
    nextTaskNo: 1,
    blocked: {},
    error: null,
    cleaned: false
  }
}

function applyToJob(job: JobRecord, fact: Exclude<Fact, { kind: 'job-queued' | 'job-purged' }>): JobRecord {
  switch (fact.kind) {
    case 'job-planned':
      expect(fact, standing(job) === 'planning', `the job is ${job.status}`)
      return { ...moved(job, 'queued'), plan: fact.plan }
    case 'job-shaped': {
      expect(fact, standing(job) === 'queued' && job.plan !== null, `the job is ${job.status}`)
      const work = fact.shape === 'split' ? job.plan!.split?.work : undefined
      expect(
        fact,
        fact.shape === 'split' ? work !== undefined : job.plan!.whole !== null,
        'the plan has no such shape'
      )
      return {
        ...moved(job, 'active'),
        shape: fact.shape,
        remaining: work ? [{ start: 0, end: work.totalUnits }] : []
      }
    }
    case 'task-created': {
      expect(fact, fact.taskNo === job.nextTaskNo, `the next task is ${job.nextTaskNo}`)
      const remaining = fact.range ? without(job.remaining, fact.range) : job.remaining
      expect(fact, remaining !== null, 'the range is not there to be cut')
      const task: Task = {
        no: fact.taskNo,
        ...fact.task,
        range: fact.range,
        status: fact.ready ? 'ready' : 'waiting',
        attempts: [],
        result: null,
        error: null
      }
      return { ...job, remaining: remaining!, tasks: [...job.tasks, task], nextTaskNo: fact.taskNo + 1 }
    }
    case 'task-readied': {
      const task = taskOf(job, fact)
      expect(fact, task.status === 'waiting', `the task is ${task.status}`)
      const readied = withTask(job, { ...task, status: 'ready' })
      return task.final && job.shape === 'split' ? moved(readied, 'joining') : readied
    }
    case 'lease-granted': {
      const task = taskOf(job, fact)
      expect(fact, task.status === 'ready' || task.status === 'leased', `the task is ${task.status}`)
      expect(
        fact,
        fact.attempt === task.attempts.length + 1,
        `the next attempt is ${task.attempts.length + 1}`
      )
      const { attempt, peerId, peerName } = fact
      const granted: Attempt = { attempt, peerId, peerName, status: 'running', error: null }
      return withTask(job, { ...task, status: 'leased', attempts: [...task.attempts, granted] })
    }
    case 'lease-revived': {
      const task = taskOf(job, fact)
      expect(fact, task.status === 'ready' || task.status === 'leased', `the task is ${task.status}`)
      expect(fact, attemptOf(task, fact).status === 'lost', 'the attempt is not lost')
      return withTask(job, {
        ...withAttempt(task, fact, { status: 'running', error: null }),
        status: 'leased'
      })
    }
    case 'attempt-ended': {
      const task = taskOf(job, fact)
      const { status } = attemptOf(task, fact)
      // A lost attempt may still be judged when its late result arrives.
      expect(fact, status === 'running' || status === 'lost', `the attempt is ${status}`)
      const ended = withAttempt(task, fact, { status: fact.status, error: fact.error })
      const alive = ended.attempts.some((attempt) => attempt.status === 'running')
      return withTask(job, ended.status === 'leased' && !alive ? { ...ended, status: 'ready' } : ended)
    }
    case 'task-done': {
      const task = taskOf(job, fact)
      expect(fact, task.status === 'leased' || task.status === 'ready', `the task is ${task.status}`)
      const { status } = attemptOf(task, fact)
      expect(fact, status === 'running' || status === 'lost', `the attempt is ${status}`)
      const won = withAttempt(task, fact, { status: 'done', error: null })
      const done = withTask(job, { ...won, status: 'done', result: fact.result })
      return task.final ? moved(done, 'verifying') : done
    }
    case 'task-failed': {
      const task = taskOf(job, fact)
      expect(fact, task.status === 'ready' || task.status === 'leased', `the task is ${task.status}`)
      return withTask(job, { ...task, status: 'failed', error: fact.error })
    }
    case 'peer-blocked':
      return { ...job, blocked: { ...job.blocked, [fact.peerId]: fact.reason } }
    case 'peer-unblocked': {
      const { [fact.peerId]: reason, ...blocked } = job.blocked
      expect(fact, reason !== undefined, 'the peer is not blocked')
      return { ...job, blocked }
    }
    case 'job-completed':
      expect(fact, standing(job) === 'verifying', `the job is ${job.status}`)
      return { ...job, status: 'completed', pausedFrom: null }
    case 'job-failed':
      expect(fact, !isEnded(job.status), `the job is ${job.status}`)
      return ended(job, 'failed', fact.error)
    case 'job-canceled':
      expect(fact, !isEnded(job.status), `the job is ${job.status}`)
      return ended(job, 'canceled', null)
    case 'job-paused':
      expect(fact, !isEnded(job.status) && job.status !== 'paused', `the job is ${job.status}`)
      return { ...job, status: 'paused', pausedFrom: job.status }
    case 'job-resumed':
      expect(fact, job.status === 'paused' && job.pausedFrom !== null, `the job is ${job.status}`)
      return { ...job, status: job.pausedFrom!, pausedFrom: null }
    case 'job-prioritized':
      return { ...job, priority: fact.priority }
    case 'job-retried':
      expect(fact, job.status === 'failed' || job.status === 'canceled', `the job is ${job.status}`)
      return {
        ...newJob({ kind: 'job-queued', jobId: job.id, seq: job.seq, request: job.request }),
        priority: job.priority,
        nextTaskNo: job.nextTaskNo
      }
    case 'job-cleaned':
      expect(fact, isEnded(job.status), `the job is ${job.status}`)
      return { ...job, cleaned: true }
    case 'link-changed':
      expect(fact, job.status === 'completed', `the job is ${job.status}`)
      // Nothing is scheduled by it: whoever links looks into the ledger.
      return job
  }
}

/** The status that counts: of a paused job, the one that it will go back to. */
export function standing(job: JobRecord): JobStatus {
  return job.status === 'paused' && job.pausedFrom !== null ? job.pausedFrom : job.status
}

/** Moves a job on; a paused one stays paused and remembers where it has got to. */
function moved(job: JobRecord, to: JobStatus): JobRecord {
  return job.status === 'paused' ? { ...job, pausedFrom: to } : { ...job, status: to }
}

function ended(job: JobRecord, status: 'failed' | 'canceled', error: string | null): JobRecord {
  const tasks = job.tasks.map((task): Task => {
    const over = task.status === 'done' || task.status === 'failed' || task.status === 'canceled'
    const attempts = task.attempts.map(
      (attempt): Attempt => (attempt.status === 'running' ? { ...attempt, status: 'canceled' } : attempt)
    )
    return { ...task, attempts, status: over ? task.status : 'canceled' }
  })
  return { ...job, status, error, pausedFrom: null, remaining: [], tasks }
}

/** Tasks are kept in the order of their numbers without gaps, so that one is found by its distance from the first. */
export function findTask(job: JobRecord, taskNo: number): Task | undefined {
  const first = job.tasks[0]
  return first ? job.tasks[taskNo - first.no] : undefined
}

function taskOf(job: JobRecord, fact: Fact & { taskNo: number }): Task {
  const task = findTask(job, fact.taskNo)
  if (!task) throw misfit(fact, 'there is no such task')
  return task
}

function attemptOf(task: Task, fact: Fact & { attempt: number }): Attempt {
  const attempt = task.attempts[fact.attempt - 1]
  if (!attempt) throw misfit(fact, 'there is no such attempt')
  return attempt
}

function withTask(job: JobRecord, task: Task): JobRecord {
  const tasks = job.tasks.slice()
  tasks[task.no - job.tasks[0]!.no] = task
  return { ...job, tasks }
}

function withAttempt(task: Task, key: { attempt: number }, change: Partial<Attempt>): Task {
  const attempts = task.attempts.slice()
  attempts[key.attempt - 1] = { ...attempts[key.attempt - 1]!, ...change }
  return { ...task, attempts }
}

function expect(fact: Fact, holds: boolean, why: string): void {
  if (!holds) throw misfit(fact, why)
}

function misfit(fact: Fact, why: string): SchedulerError {
  return new SchedulerError('fact-does-not-fit', `${fact.kind} does not fit job ${fact.jobId}: ${why}`, {
    fact
  })
}
