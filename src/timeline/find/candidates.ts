import { basename, win32 } from 'node:path'
import { readLocations } from '../location.ts'
import type { TimelineMedia } from '../model.ts'
import { decoded, endingOf, foldName, lastComponent, stemOf } from '../names.ts'
import { add, compare, equal, type Rational, subtract } from '../rational.ts'
import { isDropFrame, timecodeToTime } from '../timecode.ts'
import { remembered } from './remembered.ts'

/** A file under a root, as the caller probed it; null for what it does not tell. */
export interface IndexedFile {
  path: string
  reel: string | null
  startTimecode: string | null
  /** Seconds. */
  duration: Rational | null
  /** Frames per second of its video. */
  rate: Rational | null
}

/** What speaks for a file being the one that the edit means. */
export type Evidence = 'name' | 'reel' | 'timecode' | 'duration' | 'folders'

/** What speaks against it. */
export type Conflict = 'reel' | 'timecode' | 'duration' | 'rate'

/**
 * The files of an index whose names let them be the medium. The whole name counts where the edit knows one with an
 * ending; a clip's name may lack it. A medium known by its reel only may have any name.
 */
export function namedAlike(media: TimelineMedia, index: readonly IndexedFile[]): readonly IndexedFile[] {
  const wanted = wantedNames(media)
  if (wanted.length === 0) return index
  const { whole, stems } = namesOf(index)
  const fitting = new Set(
    wanted.flatMap((name) => [
      ...(whole.get(name) ?? []),
      ...((media.path === null ? stems.get(name) : null) ?? [])
    ])
  )
  return fitting.size < 2 ? [...fitting] : index.filter((file) => fitting.has(file))
}

interface FileNames {
  /** Files by their folded name, and by that without its ending. */
  whole: ReadonlyMap<string, readonly IndexedFile[]>
  stems: ReadonlyMap<string, readonly IndexedFile[]>
}

const nameOf = (path: string): string => (path.includes('\\') ? win32.basename(path) : basename(path))

const namesOf = remembered(
  (index: readonly IndexedFile[]): FileNames => ({
    whole: Map.groupBy(index, ({ path }) => foldName(nameOf(path))),
    stems: Map.groupBy(index, ({ path }) => foldName(stemOf(nameOf(path))))
  })
)

/** Whether a name lets a file be any of the media: only such files need to be probed. */
export function namesFit(media: readonly TimelineMedia[]): (fileName: string) => boolean {
  const whole = new Set<string>()
  const stems = new Set<string>()
  let any = false
  for (const one of media) {
    const wanted = wantedNames(one)
    any ||= wanted.length === 0
    for (const name of wanted) {
      whole.add(name)
      if (one.path === null) stems.add(name)
    }
  }
  return (fileName) => any || whole.has(foldName(fileName)) || stems.has(foldName(stemOf(fileName)))
}

/** Names that a file may have, folded; none where the edit knows only a reel. */
function wantedNames(media: TimelineMedia): string[] {
  if (media.path !== null) {
    // A URL may hold the name percent-encoded or plain.
    const last = media.path.split(/[/\\]/).findLast((part) => part !== '') ?? ''
    return [...new Set([lastComponent(media.path) ?? '', decoded(last), last].map(foldName))]
  }
  const names = [media.name, ...media.aliases].filter((name) => name !== media.reel)
  return names.flatMap((name) => {
    const folded = foldName(name)
    // A master clip is often named after its file, with or without the ending.
    return endingOf(name) === '' ? [folded] : [folded, foldName(stemOf(name))]
  })
}

/** What of the edit a file proves or contradicts. */
export function compareFile(
  media: TimelineMedia,
  file: IndexedFile
): { evidence: Evidence[]; conflicts: Conflict[] } {
  const evidence: Evidence[] = []
  const conflicts: Conflict[] = []
  const note = (what: Evidence & Conflict, verdict: boolean | null): void => {
    if (verdict === true) evidence.push(what)
    if (verdict === false) conflicts.push(what)
  }
  if (wantedNames(media).length > 0) evidence.push('name')
  note('reel', sameReel(media.reel, file.reel))
  note('timecode', sameTimecode(media, file))
  note('duration', sameDuration(media, file))
  if (media.rate !== null && file.rate !== null && media.video && !equal(media.rate, file.rate)) {
    conflicts.push('rate')
  }
  return { evidence, conflicts }
}

/** EDLs cut reels to 8 characters, so a reel of that length may be the beginning of the file's. */
function sameReel(wanted: string | null, there: string | null): boolean | null {
  if (wanted === null || there === null || there === '') return null
  const [left, right] = [foldName(wanted), foldName(there)]
  return left === right || (left.length >= 8 && right.startsWith(left))
}

/** The start where the edit tells one (0 is what exporters write where they know none), else the used ranges. */
function sameTimecode(media: TimelineMedia, file: IndexedFile): boolean | null {
  const start = startOf(file)
  if (start === null) return null
  if (media.startTime !== null) return media.startTime.num === 0 ? null : equal(media.startTime, start)
  return coversUses(media, file, start)
}

const startOf = (file: IndexedFile): Rational | null =>
  file.startTimecode === null || file.rate === null ? null : timecodeToTime(file.startTimecode, file.rate)

/** Whether everything that is used by timecode lies in the file. */
function coversUses(media: TimelineMedia, file: IndexedFile, start: Rational): boolean | null {
  const { rate, duration } = file
  const drop = file.startTimecode !== null && isDropFrame(file.startTimecode)
  if (rate === null || duration === null) return null
  const end = add(start, duration)
  let known: boolean | null = null
  for (const { range } of media.uses) {
    if (range === null || range.clock === 'first-frame') continue
    const from = range.clock === 'timecode' ? timecodeToTime(range.from, rate, drop) : range.start
    const to =
      range.clock === 'timecode' ? timecodeToTime(range.to, rate, drop) : add(range.start, range.duration)
    if (from === null || to === null || compare(from, start) < 0 || compare(to, end) > 0) return false
    known = true
  }
  return known
}

/** A file of another length is another file, but for the frame that programs count differently. */
function sameDuration(media: TimelineMedia, file: IndexedFile): boolean | null {
  if (media.duration === null || file.duration === null) return null
  const tolerance = file.rate ?? media.rate ?? { num: 24, den: 1 }
  const difference = subtract(media.duration, file.duration)
  const absolute = { num: Math.abs(difference.num), den: difference.den }
  return compare(absolute, { num: tolerance.den, den: tolerance.num }) <= 0
}

/** How many folders above the file are named alike, from the file upwards. */
export function sharedFolders(media: TimelineMedia, file: IndexedFile): number {
  if (media.path === null) return 0
  const counts = readLocations(media.path).map((written) => {
    const wanted = written.components.slice(0, -1).map(foldName).reverse()
    const there = (readLocations(file.path)[0]?.components ?? []).slice(0, -1).map(foldName).reverse()
    const at = wanted.findIndex((name, index) => name !== there[index])
    return at === -1 ? wanted.length : at
  })
  return Math.max(0, ...counts)
}
