import type { OutputLayout, SourcePart } from './edit.ts'
import type { JobOrigin, JobStatus } from './job.ts'
import type { Json } from './json.ts'
import type { SteerOrder } from './peer.ts'
import type { ChunkMap, ScreenPart } from './snapshot.ts'
import type {
  BlockedPeer,
  CheckView,
  JobView,
  JobWithTasks,
  LinkResult,
  LogView,
  NodeInfo,
  Participant,
  PeersView,
  PeerView,
  PresetLine,
  PresetView,
  RootView
} from './views.ts'
import type { WatchParams, WatchResult, WatchView } from './watch.ts'

/**
 * What a machine's node and its commands (or screen) say to each other over the local socket; what it shows is in
 * `views.ts`. Field names here are a contract, too: add, never rename.
 */

/** Which timelines: by their names, by their places in the list (from 1), all, or the one that is open. */
export type TimelineChoice = { names: readonly string[] } | { indexes: readonly number[] } | 'all' | 'current'

export interface LinkParams {
  /** Absolute folder of proxies; null: those that this node's jobs made. */
  dir: string | null
  /** Also for clips that have another proxy. */
  replace: boolean
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
  /** Takes a root back, by its name, its id or its path here; as it was. Its marker stays for other machines. */
  unshare: { params: { root: string }; result: RootView }
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
