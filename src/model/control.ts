import type { AttemptStatus, JobStatus, TaskStatus, UnitRange } from './job.ts'
import type { Json } from './json.ts'
import type { NodeState, TaskProgress } from './peer.ts'

/**
 * What a machine's node and its commands (or screen) say to each other over the local socket, and the shapes that
 * `--json` prints. Field names here are a contract with people's scripts: add, never rename.
 */

export interface JobView {
  type: 'job'
  id: string
  batch: string
  kind: string
  source: string
  output: string
  preset: string
  status: JobStatus
  priority: number
  /** One line for a person; null unless it failed. */
  error: string | null
  /** Frames done (verified or under way) of all frames; total is 0 until the source is probed. */
  progress: { units: number; totalUnits: number; fps: number; leftMs: number | null }
  tasks: { total: number; done: number; running: number }
  /** Why it waits, or what to know about it: "source is outside every root: encoded here alone". */
  note: string | null
  /** What of the source the output will not have, a sentence each. */
  warnings: string[]
  queuedAt: string
  startedAt: string | null
  endedAt: string | null
}

export interface AttemptView {
  attempt: number
  peerId: string
  peerName: string
  status: AttemptStatus
  startedAt: string
  endedAt: string | null
  error: string | null
  progress: TaskProgress | null
}

export interface TaskView {
  id: string
  kind: string
  status: TaskStatus
  range: UnitRange | null
  error: string | null
  attempts: AttemptView[]
}

/** `job ID`: the job, with its tasks in place of their counts. */
export type JobWithTasks = Omit<JobView, 'tasks'> & { tasks: TaskView[]; shape: 'split' | 'whole' | null }

export interface PeerView {
  peerId: string
  name: string
  /** `connected` may get work; the others may not, and `reason` says why. */
  status: 'self' | 'connected' | 'connecting' | 'suspect' | 'lost' | 'incompatible' | 'offline'
  state: NodeState | null
  reason: string | null
  version: string | null
  ffmpegVersion: string | null
  encoders: string[]
  slots: { total: number; busy: number }
  roots: string[]
  cores: number | null
  addresses: string[]
  running: { leaseId: string; kind: string; fps: number }[]
}

export interface PeersView {
  self: PeerView
  peers: PeerView[]
}

export interface RootView {
  id: string
  name: string
  path: string
  /** False when the marker cannot be read there now (unmounted). */
  visible: boolean
  reason: string | null
}

export interface CheckView {
  name: string
  status: 'ok' | 'warn' | 'fail'
  message: string
}

export interface QueueParams {
  /** Absolute paths of files; the command has expanded folders and globs. */
  sources: string[]
  preset: string
  /** Absolute folder for the outputs, or null for the usual place. */
  outDir: string | null
  nameTemplate: string | null
  priority: number
  /** Replace what is there, whatever it is. */
  force: boolean
  /** Leave what is there, and give the output the next free number. */
  keep: boolean
  noChunk: boolean
  chunkMs: number | null
  worthChunkingMs: number | null
  tags: string[]
  /** The batch that these sources belong to: of the answer before, when a command sends its sources in portions. */
  batchId?: string | undefined
}

/** What became of one source that was to be queued. */
export type QueueLine =
  | { kind: 'queued'; job: JobView }
  | { kind: 'exists'; source: string; output: string; message: string }
  | { kind: 'refused'; source: string; error: WireError }

export interface QueueResult {
  batchId: string
  lines: QueueLine[]
}

/** What `--dry-run` tells of one source. */
export type PlanLine =
  | {
      kind: 'plan'
      source: string
      output: string
      preset: string
      frames: number
      durationMs: number
      shape: 'split' | 'whole'
      /** Why it is not split, or who alone can encode it. */
      note: string | null
      /** What of the source the output will not have, a sentence each. */
      warnings: string[]
      command: string[]
    }
  | { kind: 'exists'; source: string; output: string; message: string }
  | { kind: 'refused'; source: string; error: WireError }

/** An error for a person: what happened, to what, and what to do next. */
export interface WireError {
  code: string
  message: string
  hint: string | null
  /** The exit status that a command should end with. */
  exitStatus: 1 | 2 | 3
}

export type JobAction = 'pause' | 'resume' | 'cancel' | 'retry' | 'purge'

export interface ActResult {
  results: { id: string; ok: boolean; status: JobStatus | 'purged' | null; message: string | null }[]
}

export interface NodeInfo {
  version: string
  pid: number
  peerId: string
  name: string
  home: string
  meshId: string
  /** Addresses that the node listens on, as multiaddr text. */
  addresses: string[]
}

export interface LogView {
  lines: string[]
  /** Which attempt the lines are of, and on whose machine it ran. */
  leaseId: string
  peerName: string
  command: string[]
}

/** One line of `presets`. */
export interface PresetLine {
  name: string
  description: string
  /** `built-in`, or the file of a person's own preset. */
  source: string
}

/** `presets NAME [--for FILE]`. */
export interface PresetView {
  /** The recipe with everything that it extends filled in. */
  preset: Json
  /** Argument list of the one ffmpeg run, program first, that makes what the chunks make; null without a file. */
  command: string[] | null
}

/** Requests of the local socket: parameters and result by method. */
export interface ControlMethods {
  info: { params: Record<string, never>; result: NodeInfo }
  queue: { params: QueueParams; result: QueueResult }
  plan: { params: QueueParams; result: { lines: PlanLine[] } }
  jobs: { params: Record<string, never>; result: { jobs: JobView[] } }
  job: { params: { id: string }; result: JobWithTasks }
  log: { params: { id: string; task: string | null }; result: LogView }
  peers: { params: Record<string, never>; result: PeersView }
  act: { params: { action: JobAction; ids: string[] | 'all' }; result: ActResult }
  priority: { params: { ids: string[] | 'all'; priority: number }; result: ActResult }
  share: { params: { path: string; name: string | null }; result: RootView }
  roots: { params: Record<string, never>; result: { roots: RootView[] } }
  meshCreate: { params: { name: string | null }; result: { meshId: string } }
  meshInvite: { params: Record<string, never>; result: { invite: string; expiresAt: string } }
  meshJoin: { params: { invite: string }; result: { meshId: string; inviterName: string; inviterId: string } }
  meshList: {
    params: Record<string, never>
    result: { meshId: string; members: { peerId: string; name: string; self: boolean }[] }
  }
  doctor: { params: Record<string, never>; result: { checks: CheckView[] } }
  presets: { params: Record<string, never>; result: { presets: PresetLine[] } }
  /** One preset resolved. `forFile`: the absolute path of a source to show the single-run ffmpeg command for. */
  preset: { params: { name: string; forFile: string | null }; result: PresetView }
  stop: { params: Record<string, never>; result: Record<string, never> }
}

/** Streams of the local socket: parameters and the events that follow until either end closes. */
export interface ControlStreams {
  /** Every job at first, then each that changed, at most 4 times a second a job. Null ids: all jobs. */
  watchJobs: { params: { ids: string[] | null }; event: JobView }
}

export type ControlMethod = keyof ControlMethods
export type ControlStream = keyof ControlStreams

/**
 * The first line that a node sends on a connection. `control` is the number of this file's language: it rises when
 * an older command could no longer be understood.
 */
export interface ControlHello {
  hello: { control: number; version: string; pid: number }
}

export const controlVersion = 1

/** Command → node. Ids are the command's own, from 1; `cancel` ends the stream of that id. */
export type ControlRequest = { id: number; method: string; params: Json } | { id: number; cancel: true }

/** Node → command. Errors that belong to no request (garbage) carry id 0. */
export type ControlReply =
  | { id: number; result: Json }
  | { id: number; error: WireError }
  | { id: number; event: Json }
  | { id: number; end: true }
