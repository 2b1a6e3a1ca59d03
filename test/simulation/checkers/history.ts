import type { AttemptStatus, Fact, JobId, PeerId, UnitRange } from '../../../src/model/index.ts'

export interface AttemptHistory {
  peerId: PeerId
  peerName: string
  status: AttemptStatus
}

export interface TaskHistory {
  attempts: AttemptHistory[]
  running: number
  /** The attempt that won. */
  done: number | null
  /** A join or the like: file work, which needs no proof. */
  fileWork: boolean
  range: UnitRange | null
}

export interface JobHistory {
  seq: number
  priority: number
  ended: boolean
  tasks: Map<number, TaskHistory>
}

/** What an owner's durable facts come to, by rules of its own: the checkers' memory, apart from what they check. */
export class History {
  readonly jobs = new Map<JobId, JobHistory>()

  task(jobId: JobId, taskNo: number): TaskHistory | undefined {
    return this.jobs.get(jobId)?.tasks.get(taskNo)
  }

  attempt(jobId: JobId, taskNo: number, attempt: number): AttemptHistory | undefined {
    return this.task(jobId, taskNo)?.attempts[attempt - 1]
  }

  note(fact: Fact): void {
    if (fact.kind === 'job-queued') {
      const { seq, request } = fact
      this.jobs.set(fact.jobId, { seq, priority: request.priority, ended: false, tasks: new Map() })
      return
    }
    const job = this.jobs.get(fact.jobId)
    if (!job) return
    switch (fact.kind) {
      case 'task-created': {
        const { range, task } = fact
        const fileWork = task.pool === 'io'
        job.tasks.set(fact.taskNo, { attempts: [], running: 0, done: null, fileWork, range })
        return
      }
      case 'lease-granted': {
        const { peerId, peerName } = fact
        const task = job.tasks.get(fact.taskNo)
        task?.attempts.push({ peerId, peerName, status: 'running' })
        if (task) task.running += 1
        return
      }
      case 'lease-revived':
        this.#end(job, fact, 'running')
        return
      case 'attempt-ended':
        this.#end(job, fact, fact.status)
        return
      case 'task-done': {
        this.#end(job, fact, 'done')
        const task = job.tasks.get(fact.taskNo)
        if (task) task.done = fact.attempt
        return
      }
      case 'job-prioritized':
        job.priority = fact.priority
        return
      case 'job-completed':
      case 'job-failed':
      case 'job-canceled':
        job.ended = true
        return
      case 'job-retried':
        job.ended = false
        job.tasks.clear()
        return
      case 'job-purged':
        this.jobs.delete(fact.jobId)
        return
      default:
    }
  }

  #end(job: JobHistory, { taskNo, attempt }: { taskNo: number; attempt: number }, to: AttemptStatus): void {
    const task = job.tasks.get(taskNo)
    const known = task?.attempts[attempt - 1]
    if (!task || !known) return
    task.running += Number(to === 'running') - Number(known.status === 'running')
    known.status = to
  }
}

/** The peers whose attempts speak against them. */
export function failedPeers(task: TaskHistory): Set<PeerId> {
  const peers = new Set<PeerId>()
  for (const { peerId, status } of task.attempts) {
    if (status === 'failed' || status === 'rejected') peers.add(peerId)
  }
  return peers
}
