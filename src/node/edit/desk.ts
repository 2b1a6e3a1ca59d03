import type { StreamFacts } from '../../jobs/transcode/index.ts'
import type { EditView, TimelineChoice } from '../../model/index.ts'
import {
  type Collision,
  findByPath,
  findCollisions,
  findInIndex,
  type MediaOutcome,
  readTimeline
} from '../../timeline/index.ts'
import { clipLine, type Edit, leftOutLines, type MediumOfEdit, mediaOf, whyNotEncoded } from './clips.ts'
import { cutParts } from './cut-parts.ts'
import { needsFacts, type SourceFilters, whyAnyFacts, whyAnyName } from './filters.ts'
import { finalCutList } from './final-cut.ts'
import { mapsOf } from './maps.ts'
import { indexFor } from './media-index.ts'
import { withoutOutputs } from './own-outputs.ts'
import { SearchedPlaces } from './searched-places.ts'
import type {
  ChosenEdit,
  EditCollaborators,
  EditSettings,
  FilteredSources,
  FindWishes,
  FoundClips,
  MadeProxy,
  PlacingWish,
  SearchedFile,
  SearchProgress,
  WithoutOutputs
} from './types.ts'
import { unlessAborted } from './unless-aborted.ts'

/** What commands see of it. */
export type EditReader = Pick<
  EditDesk,
  'open' | 'openResolve' | 'find' | 'filter' | 'withoutOutputs' | 'collisions' | 'listForFinalCut'
>

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
  async find(
    chosen: readonly ChosenEdit[],
    wishes: FindWishes,
    signal: AbortSignal,
    onProgress: (progress: SearchProgress) => void = () => {}
  ): Promise<FoundClips> {
    const maps = await mapsOf(this.#settings.map, this.#collaborators.roots)
    const filters = this.#filters(wishes)
    const media = chosen.flatMap((edit) => mediaOf(edit, this.#timeline(edit.view)))
    const outcomes = new Map<MediumOfEdit, MediaOutcome>()
    const reasons = new Map<MediumOfEdit, string>()
    const refusals = new Map<MediumOfEdit, string>()
    const pending: MediumOfEdit[] = []
    const places = new SearchedPlaces(this.#collaborators.files)
    for (const one of media) {
      signal.throwIfAborted()
      const why = whyNotEncoded(one.medium)
      if (why !== null) reasons.set(one, why)
      if (why !== null || one.medium.imageSequence) continue
      const outcome = await findByPath(one.medium, { ...one, maps, system: this.#settings.system }, places)
      const refusal = places.takeRefusal()
      if (refusal !== null) refusals.set(one, refusal)
      if (outcome !== null) outcomes.set(one, outcome)
      else {
        const filtered = whyAnyName(filters, one.medium.path ?? one.medium.name)
        if (filtered === null) pending.push(one)
        else reasons.set(one, filtered)
      }
    }
    const { roots, search } = this.#collaborators
    const facts = (path: string) => this.#factsOf(path, signal)
    const { index, notes } = await indexFor(
      pending,
      wishes.search,
      { roots, search, facts },
      signal,
      onProgress
    )
    for (const one of pending) outcomes.set(one, findInIndex(one.medium, index))
    for (const [one, outcome] of outcomes) {
      if (outcome.status !== 'found') continue
      const filtered = await this.#whyFiltered(outcome.path, filters, signal)
      if (filtered !== null) reasons.set(one, filtered)
    }
    const clips = media.map((one) =>
      clipLine(one, outcomes.get(one) ?? null, {
        leftOut: reasons.get(one) ?? null,
        refusal: refusals.get(one) ?? null
      })
    )
    if (wishes.handlesMs !== null) {
      const frames = (path: string) =>
        this.#collaborators.probeFrames(path, signal).catch(unlessAborted(signal))
      notes.push(...(await cutParts(media, clips, wishes.handlesMs, frames, onProgress)))
    }
    return {
      clips: [...clips, ...chosen.flatMap((edit) => leftOutLines(edit, this.#timeline(edit.view)))],
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
   * Files that a search brought, without those that were made of others of them.
   * @param files all that are to be queued
   * @param wish null where it is not known yet how they are queued
   */
  async withoutOutputs(
    searched: readonly SearchedFile[],
    files: readonly string[],
    wish: PlacingWish | null
  ): Promise<WithoutOutputs> {
    const { placing, realPath } = this.#collaborators
    const place = wish === null ? null : await placing(wish)
    const placeOf =
      place === null
        ? null
        : async (source: string) => [await place(source, null)].filter((path) => path !== null)
    const ownFolders = [...this.#settings.ownFolders, ...(wish?.outDir ? [wish.outDir] : [])]
    return withoutOutputs(searched, files, ownFolders, placeOf, realPath)
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
      for (const part of wish.parts?.[source] ?? [null]) {
        const output = await place(source, part)
        if (output !== null) pairs.push({ source, output })
      }
    }
    return findCollisions(pairs)
  }

  /**
   * Final Cut Pro finds proxies by a file alone that lists each with its original: writes one beside the timeline, or
   * beside the first proxy. The proxies need not be there yet.
   * @returns its path; null where the layout is another, or there is nothing to list
   */
  async listForFinalCut(
    proxies: readonly MadeProxy[],
    wish: PlacingWish,
    signal: AbortSignal
  ): Promise<string | null> {
    const [first] = proxies
    const layout = wish.layout ?? this.#settings.layout
    const isForIt = layout === 'fcp' && wish.outDir === null && wish.nameTemplate === null
    if (first === undefined || !isForIt || Object.keys(wish.parts ?? {}).length > 0) return null
    const { path, text } = await finalCutList(proxies, wish.origins?.[first.source]?.file ?? null, (source) =>
      this.#factsOf(source, signal)
    )
    return this.#collaborators.writeNew(path, text)
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
    const byName = whyAnyName(filters, path)
    if (byName !== null || !filters.some(needsFacts)) return byName
    const facts = await this.#factsOf(path, signal)
    if (facts === null) return null
    return whyAnyFacts(filters, facts)
  }

  /** Null for what cannot be probed: the node says why when it is queued. */
  #factsOf(path: string, signal: AbortSignal): Promise<StreamFacts | null> {
    let facts = this.#facts.get(path)
    if (facts === undefined) {
      facts = this.#collaborators.probe(path, signal).catch(unlessAborted(signal))
      this.#facts.set(path, facts)
    }
    return facts
  }
}
