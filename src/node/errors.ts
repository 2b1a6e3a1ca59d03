export type NodeErrorCode =
  /** No job has this id, or several ids begin so. */
  | 'unknown-job'
  | 'unknown-task'
  /** No such machine is kept from the job. */
  | 'not-blocked'
  /** No other member has this id. */
  | 'unknown-peer'
  /** The log of a task is on a machine that cannot be reached, or was removed. */
  | 'log-unavailable'
  /** Its start failed; the process that started it says why. */
  | 'not-started'
  /** Nothing was ever queued in this home. */
  | 'no-ledger'
  /** DaVinci Resolve cannot be talked to, or no project is open in it. */
  | 'resolve-away'
  | 'no-such-timeline'
  | 'unreadable-folder'
  | 'no-such-root'
  /** Unfinished work needs it. */
  | 'root-in-use'
  /** Nobody waits for the plan any more, or the node stops. */
  | 'plan-ended'
  /** The node is about to stop and takes nothing on. */
  | 'stopping'

/** What the node could not do for a command, in words for a person. */
export class NodeError extends Error {
  override readonly name = 'NodeError'
  readonly code: NodeErrorCode
  readonly hint: string | null
  readonly exitStatus: 1 | 2 | 3

  constructor(code: NodeErrorCode, message: string, options: { hint?: string; exitStatus?: 1 | 2 | 3 } = {}) {
    super(message)
    this.code = code
    this.hint = options.hint ?? null
    this.exitStatus = options.exitStatus ?? 1
  }
}
