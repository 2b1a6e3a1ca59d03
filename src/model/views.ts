import type { AttemptStatus, JobStatus, TaskStatus, UnitRange } from './job.ts'
import type { Json } from './json.ts'
import type { LinkedClip, LinkState } from './link.ts'
import type { NodeState, TaskProgress } from './peer.ts'

/**
 * What a node shows of itself: the shapes that `--json` prints and screens draw. Field names here are a contract with
 * people's scripts: add, never rename.
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
