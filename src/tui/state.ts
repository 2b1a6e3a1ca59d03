import type {
  ChunkMap,
  EventRow,
  JobRow,
  JobWithTasks,
  LogView,
  NodeInfo,
  PeerRow,
  PlanLine,
  QueueLine,
  QueueParams
} from '../model/index.ts'
import type { QueueWish, ScreenOrder } from './orders.ts'
import { noPaces, type Paces } from './pace.ts'
import { emptyField, type TextField } from './text-field.ts'

export type Tab = 'jobs' | 'chunks' | 'peers' | 'log'
export const tabs: readonly Tab[] = ['jobs', 'chunks', 'peers', 'log']

/** What is known of the node, put together from what it tells. */
export interface Feed {
  readonly node: NodeInfo | null
  readonly jobs: ReadonlyMap<string, JobRow>
  readonly peers: ReadonlyMap<string, PeerRow>
  /** Ascending; as many as the node keeps. */
  readonly events: readonly EventRow[]
  /** Letters by peer id: the first to be met is A. */
  readonly letters: ReadonlyMap<string, string>
  /** What was done lately, looked at once a second. */
  readonly paces: Paces
  /** Frames a second of everything, one value a second, newest last. */
  readonly fps: readonly number[]
}

export const emptyFeed: Feed = {
  node: null,
  jobs: new Map(),
  peers: new Map(),
  events: [],
  letters: new Map(),
  paces: noPaces,
  fps: []
}

/** How it stands between screen and node. */
export type LinkStatus =
  | { readonly status: 'connecting' }
  | { readonly status: 'live' }
  /** The node went away; it is looked for. What is shown is what it said last. */
  | { readonly status: 'lost'; readonly reason: string }

export interface FolderEntry {
  readonly name: string
  /** A timeline opens to the clips that it uses, which are files wherever they are. */
  readonly kind: 'folder' | 'file' | 'timeline'
  readonly sizeBytes: number
  /** Where it is, when that is not the folder that is shown. */
  readonly path?: string
  /** Shown in place of the size: the sequence of a clip. */
  readonly detail?: string
  /** Why it cannot be chosen, in words for a person. */
  readonly trouble?: string
}

/** A preset as the wizard offers it. */
export interface PresetChoice {
  readonly name: string
  readonly description: string
  /** Why it cannot be used here, or not by this machine; null when it can. */
  readonly trouble: string | null
}

export type WizardStep = 'files' | 'preset' | 'place' | 'review'

export interface Wizard {
  readonly kind: 'wizard'
  readonly step: WizardStep
  readonly folder: string
  readonly entries: readonly FolderEntry[] | null
  readonly listError: string | null
  readonly at: number
  readonly typed: string
  /** Absolute paths of files and folders, in the order in which they were chosen. */
  readonly chosen: readonly string[]
  readonly presets: readonly PresetChoice[] | null
  readonly presetAt: number
  readonly presetTyped: string
  /** What the preset under the cursor resolves to. */
  readonly recipe: { readonly name: string; readonly lines: readonly string[] } | null
  readonly placeAt: number
  readonly outDir: TextField
  readonly existing: 'leave' | 'replace' | 'keep'
  readonly chunked: boolean
  readonly priority: TextField
  /** What the plan is of; answers to another wish come too late. */
  readonly planOf: QueueWish | null
  readonly plan: readonly PlanLine[]
  readonly planState: 'none' | 'running' | 'done'
  /** How many files there are to plan; null until folders were opened. */
  readonly planTotal: number | null
  readonly top: number
  readonly error: string | null
  readonly queueing: boolean
}

export type Overlay =
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'confirm'; readonly lines: readonly string[]; readonly order: ScreenOrder }
  | {
      readonly kind: 'job'
      readonly id: string
      readonly loaded: JobWithTasks | null
      readonly error: string | null
      readonly at: number
    }
  | {
      readonly kind: 'task'
      readonly jobId: string
      readonly taskId: string
      readonly loaded: JobWithTasks | null
      readonly log: LogView | null
      readonly logError: string | null
      readonly error: string | null
      readonly top: number
    }
  | { readonly kind: 'peer'; readonly id: string; readonly top: number }
  | {
      readonly kind: 'pair'
      readonly mode: 'invite' | 'join'
      readonly invite: string | null
      readonly expiresAt: string | null
      readonly field: TextField
      readonly busy: boolean
      readonly result: string | null
      readonly error: string | null
      /** Members when it was opened, to notice who came. */
      readonly known: ReadonlySet<string>
    }
  | { readonly kind: 'refused'; readonly lines: readonly QueueLine[]; readonly top: number }
  | Wizard

export interface Notice {
  readonly text: string
  readonly level: 'info' | 'good' | 'warn' | 'bad'
  readonly untilMs: number
}

export type NotifyWay = 'bell' | 'desktop' | 'off'

export interface ScreenState {
  readonly columns: number
  readonly rows: number
  /** The machine whose node is only watched from here; null where the screen is on this machine's own. */
  readonly watching: string | null
  readonly nowMs: number
  readonly link: LinkStatus
  readonly feed: Feed
  /** Of the job that is looked at; null while it is not told yet. */
  readonly chunks: ChunkMap | null
  readonly tab: Tab
  /** Keys of lines: `job:ID` and `batch:ID`; null before the first. */
  readonly jobAt: string | null
  /** Where the cursor was, for when its line goes away. */
  readonly jobIndex: number
  readonly chunkAt: number
  readonly peerAt: string | null
  /** Sequence number of the event under the cursor; null follows the newest. */
  readonly eventAt: number | null
  readonly selected: ReadonlySet<string>
  readonly folded: ReadonlySet<string>
  readonly unfolded: ReadonlySet<string>
  readonly filters: Readonly<Record<Tab, string>>
  readonly prompt: { readonly kind: 'filter' | 'command'; readonly field: TextField } | null
  readonly overlays: readonly Overlay[]
  readonly notice: Notice | null
  readonly notify: NotifyWay
  readonly folder: string
  /** The settings of the last queueing, taken up by the next. */
  readonly lastQueue: Pick<QueueParams, 'preset' | 'outDir'> | null
}

export interface ScreenStart {
  readonly columns: number
  readonly rows: number
  readonly nowMs: number
  /** Where the file browser opens. */
  readonly folder: string
  readonly notify: NotifyWay
  readonly watching?: string | null
}

export function initialScreen({ columns, rows, nowMs, folder, notify, watching }: ScreenStart): ScreenState {
  return {
    columns,
    rows,
    watching: watching ?? null,
    nowMs,
    link: { status: 'connecting' },
    feed: emptyFeed,
    chunks: null,
    tab: 'jobs',
    jobAt: null,
    jobIndex: 0,
    chunkAt: 0,
    peerAt: null,
    eventAt: null,
    selected: new Set(),
    folded: new Set(),
    unfolded: new Set(),
    filters: { jobs: '', chunks: '', peers: '', log: '' },
    prompt: null,
    overlays: [],
    notice: null,
    notify,
    folder,
    lastQueue: null
  }
}

export const wizardAt = (folder: string, last: ScreenState['lastQueue']): Wizard => ({
  kind: 'wizard',
  step: 'files',
  folder,
  entries: null,
  listError: null,
  at: 0,
  typed: '',
  chosen: [],
  presets: null,
  presetAt: 0,
  presetTyped: '',
  recipe: null,
  placeAt: 0,
  outDir: last?.outDir ? { text: last.outDir, at: last.outDir.length } : emptyField,
  existing: 'leave',
  chunked: true,
  priority: { text: '0', at: 1 },
  planOf: null,
  plan: [],
  planState: 'none',
  planTotal: null,
  top: 0,
  error: null,
  queueing: false
})
