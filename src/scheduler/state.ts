import type {
  Fitness,
  GrantedLease,
  JobId,
  LeaseId,
  NodeState,
  NodeStatus,
  PeerId,
  ProofAnswer,
  TaskOutcome,
  TaskProgress
} from '../model/index.ts'
import type { Jobs } from './apply.ts'
import type { Doubt } from './doubts.ts'
import type { Effect } from './effect.ts'
import { type Health, wellAtFirst } from './health.ts'
import type { SchedulerSettings } from './settings.ts'

/** This machine, as far as decisions need it. */
export interface Self {
  peerId: PeerId
  name: string
  fitness: Fitness
  slots: number
  /** Places for file work (joins), beside the slots. */
  ioSlots: number
  state: NodeState
  /** Other members on the roster, connected or not. */
  fellowMembers: number
}

/** A connected peer. Forgotten when its connection closes. */
export interface Peer {
  peerId: PeerId
  name: string
  bootId: string
  connectedAtMs: number
  /** Null until its first status. */
  status: NodeStatus | null
}

/** Owner: the running clock of a live lease. Not durable: a restarted owner starts all of them afresh. */
export interface LeaseClock {
  peerId: PeerId
  bootId: string | null
  grantedAtMs: number
  expiresAtMs: number
  progress: TaskProgress
}

/**
 * Owner: something that the node was told to do on disk and has not yet answered. While `dueAtMs` is null it is under
 * way; otherwise storage was in the way, and it is ordered again at that time.
 */
export interface Chore {
  effect: Extract<
    Effect,
    { kind: 'plan-job' | 'verify-result' | 'collect-result' | 'publish-output' | 'clean-job' }
  >
  dueAtMs: number | null
  tries: number
}

/**
 * Owner: whether a node could run a job's tasks, as it was asked. Not durable, and as good as the node's connection and
 * what it says of itself: when these change, it is asked anew.
 */
export interface Proof {
  /** Of the last time that it was asked; answers to earlier ones do not count. */
  askId: number
  awaited: boolean
  /** The last answer; null before the first. */
  answer: ProofAnswer['kind'] | null
  /** Why it cannot, in one line for a person. */
  reason: string | null
  firstAskedMs: number
  /** It is asked again then, unless it can. */
  askAgainAtMs: number
  /** How often in a row it could not. */
  refusals: number
}

/** Worker: a lease that this node holds. */
export interface Hold {
  owner: PeerId
  lease: GrantedLease
  /** `running → ended`, or `running → stopping` when nobody wants the result any more. */
  status: 'running' | 'stopping' | 'ended'
  progress: TaskProgress
  /** Set when `ended`: told to the owner until it acknowledges. */
  outcome: TaskOutcome | null
}

/** Worker: a steal that waits for its answer. */
export interface PendingSteal {
  requestId: number
  slots: number
  io: number
  deadlineMs: number
}

/** Everything that a node decides by. Immutable: `step` answers with a new one. */
export interface SchedulerState {
  settings: SchedulerSettings
  self: Self
  startedAtMs: number
  /** False until `node-started` was turned: nothing is handed out or asked for before. */
  started: boolean
  stopping: boolean
  peers: ReadonlyMap<PeerId, Peer>

  // Owner. `jobs` is what the ledger's facts add up to; the rest is rebuilt after a crash.
  jobs: Jobs
  nextSeq: number
  clocks: ReadonlyMap<LeaseId, LeaseClock>
  chores: ReadonlyMap<string, Chore>
  /** When a job was last found waiting for hands, for the age in its offer. */
  waitingSinceMs: ReadonlyMap<JobId, number>
  /** Units a second of one slot, by `<job>/<peer>`, measured on finished or running pieces. */
  speeds: ReadonlyMap<string, number>
  /**
   * Peers that failed a job's tasks one after another, by `<job>/<peer>`: others go first for a while. `hindered`: by
   * trouble of their own, so that they get nothing of it for that while, even if there is nobody else.
   */
  cooling: ReadonlyMap<string, { failures: number; untilMs: number; hindered: boolean }>
  /** What each node was asked, for the jobs that are next. */
  proofs: ReadonlyMap<PeerId, ReadonlyMap<JobId, Proof>>
  nextAskId: number
  /** What speaks against each peer since it last did a task well. */
  doubts: ReadonlyMap<PeerId, Doubt>
  /** Ended jobs to be purged as soon as their files are gone. */
  purging: ReadonlySet<JobId>

  // Worker
  health: Health
  holds: ReadonlyMap<LeaseId, Hold>
  steals: ReadonlyMap<PeerId, PendingSteal>
  /** Owners that had nothing a moment ago, until when. */
  dryUntilMs: ReadonlyMap<PeerId, number>
  nextRequestId: number
  nextHeartbeatMs: number
  /** Leases that ended here lately, so that a doubled grant does not run twice. Oldest first. */
  endedLeases: readonly LeaseId[]
}

/** A node's state at its start: jobs from the ledger, nothing known of anyone else. */
export function initialState(init: {
  settings: SchedulerSettings
  self: Self
  jobs: Jobs
  nextSeq: number
  nowMs: number
}): SchedulerState {
  return {
    settings: init.settings,
    self: init.self,
    startedAtMs: init.nowMs,
    started: false,
    stopping: false,
    peers: new Map(),
    jobs: init.jobs,
    nextSeq: init.nextSeq,
    clocks: new Map(),
    chores: new Map(),
    waitingSinceMs: new Map(),
    speeds: new Map(),
    cooling: new Map(),
    proofs: new Map(),
    nextAskId: 1,
    doubts: new Map(),
    purging: new Set(),
    health: wellAtFirst,
    holds: new Map(),
    steals: new Map(),
    dryUntilMs: new Map(),
    nextRequestId: 1,
    nextHeartbeatMs: init.nowMs,
    endedLeases: []
  }
}
