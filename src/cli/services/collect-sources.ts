import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { isDynamicPattern } from 'tinyglobby'
import type { ClipLine, EditView, JobOrigin, SourcePart } from '../../model/index.ts'
import type { ChosenEdit, EditReader, FindWishes, PlacingWish, SearchedFile } from '../../node/edit/index.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { clipList, tellClips } from '../output/clips.ts'
import { baseName, clean, count } from '../output/format.ts'
import { openSearchProgress } from '../output/search-progress.ts'
import { chooseSequences, type SequenceWish } from './choose-sequences.ts'
import { type ExpandedSources, expandSources, withoutDropped } from './expand-sources.ts'
import { pickNumbers } from './pick-numbers.ts'

/** What of timelines, folders and globs is meant. */
export interface SourceWishes extends SequenceWish {
  allAngles: boolean
  only: readonly string[]
  skip: readonly string[]
  /** Absolute folders to look for clips in, besides the roots. */
  search: readonly string[]
  /** Only the used parts of clips, with so much before and after them; null: whole clips. */
  handlesMs: number | null
}

export interface CollectedSources extends ExpandedSources {
  /** Of the files that a timeline uses, the timeline. */
  origins: Record<string, JobOrigin>
  /** Of the files that a timeline uses in part, these parts. */
  parts: Record<string, readonly SourcePart[]>
  /** 1 when a clip was not found. */
  worst: ExitStatus
}

/**
 * The files that a command line means: those it names, finds in folders or by globs, and those that timelines use. All
 * timelines are read before any file is looked for: one that cannot be read leaves nothing queued by half.
 * @throws CliError `usage`; what reading a timeline throws
 */
export async function collectSources(
  context: CommandContext,
  patterns: readonly string[],
  wishes: SourceWishes,
  placing: PlacingWish
): Promise<CollectedSources> {
  const { isTimelinePath } = await import('../../node/edit/paths.ts')
  const isTimeline = (pattern: string): boolean => isTimelinePath(pattern) && !isDynamicPattern(pattern)
  const timelines = [...new Set(patterns.filter(isTimeline).map((path) => resolve(context.cwd, path)))]
  if (timelines.length === 0) refuseNeedless(wishes)
  const expanded = await expandSources(
    patterns.filter((pattern) => !isTimeline(pattern)),
    context.cwd
  )
  let desk: Promise<EditReader> | null = null
  const opened = (): Promise<EditReader> => (desk ??= context.door.edits(context.home, context.nodeFlags))

  const chosen = timelines.length === 0 ? [] : await readTimelines(context, await opened(), timelines, wishes)
  const files =
    expanded.searched.length === 0
      ? expanded.files
      : await filtered(context, await opened(), expanded, wishes, placing)
  const clips = chosen.length === 0 ? [] : await findClips(context, await opened(), chosen, wishes)
  const { origins, parts, worst } = await chosenClips(context, clips, wishes)
  // Who names a file outright means all of it.
  for (const file of files) delete parts[file]
  return {
    files: [...new Set([...files, ...Object.keys(origins)])],
    problems: expanded.problems,
    origins,
    parts,
    worst
  }
}

/** The files of clips that were found, those that are picked of them, each with what it comes from. */
export async function chosenClips(
  context: CommandContext,
  clips: readonly ClipLine[],
  { pick }: Pick<SourceWishes, 'pick'>
): Promise<Pick<CollectedSources, 'origins' | 'parts' | 'worst'>> {
  const found = pick ? await pickClips(context, clips) : clips.filter(isFound)
  const origins: Record<string, JobOrigin> = {}
  const parts: Record<string, readonly SourcePart[]> = {}
  for (const clip of found) {
    if (clip.parts !== null) parts[clip.source] = clip.parts
    if (!Object.hasOwn(origins, clip.source)) origins[clip.source] = originOf(clip)
  }
  const isBad = clips.some(({ status }) => ['missing', 'ambiguous', 'unusable'].includes(status))
  return { origins, parts, worst: isBad ? exitCodes.failed : exitCodes.done }
}

const originOf = ({ timeline, sequence, mediaId }: ClipLine): JobOrigin =>
  mediaId === undefined
    ? { kind: 'timeline', file: timeline, sequence }
    : { kind: 'resolve', sequence, mediaId }

/** What only timelines have must not be asked of files: somebody expects something of it. */
function refuseNeedless({ sequences, all, pick, allAngles, search, handlesMs }: SourceWishes): void {
  const asked: [flag: string, isAsked: boolean][] = [
    ['--sequence', sequences.length > 0],
    ['--all', all],
    ['--pick', pick],
    ['--all-angles', allAngles],
    ['--search', search.length > 0],
    ['--used-ranges', handlesMs !== null]
  ]
  const [flag] = asked.find(([, isAsked]) => isAsked) ?? []
  if (flag === undefined) return
  throw new CliError('usage', `queue: ${flag} is for timelines, and none is named`, {
    hint: 'Name a timeline file (.otio, .fcpxml, .xml, .edl, .kdenlive, .mlt), or use --resolve'
  })
}

async function readTimelines(
  context: CommandContext,
  desk: EditReader,
  paths: readonly string[],
  wishes: SourceWishes
): Promise<ChosenEdit[]> {
  const views: EditView[] = []
  for (const path of paths) views.push(await desk.open(path, { allAngles: wishes.allAngles }))
  const chosen: ChosenEdit[] = []
  for (const view of views) chosen.push({ view, sequences: await chooseSequences(context, view, wishes) })
  return chosen
}

/**
 * Where the media of timelines are, told as it is found out.
 * @throws CliError `usage` when there is no folder where a person wants clips looked for
 */
export async function findClips(
  { interrupt, print }: CommandContext,
  desk: EditReader,
  chosen: readonly ChosenEdit[],
  wishes: FindWishes
): Promise<ClipLine[]> {
  for (const folder of wishes.search) {
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue
    throw new CliError('usage', `--search: there is no folder ${folder}`, { hint: 'Check the path' })
  }
  const progress = openSearchProgress(print)
  const { clips, notes } = await desk
    .find(chosen, wishes, interrupt.signal, progress.tell)
    .finally(progress.end)
  for (const note of notes) print.note(clean(note))
  tellClips(print, clips)
  if (!clips.some(isFound)) {
    const names = chosen.map(({ view }) => baseName(view.file)).join(', ')
    print.note(clean(`Nothing of ${names} can be queued.`))
  }
  return clips
}

async function filtered(
  { interrupt, print }: CommandContext,
  desk: EditReader,
  { files, searched }: { files: readonly string[]; searched: readonly SearchedFile[] },
  wishes: SourceWishes,
  placing: PlacingWish
): Promise<string[]> {
  const { kept, passedOver, leftOut: outputs } = await desk.withoutOutputs(searched, files, placing)
  for (const { folder, files: number } of passedOver) {
    print.note(clean(`Passed over: ${count(number, 'file')} in ${folder}, where outputs go.`))
  }
  const { kept: fitting, leftOut } = await desk.filter(kept, wishes, interrupt.signal)
  for (const line of [...outputs, ...leftOut]) {
    if (print.json) print.data({ type: 'left-out', ...line })
    else print.lines([clean(`left out  ${baseName(line.source)}: ${line.reason}`)])
  }
  return withoutDropped(files, searched, fitting)
}

type FoundClip = ClipLine & { source: string }

const isFound = (clip: ClipLine): clip is FoundClip => clip.status === 'found' && clip.source !== null

async function pickClips(context: CommandContext, clips: readonly ClipLine[]): Promise<FoundClip[]> {
  const found = clips.filter(isFound)
  if (found.length === 0) return []
  for (const line of clipList(found, context.print.width)) context.print.note(line)
  const numbers = found.map((_, at) => at + 1)
  const picked = await pickNumbers(
    context,
    'Which clips? (numbers, or all)',
    numbers,
    'Take --only and --skip'
  )
  return picked.map((number) => found[number - 1]!)
}
