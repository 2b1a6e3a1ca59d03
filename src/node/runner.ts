import type { GrantedLease, JobKind, LeaseId, TaskOutcome, TaskProgress } from '../model/index.ts'
import type { Event } from '../scheduler/index.ts'
import type { TaskLogs } from './task-logs.ts'

export interface RunnerCollaborators {
  kinds: ReadonlyMap<string, JobKind>
  logs: TaskLogs
  /** Where `task-progressed` and `task-ended` go. */
  turn: (event: Event) => void
  onError: (error: unknown, what: string) => void
  /** A task met trouble of this machine's own: roots and tools should be looked at now. */
  onTrouble: () => void
}

/** The worker's hands: runs granted tasks, each until it ends or is stopped. */
export class Runner {
  readonly #collaborators: RunnerCollaborators
  readonly #running = new Map<LeaseId, { controller: AbortController; ended: Promise<void> }>()

  constructor(collaborators: RunnerCollaborators) {
    this.#collaborators = collaborators
  }

  /** Starts a task. Whatever happens, one `task-ended` follows. */
  start(lease: GrantedLease, isOwn: boolean): void {
    const controller = new AbortController()
    const ended = this.#run(lease, isOwn, controller.signal).finally(() =>
      this.#running.delete(lease.leaseId)
    )
    this.#running.set(lease.leaseId, { controller, ended })
  }

  /** Asks a task to end; it still answers with `task-ended`. A task that has ended needs no more. */
  stop(leaseId: LeaseId, reason: string): void {
    this.#running.get(leaseId)?.controller.abort(reason)
  }

  /** Removes what an attempt wrote. */
  discard(lease: GrantedLease, isOwn: boolean): void {
    const kind = this.#collaborators.kinds.get(lease.jobKind)
    kind
      ?.discard(lease, isOwn)
      .catch((error) => this.#collaborators.onError(error, `discard ${lease.leaseId}`))
  }

  /** Settles when nothing runs any more. */
  async idle(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended))
  }

  async #run(lease: GrantedLease, isOwn: boolean, signal: AbortSignal): Promise<void> {
    const { logs, turn } = this.#collaborators
    const { leaseId } = lease
    const log = logs.open(leaseId)
    const outcome = await this.#outcome(lease, {
      isOwn,
      signal,
      onProgress: (progress: TaskProgress) => turn({ kind: 'task-progressed', leaseId, progress }),
      onLog: log.line,
      onCommand: log.command
    })
    if (outcome.kind === 'failed' && outcome.fault === 'worker') this.#collaborators.onTrouble()
    await logs.close(leaseId)
    turn({ kind: 'task-ended', leaseId, outcome })
  }

  async #outcome(lease: GrantedLease, context: Parameters<JobKind['run']>[1]): Promise<TaskOutcome> {
    const kind = this.#collaborators.kinds.get(lease.jobKind)
    if (!kind)
      return { kind: 'failed', error: `this node does not know ${lease.jobKind} jobs`, fault: 'worker' }
    try {
      return await kind.run(lease, context)
    } catch (error) {
      // A bug in the job kind must not take the node down, nor hide.
      this.#collaborators.onError(error, `run ${lease.leaseId}`)
      return { kind: 'failed', error: (error as Error).message, fault: 'worker' }
    }
  }
}
