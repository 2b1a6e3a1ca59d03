import type { JobId, PeerId, RootId } from './ids.ts'
import type { Fitness, Needs } from './needs.ts'

export type NodeState = 'awake' | 'asleep' | 'draining' | 'unhealthy'

/** An owner's standing announcement that a job has tasks to hand out. */
export interface Offer {
  jobId: JobId
  priority: number
  /** Tasks that could be handed out now, at most. */
  readyTasks: number
  /** Running tasks that a faster node might be given a second copy of, when nothing is ready. */
  lateTasks: number
  /** How long the job has been waiting for hands: a duration, so that clocks need not agree. */
  ageMs: number
  needs: Needs
}

/** What any member may tell another's node to do. Holds until that node is started again. */
export type SteerOrder =
  /** It takes no more tasks and ends those it has, or takes them again. */
  | { kind: 'drain'; on: boolean }
  /** How many tasks it runs at once from now on. */
  | { kind: 'slots'; total: number }

/** More slots than any machine needs; a larger number is a slip. */
export const maxSlots = 256

/** At most this many offers travel in a status; the most urgent ones. */
export const maxOffers = 32

/** At most this many doubts travel in a status. */
export const maxDoubts = 64

/** What a node says of itself to its peers, whenever it changes and every few seconds. */
export interface NodeStatus extends Fitness {
  peerId: PeerId
  name: string
  /** Software version of proxima-node. */
  version: string
  /** New with every start of the process: tells a restart from a broken link. */
  bootId: string
  cores: number
  memoryBytes: number
  slots: { total: number; busy: number }
  roots: readonly RootId[]
  state: NodeState
  /** Why it is `unhealthy`, or gets less work than others, for people. */
  reason: string | null
  offers: readonly Offer[]
  /**
   * As an owner, of its peers: of how many jobs each failed tasks, one after another, that others then did. Left out by
   * older versions.
   */
  doubts?: readonly { peerId: PeerId; jobs: number }[]
  /** What it runs, for people: `<job>.<task>.<attempt>` and progress. */
  running: readonly { leaseId: string; kind: string; ownerId: PeerId; progress: TaskProgress }[]
}

/** How far a running task is. */
export interface TaskProgress {
  /** Units (frames) done. */
  units: number
  /** Frames a second, as ffmpeg says it. */
  fps: number
  sizeBytes: number
}

export const noProgress: TaskProgress = { units: 0, fps: 0, sizeBytes: 0 }
