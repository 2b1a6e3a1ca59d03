/** The numbers that the scheduler decides by. Durations are of the monotonic clock that `step` is given. */
export interface SchedulerSettings {
  /** A lease lapses this long after its last heartbeat. */
  leaseTtlMs: number
  /** Workers tell owners this often what they hold. */
  heartbeatMs: number
  /** A lease whose peer's connection closed lapses after this long: a link flap comes back, a dead process does not. */
  disconnectGraceMs: number
  /** A granted lease that its worker's heartbeats do not name by then never arrived. */
  unstartedMs: number
  /** A steal that was not answered by then may be asked again. */
  stealTimeoutMs: number
  /** After an owner had nothing, it is not asked again for this long. */
  stealPauseMs: number
  /** How long after its start a node that has fellow members waits for them before it takes a job for itself whole. */
  settleMs: number
  /** Jobs for which a node's proof is held or asked ahead of their turn. */
  proofsAhead: number
  /** Jobs that a node refuses, most urgent first, beyond which it is not asked for more. */
  refusalsAhead: number
  /** Proofs that are asked of one node at a time. */
  asksAtOnce: number
  /** A question that was not answered by then is asked again: longer than any answer may take. */
  askTimeoutMs: number
  /** After a node did not answer whether it can, it is asked again. */
  unansweredMs: number
  /** After a node said that it cannot, it is asked again; with each time that much later, up to the maximum. */
  refusedMs: number
  maxRefusedMs: number
  /** How long a job waits for the answers of those who seem fit before one node takes it whole. */
  proofWaitMs: number
  /** Failed attempts of one task until it fails, on at least two peers where there are two. */
  maxFailures: number
  /** Failed attempts of one task until it fails, whatever peers there are. */
  maxFailuresAnywhere: number
  /** Attempts of one task that a machine's own trouble ended, until the task fails: a disk that stays full. */
  maxHindrances: number
  /** Attempts lost with their peers until a task fails, when it took at least `maxLossPeers` peers down. */
  maxLosses: number
  maxLossPeers: number
  /** Failures of one peer in a row in one job, where another peer has succeeded, until it gets no more of it. */
  maxStrikes: number
  /** A peer that failed a job's tasks one after another waits 1, 2, 4… s, up to this, while others could do them. */
  maxCoolDownMs: number
  /** Copies of a running task. */
  maxCopies: number
  /** Share of a job's tasks that may have a second copy at a time (at least one task may). */
  maxCopiedShare: number
  /** A second copy must be expected to end this much sooner: 1.25 means that the first would take 1.25 times as long. */
  stragglerRatio: number
  /** A chore (verification, publication, clean-up) that storage was in the way of is tried again after this long. */
  choreRetryMs: number
  /** Transient troubles of one chore until they count as final, waiting up to 30 s between: most of a day. */
  maxChoreTries: number
  /** How often in a row a machine's own trouble may end a task until it is kept from encoding, whatever its checks find. */
  maxHindrancesInRow: number
  /** A machine that is unwell looks at itself after 1, 2, 4… s, up to this. */
  maxCheckWaitMs: number
  /** Jobs of which a machine failed tasks, one after another, that others then did, until it holds itself for unwell. */
  maxDoubtedJobs: number
  /** It stays so for this long at first, and twice as long with each time after, up to the maximum. */
  doubtedMs: number
  maxDoubtedMs: number
  /** Outcomes that wait for an owner that is gone; the oldest is dropped beyond. */
  maxKeptOutcomes: number
}

export const defaultSchedulerSettings: SchedulerSettings = {
  leaseTtlMs: 15_000,
  heartbeatMs: 2_000,
  disconnectGraceMs: 1_500,
  unstartedMs: 5_000,
  stealTimeoutMs: 3_000,
  stealPauseMs: 1_000,
  settleMs: 3_000,
  proofsAhead: 8,
  refusalsAhead: 16,
  asksAtOnce: 4,
  askTimeoutMs: 15_000,
  unansweredMs: 2_000,
  refusedMs: 10_000,
  maxRefusedMs: 30_000,
  proofWaitMs: 5_000,
  maxFailures: 3,
  maxFailuresAnywhere: 6,
  maxHindrances: 8,
  maxLosses: 5,
  maxLossPeers: 3,
  maxStrikes: 3,
  maxCoolDownMs: 30_000,
  maxCopies: 2,
  maxCopiedShare: 0.1,
  stragglerRatio: 1.25,
  choreRetryMs: 2_000,
  maxChoreTries: 2_000,
  maxHindrancesInRow: 3,
  maxCheckWaitMs: 30_000,
  maxDoubtedJobs: 3,
  doubtedMs: 30_000,
  maxDoubtedMs: 300_000,
  maxKeptOutcomes: 256
}
