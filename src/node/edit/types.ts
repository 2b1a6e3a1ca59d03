import type { FrameFacts, StreamFacts } from '../../jobs/transcode/index.ts'
import type {
  ClipLine,
  EditView,
  OutputLayout,
  QueueParams,
  RootView,
  SourcePart,
  TimelineChoice
} from '../../model/index.ts'
import type { FindSettings, TimelineFiles } from '../../timeline/index.ts'
import type { ResolveEdit } from '../resolve/index.ts'
import type { Candidates } from './file-index.ts'
import type { SourceFilters } from './filters.ts'

export interface EditSettings {
  /** `paths.map`: a prefix of another machine → an absolute path here, or a root's name and a path in it. */
  map: Readonly<Record<string, string>>
  /** `paths.layout`. */
  layout: OutputLayout | null
  /** `queue.filters`. */
  filters: SourceFilters
  system: FindSettings['system']
  /** The node's home, and `paths.proxyRoot`. */
  ownFolders: readonly string[]
}

export interface EditCollaborators {
  /** Where outputs go, and as what: null when a preset is chosen file by file, or is unusable. */
  placing: (
    wish: PlacingWish
  ) => Promise<((source: string, part: SourcePart | null) => Promise<string | null>) | null>
  files: TimelineFiles
  roots: () => Promise<RootView[]>
  /** The path itself where it leads nowhere. */
  realPath: (path: string) => Promise<string>
  /** Writes a file under that name, or a numbered one where it is taken. @returns its path */
  writeNew: (path: string, text: string) => Promise<string>
  /** Reads a file through: its frames, exactly. @throws an error for what is no video */
  probeFrames: (path: string, signal: AbortSignal) => Promise<FrameFacts>
  /** @throws an error for what is no video */
  probe: (path: string, signal: AbortSignal) => Promise<StreamFacts>
  /** @throws NodeError `resolve-away`, `no-such-timeline` */
  resolve: (choice: TimelineChoice, signal: AbortSignal) => Promise<ResolveEdit>
  search: (
    folders: readonly string[],
    fits: (name: string) => boolean,
    signal: AbortSignal,
    onLooked: (files: number) => void
  ) => Promise<Candidates>
}

/** A timeline that was read, and what of it was chosen. */
export interface ChosenEdit {
  view: EditView
  /** Places in `view.sequences`. */
  sequences: readonly number[]
}

export interface FindWishes {
  /** Patterns besides those of the settings. */
  only: readonly string[]
  skip: readonly string[]
  /** Absolute folders to look for clips in by name, besides the roots. */
  search: readonly string[]
  /** Only the used parts of each file, with so much before and after them; null: whole files. */
  handlesMs: number | null
}

/**
 * How far the finding of clips is: files that were looked at by their names, candidates that were probed, sources whose
 * frames were read. `of` is null where the whole is not known.
 */
export type SearchProgress =
  | { what: 'search'; done: number; of: null }
  | { what: 'probe' | 'read'; done: number; of: number }

export interface FoundClips {
  clips: ClipLine[]
  /** What a person should know of the search itself. */
  notes: string[]
}

/** What decides where outputs go. */
export type PlacingWish = Pick<
  QueueParams,
  'preset' | 'outDir' | 'nameTemplate' | 'layout' | 'origins' | 'parts'
>

export interface MadeProxy {
  source: string
  output: string
}

/** A file that was found by a search, in a folder that a person named. */
export interface SearchedFile {
  path: string
  folder: string
}

export interface WithoutOutputs {
  kept: string[]
  /** How many were in folders that are for outputs or the node's own. */
  passedOver: { folder: string; files: number }[]
  leftOut: { source: string; reason: string }[]
}

export interface FilteredSources {
  kept: string[]
  leftOut: { source: string; reason: string }[]
}
