import type { OutputLayout, SourcePart } from './edit.ts'
import type { AttemptStatus, JobOrigin, JobStatus, TaskStatus, UnitRange } from './job.ts'
import type { Json } from './json.ts'
import type { LinkedClip, LinkState } from './link.ts'
import type { NodeState, SteerOrder, TaskProgress } from './peer.ts'
import type { ChunkMap, ScreenPart } from './snapshot.ts'
import type { WatchParams, WatchResult, WatchView } from './watch.ts'

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
  /** Why `--preset auto` chose it; null when a person named it. */
  chosen: string | null
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
  /** On the lines of `queue` and in `job ID` while it lasts: who takes part, and why others do not. */
  participants?: Participant[]
  queuedAt: string
  startedAt: string | null
  endedAt: string | null
}

/** A member of the mesh, as to one job. */
export interface Participant {
  peerId: string
  name: string
  /** This machine. */
  self: boolean
  /** It has proved that it can run tasks of the job. */
  takesPart: boolean
  /** Why not, in one line for a person; null when it takes part. */
  reason: string | null
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

/** A machine that gets no more of a job while others could do it. */
export interface BlockedPeer {
  peerId: string
  name: string
  /** Null where it is not known any more. */
  since: string | null
  reason: string
}

/** `job ID`: the job, with its tasks in place of their counts. */
export type JobWithTasks = Omit<JobView, 'tasks'> & {
  tasks: TaskView[]
  shape: 'split' | 'whole' | null
  /** Left out by older nodes. */
  blocked?: BlockedPeer[]
  /** How far its output is linked in the editing software; null or absent: it is not to be. */
  link?: LinkView | null
}

/** The link of a job's output in the editing software. */
export interface LinkView {
  state: LinkState
  /** Why it is not linked (yet). */
  reason: string | null
  hint: string | null
  /** Name of the project in which it was tried last. */
  project: string | null
  clips: LinkedClip[]
  changedAt: string
}

/** A timeline of the project that is open in DaVinci Resolve. */
export interface TimelineView {
  /** From 1, as Resolve counts. */
  index: number
  name: string
  /** The one that is open. */
  current: boolean
  /** Frames a second as a fraction: `24000/1001`. */
  rate: string | null
  startTimecode: string | null
  videoItems: number
  audioItems: number
}

/** `timelines`. `problems`: what could not be read, beside all the rest. */
export interface TimelinesView {
  project: { id: string; name: string }
  timelines: TimelineView[]
  problems: { name: string; message: string }[]
}

/** Which timelines: by their names, by their places in the list (from 1), all, or the one that is open. */
export type TimelineChoice = { names: readonly string[] } | { indexes: readonly number[] } | 'all' | 'current'

export interface LinkParams {
  /** Absolute folder of proxies; null: those that this node's jobs made. */
  dir: string | null
  /** Also for clips that have another proxy. */
  replace: boolean
}

/** What became of one proxy at one clip. */
export interface LinkLine {
  status: LinkState | 'already-linked'
  proxy: string
  source: string | null
  /** The clip's name in Resolve, and its media id. */
  clip: string | null
  mediaId: string | null
  /** The job that made it. */
  job: string | null
  reason: string | null
  hint: string | null
}

export interface LinkResult {
  project: { id: string; name: string }
  links: LinkLine[]
}

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

/** One setting as `config` shows it. */
export interface SettingLine {
  /** Dotted: `chunking.worthDurationMs`. */
  key: string
  value: Json
  /** `file:line:column`, a variable or a flag; null: nobody set it, the value is the default. */
  from: string | null
  /** The environment variable that sets it. */
  variable: string
  description: string
}

/** The settings of a home as its file and the environment make them now; a running node goes by those of its start. */
export interface ConfigView {
  file: string
  settings: SettingLine[]
}

export interface QueueParams {
  /** Absolute paths of files; the command has expanded folders and globs. */
  sources: string[]
  preset: string
  /** Absolute folder for the outputs, or null for the usual place. */
  outDir: string | null
  nameTemplate: string | null
  /** The usual place, when `outDir` is null. Absent or null: that of the settings. */
  layout?: OutputLayout | null | undefined
  priority: number
  /** Replace what is there, whatever it is. */
  force: boolean
  /** Leave what is there, and give the output the next free number. */
  keep: boolean
  /** By source, what it was queued from; those that are not in it were named by a person. */
  origins?: Readonly<Record<string, JobOrigin>> | undefined
  /** By source, the parts of it that are encoded, a job each; those that are not in it are encoded whole. */
  parts?: Readonly<Record<string, readonly SourcePart[]>> | undefined
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
      /** Why `--preset auto` chose it; null when a person named it. */
      chosen: string | null
      frames: number
      durationMs: number
      shape: 'split' | 'whole'
      /** About how many pieces the picture would be encoded in by those who would take part; 1 in one piece. */
      chunks: number
      /** About how much the output takes, and how much is free where it would go. */
      estimateBytes: number
      freeBytes: number
      participants: Participant[]
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
  /** What it is for; when it cannot be used, why. */
  description: string
  /** The file that it comes from. */
  source: string
  /** False for a person's own. */
  builtIn: boolean
  /** Why it cannot be used; null when it can. The fields below are null then. */
  error: string | null
  /** ffmpeg's name of the encoder, and what people call it. */
  encoder: string | null
  codec: string | null
  container: string | null
  /** `source`, `half`, `quarter`, or the most lines. */
  height: 'source' | 'half' | 'quarter' | number | null
  /** Whether this machine's ffmpeg can encode it, and if not, why not. */
  encodable: boolean | null
  whyNot: string | null
  /** What a source must be for `--preset auto` to choose it; null when it is only chosen by name. */
  match: Json
}

/** `presets NAME [--for FILE]`. */
export interface PresetView {
  /** The recipe with everything that it extends filled in. */
  preset: Json
  /** Argument list of the one ffmpeg run, program first, that makes what the chunks make; null without a file. */
  command: string[] | null
  /** Why `auto` chose it for the file; null when it was named. */
  chosen: string | null
  /** The file that it comes from. */
  source: string
  /** By key of the recipe, the file that gives its value; null where it is the default. */
  origins: Record<string, string | null>
  /** What a source must be for `--preset auto` to choose it; null when it is only chosen by name. */
  match: Json
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
  /** Lets machines try a job again that it was taken from: by name, by id or the end of one, or all of them. */
  unblock: { params: { id: string; peer: string | 'all' }; result: { id: string; unblocked: BlockedPeer[] } }
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
  /** Removes a member by its peer id, for good. */
  meshRemove: { params: { peer: string }; result: { peerId: string; name: string } }
  /** This machine leaves, for good; its node stops then, and starts as a new machine. How many others heard of it. */
  meshLeave: { params: Record<string, never>; result: { told: number; others: number } }
  doctor: { params: Record<string, never>; result: { checks: CheckView[] } }
  /** Copies the ledger into a file of its own, absolute, that does not exist yet. */
  backUpLedger: { params: { path: string }; result: { path: string; sizeBytes: number } }
  presets: { params: Record<string, never>; result: { presets: PresetLine[] } }
  /** One preset resolved. `forFile`: the absolute path of a source to show the single-run ffmpeg command for. */
  preset: { params: { name: string; forFile: string | null }; result: PresetView }
  /** This node takes no more tasks (and ends those it has), or takes them again. */
  drain: { params: { on: boolean }; result: PeerView }
  /** How many tasks this node runs at once from now on. */
  slots: { params: { total: number }; result: PeerView }
  /** The same of another member's node, by its peer id; what `peers` will say of it. */
  steer: { params: { peer: string; order: SteerOrder }; result: PeerView }
  /** Folders that are watched, in the order in which they were added. */
  watches: { params: Record<string, never>; result: { watches: WatchView[] } }
  /** Watches a folder from now on, or changes how it is watched. */
  watchFolder: { params: WatchParams; result: WatchResult }
  /** Ends a watch, by its id or its folder; what it was. */
  unwatchFolder: { params: { watch: string }; result: WatchView }
  /** Links finished proxies in the project that is open in DaVinci Resolve. */
  link: { params: LinkParams; result: LinkResult }
  stop: { params: Record<string, never>; result: Record<string, never> }
}

/** Streams of the local socket: parameters and the events that follow until either end closes. */
export interface ControlStreams {
  /** Every job at first, then each that changed, at most 4 times a second a job. Null ids: all jobs. */
  watchJobs: { params: { ids: string[] | null }; event: JobView }
  /** What a screen shows but for chunks, in parts: all of it at first, then what changed, at most 4 times a second. */
  screen: { params: Record<string, never>; event: ScreenPart }
  /** The chunks of one job, whenever they look different, at most 4 times a second. */
  chunks: { params: { id: string }; event: ChunkMap }
  /** What a screen of another member's node shows, by its peer id. */
  peerScreen: { params: { peer: string }; event: ScreenPart }
  /** The chunks of one of that node's jobs. */
  peerChunks: { params: { peer: string; id: string }; event: ChunkMap }
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
