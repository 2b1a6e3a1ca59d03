import type { StreamFacts } from '../../jobs/transcode/index.ts'
import {
  type ClipLine,
  type EditView,
  isVideo,
  type QueueParams,
  type RootView,
  type TimelineChoice
} from '../../model/index.ts'
import {
  type Collision,
  type FindSettings,
  findByPath,
  findCollisions,
  findInIndex,
  type IndexedFile,
  type MediaOutcome,
  namesFit,
  type PathMap,
  rational,
  readTimeline,
  type TimelineFiles,
  type TimelineMedia
} from '../../timeline/index.ts'
import { NodeError } from '../errors.ts'
import type { ResolveEdit } from '../resolve/index.ts'
import { clipLine, type Edit, leftOutLines, type MediumOfEdit, mediaOf, whyNotEncoded } from './clips.ts'
import type { Candidates } from './file-index.ts'
import { needsFacts, type SourceFilters, whyFactsFiltered, whyNameFiltered } from './filters.ts'

export interface EditSettings {
  /** `paths.map`: a prefix of another machine → an absolute path here, or a root's name and a path in it. */
  map: Readonly<Record<string, string>>
  /** `queue.filters`. */
  filters: SourceFilters
  system: FindSettings['system']
}

export interface EditCollaborators {
  /** Where outputs go, and as what: null when a preset is chosen file by file. Throws for a preset that is unusable. */
  placing: (wish: PlacingWish) => Promise<((source: string) => Promise<string | null>) | null>
  files: TimelineFiles
  roots: () => Promise<RootView[]>
  /** @throws an error for what is no video */
  probe: (path: string, signal: AbortSignal) => Promise<StreamFacts>
  /** @throws NodeError `resolve-away`, `no-such-timeline` */
  resolve: (choice: TimelineChoice, signal: AbortSignal) => Promise<ResolveEdit>
  search: (
    folders: readonly string[],
    fits: (name: string) => boolean,
    signal: AbortSignal
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
}

export interface FoundClips {
  clips: ClipLine[]
  /** What a person should know of the search itself. */
  notes: string[]
}

/** What decides where outputs go. */
export type PlacingWish = Pick<QueueParams, 'preset' | 'outDir' | 'nameTemplate' | 'layout' | 'origins'>

export interface FilteredSources {
  kept: string[]
  leftOut: { source: string; reason: string }[]
}

/** What commands see of it. */
export type EditReader = Pick<EditDesk, 'open' | 'openResolve' | 'find' | 'filter' | 'collisions'>

/**
 * Reads timelines and finds their media, in the process of the command: a hostile or huge file may take seconds and a
 * gigabyte, which no node that holds leases must spend.
 */
export class EditDesk {
  readonly #settings: EditSettings
  readonly #collaborators: EditCollaborators
  readonly #timelines = new WeakMap<EditView, Edit>()
  readonly #facts = new Map<string, Promise<StreamFacts | null>>()

  constructor(settings: EditSettings, collaborators: EditCollaborators) {
    this.#settings = settings
    this.#collaborators = collaborators
  }

  /** @throws TimelineError with the file, the place where it is known, and what to do */
  async open(file: string, options: { allAngles: boolean }): Promise<EditView> {
    const timeline = await readTimeline(file, this.#collaborators.files, options)
    return this.#hold(file, timeline.format, timeline)
  }

  /**
   * Timelines of the project that is open in DaVinci Resolve: from here on an edit like any other.
   * @throws NodeError `resolve-away`, `no-such-timeline`
   */
  async openResolve(
    choice: TimelineChoice,
    signal: AbortSignal
  ): Promise<{ view: EditView; notes: string[] }> {
    const { project, sequences, notes } = await this.#collaborators.resolve(choice, signal)
    return { view: this.#hold(project.name, 'resolve', { folder: null, sequences }), notes }
  }

  #hold(file: string, format: string, edit: Edit): EditView {
    const view: EditView = {
      file,
      format,
      sequences: edit.sequences.map(({ name, rate, media }) => ({
        name,
        rate: rate === null ? null : `${rate.num}/${rate.den}`,
        clips: media.length
      }))
    }
    this.#timelines.set(view, edit)
    return view
  }

  /** What the chosen sequences use, each file of a timeline once, and where it is on this machine. */
  async find(chosen: readonly ChosenEdit[], wishes: FindWishes, signal: AbortSignal): Promise<FoundClips> {
    const maps = await this.#maps()
    const filters = this.#filters(wishes)
    const media = chosen.flatMap((edit) => mediaOf(edit, this.#timeline(edit.view)))
    const outcomes = new Map<MediumOfEdit, MediaOutcome>()
    const reasons = new Map<MediumOfEdit, string>()
    const pending: MediumOfEdit[] = []
    for (const one of media) {
      signal.throwIfAborted()
      const why = whyNotEncoded(one.medium)
      if (why !== null) reasons.set(one, why)
      if (why !== null || one.medium.imageSequence) continue
      const outcome = await findByPath(
        one.medium,
        { ...one, maps, system: this.#settings.system },
        this.#files
      )
      if (outcome !== null) outcomes.set(one, outcome)
      else {
        const filtered = whyNone(filters, one.medium.path ?? one.medium.name)
        if (filtered === null) pending.push(one)
        else reasons.set(one, filtered)
      }
    }
    const { index, notes } = await this.#index(pending, wishes, signal)
    for (const one of pending) outcomes.set(one, findInIndex(one.medium, index))
    for (const [one, outcome] of outcomes) {
      if (outcome.status !== 'found') continue
      const filtered = await this.#whyFiltered(outcome.path, filters, signal)
      if (filtered !== null) reasons.set(one, filtered)
    }
    return {
      clips: [
        ...media.map((one) => clipLine(one, outcomes.get(one) ?? null, reasons.get(one) ?? null)),
        ...chosen.flatMap((edit) => leftOutLines(edit, this.#timeline(edit.view)))
      ],
      notes
    }
  }

  /** Which of files that nobody named outright are to be queued. */
  async filter(
    sources: readonly string[],
    wishes: Pick<FindWishes, 'only' | 'skip'>,
    signal: AbortSignal
  ): Promise<FilteredSources> {
    const filters = this.#filters(wishes)
    const result: FilteredSources = { kept: [], leftOut: [] }
    for (const source of sources) {
      const reason = await this.#whyFiltered(source, filters, signal)
      if (reason === null) result.kept.push(source)
      else result.leftOut.push({ source, reason })
    }
    return result
  }

  /**
   * Sources whose outputs would be one file. With `--preset auto` nothing is known yet: then each is refused when its
   * output turns out to be taken.
   */
  async collisions(sources: readonly string[], wish: PlacingWish): Promise<Collision[]> {
    const place = await this.#collaborators.placing(wish)
    if (place === null) return []
    const pairs: { source: string; output: string }[] = []
    for (const source of sources) {
      const output = await place(source)
      if (output !== null) pairs.push({ source, output })
    }
    return findCollisions(pairs)
  }

  get #files(): TimelineFiles {
    return this.#collaborators.files
  }

  #timeline(view: EditView): Edit {
    const timeline = this.#timelines.get(view)
    if (timeline === undefined) throw new Error(`${view.file} was not opened here`)
    return timeline
  }

  /** Those of the settings and those of the command: a file must pass both. */
  #filters({ only, skip }: Pick<FindWishes, 'only' | 'skip'>): readonly SourceFilters[] {
    return [this.#settings.filters, { extensions: [], rates: [], minDurationMs: 0, only, skip }]
  }

  async #whyFiltered(
    path: string,
    filters: readonly SourceFilters[],
    signal: AbortSignal
  ): Promise<string | null> {
    const byName = whyNone(filters, path)
    if (byName !== null || !filters.some(needsFacts)) return byName
    const facts = await this.#factsOf(path, signal)
    if (facts === null) return null
    return first(filters, (filter) => whyFactsFiltered(filterFacts(facts), filter))
  }

  /** Null for what cannot be probed: the node says why when it is queued. */
  #factsOf(path: string, signal: AbortSignal): Promise<StreamFacts | null> {
    let facts = this.#facts.get(path)
    if (facts === undefined) {
      facts = this.#collaborators.probe(path, signal).catch((error: unknown) => {
        if (signal.aborted || !(error instanceof Error && 'code' in error)) throw error
        return null
      })
      this.#facts.set(path, facts)
    }
    return facts
  }

  /** Files under the roots that may be what is looked for, probed. */
  async #index(
    pending: readonly MediumOfEdit[],
    wishes: FindWishes,
    signal: AbortSignal
  ): Promise<{ index: IndexedFile[]; notes: string[] }> {
    if (pending.length === 0) return { index: [], notes: [] }
    const roots = await this.#collaborators.roots()
    const hidden = roots.filter(({ visible }) => !visible)
    const notes = hidden.map(
      ({ name, reason }) => `The root ${name} was not searched: ${reason ?? 'it is away'}`
    )
    const folders = [...wishes.search, ...roots.filter(({ visible }) => visible).map(({ path }) => path)]
    if (roots.length === 0 && folders.length === 0) {
      notes.push('No root is declared here, so nothing is looked for by its name.')
    }
    if (folders.length === 0) return { index: [], notes }
    const named = namesFit(
      pending.filter(({ medium }) => !knownByReelOnly(medium)).map(({ medium }) => medium)
    )
    const anyVideo = pending.some(({ medium }) => knownByReelOnly(medium))
    const found = await this.#collaborators.search(
      folders,
      (name) => named(name) || (anyVideo && isVideo(name)),
      signal
    )
    if (found.cut !== null) notes.push(`The search was cut short: ${found.cut}.`)
    if (found.unread.length > 0) {
      const [first] = found.unread
      const more = found.unread.length > 1 ? ` (and ${found.unread.length - 1} more)` : ''
      notes.push(`Not searched: ${first!.folder}: ${first!.reason}${more}`)
    }
    return { index: await this.#probeAll(found.paths, signal), notes }
  }

  async #probeAll(paths: readonly string[], signal: AbortSignal): Promise<IndexedFile[]> {
    const index: IndexedFile[] = []
    for (let at = 0; at < paths.length; at += probesAtOnce) {
      const portion = paths.slice(at, at + probesAtOnce)
      const facts = await Promise.all(portion.map((path) => this.#factsOf(path, signal)))
      portion.forEach((path, i) => {
        const known = facts[i]
        // What is no video is no candidate.
        if (known) index.push(indexedFile(path, known))
      })
    }
    return index
  }

  /** @throws NodeError `no-such-root` */
  async #maps(): Promise<PathMap[]> {
    const entries = Object.entries(this.#settings.map)
    if (entries.length === 0) return []
    const roots = await this.#collaborators.roots()
    return entries.map(([from, to]) => ({ from, to: absoluteOf(to, roots) }))
  }
}

const whyNone = (filters: readonly SourceFilters[], path: string): string | null =>
  first(filters, (filter) => whyNameFiltered(path, filter))

/** The first reason that a filter has. */
function first(
  filters: readonly SourceFilters[],
  why: (filter: SourceFilters) => string | null
): string | null {
  for (const filter of filters) {
    const reason = why(filter)
    if (reason !== null) return reason
  }
  return null
}

const probesAtOnce = 4

const knownByReelOnly = ({ path, name, aliases, reel }: TimelineMedia): boolean =>
  path === null && [name, ...aliases].every((one) => one === reel)

const indexedFile = (path: string, { rate, duration, startTimecode, reel }: StreamFacts): IndexedFile => ({
  path,
  reel,
  startTimecode,
  duration: duration === null ? null : rational(duration.num, duration.den),
  rate: rate.num === 0 ? null : rational(rate.num, rate.den)
})

const filterFacts = ({ rate, duration }: StreamFacts) => ({
  rate: rate.num === 0 ? null : rate,
  durationMs: duration === null ? null : Math.round((duration.num * 1000) / duration.den)
})

/** A path of this machine as it is; else the name of a root, with a path in it. */
function absoluteOf(to: string, roots: readonly RootView[]): string {
  if (/^([A-Za-z]:)?[\\/]/.test(to)) return to
  const [name = '', ...rest] = to.split('/')
  const root = roots.find((one) => one.name === name)
  if (root !== undefined) return [root.path.replace(/[\\/]+$/, ''), ...rest].join('/')
  throw new NodeError('no-such-root', `paths.map: ${to} is neither an absolute path nor in a root`, {
    hint: `The roots here are: ${roots.map((one) => one.name).join(', ') || 'none'}`,
    exitStatus: 2
  })
}
