import type { Places } from '../files.ts'
import { formatLocation, isAbsolute, type Location, readLocations, readPath } from '../location.ts'
import type { TimelineMedia } from '../model.ts'
import {
  type Conflict,
  compareFile,
  type Evidence,
  type IndexedFile,
  namedAlike,
  sharedFolders
} from './candidates.ts'
import { lookUp, type OnDisk } from './on-disk.ts'
import { mapLocation, type PathMap } from './path-map.ts'

/** What became of the search for one medium; nothing of it is a guess that is not told. */
export type MediaOutcome =
  | { status: 'found'; path: string; how: 'path' | 'beside-timeline' | 'map' }
  /** By what the file is, not by where it is. `evidence` holds only `name` where nothing else could be compared. */
  | { status: 'found'; path: string; how: 'index'; evidence: Evidence[] }
  /** `similar`: files that fit by name, and what speaks against each. */
  | { status: 'missing'; similar: { path: string; conflicts: Conflict[] }[] }
  | { status: 'ambiguous'; candidates: { path: string; evidence: Evidence[] }[] }

export interface FindSettings {
  /** Where relative paths of the timeline start; null for none. */
  timelineFolder: string | null
  maps: readonly PathMap[]
  /** Of the machine that looks. */
  system: Location['system']
}

/**
 * Finds one medium by its path as written, then by the path maps, then in the index by name, reel, timecode and length.
 * @param index what the caller found under the roots, probed where `namesFit`
 */
export async function findMedia(
  media: TimelineMedia,
  settings: FindSettings,
  files: Places,
  index: readonly IndexedFile[]
): Promise<MediaOutcome> {
  const byPath = await findByPath(media, settings, files)
  return byPath ?? findInIndex(media, index)
}

/** By path and path maps only; null when nothing is there. To be asked before anything is indexed. */
export async function findByPath(
  media: TimelineMedia,
  settings: FindSettings,
  files: Places
): Promise<MediaOutcome | null> {
  const locations = media.path === null ? [] : readLocations(media.path)
  for (const location of locations) {
    const isWhole = isAbsolute(location)
    const local = isWhole ? location : besideTimeline(location, settings)
    if (local === null || local.system !== settings.system) continue
    const volume = formatLocation({ ...local, components: [] })
    const outcome = told(await lookUp(volume, local.components, files), isWhole ? 'path' : 'beside-timeline')
    if (outcome !== null) return outcome
  }
  for (const location of locations) {
    const there: OnDisk[] = []
    for (const mapped of mapLocation(location, settings.maps)) {
      there.push(await lookUp(mapped.to, mapped.components, files))
    }
    const outcome = told(merged(there), 'map')
    if (outcome !== null) return outcome
  }
  return null
}

const besideTimeline = (location: Location, settings: FindSettings): Location | null =>
  settings.timelineFolder === null
    ? null
    : readPath(`${settings.timelineFolder}/${location.components.join('/')}`)

function told(found: OnDisk, how: 'path' | 'beside-timeline' | 'map'): MediaOutcome | null {
  if (found.status === 'missing') return null
  if (found.status === 'found') return { status: 'found', path: found.path, how }
  return {
    status: 'ambiguous',
    candidates: found.paths.map((path) => ({ path, evidence: ['name' as const] }))
  }
}

function merged(all: readonly OnDisk[]): OnDisk {
  const paths = new Set(
    all.flatMap((one) => (one.status === 'found' ? [one.path] : one.status === 'ambiguous' ? one.paths : []))
  )
  const [path] = paths
  if (path === undefined) return { status: 'missing' }
  return paths.size === 1 ? { status: 'found', path } : { status: 'ambiguous', paths: [...paths] }
}

/**
 * In an index: files whose name fits and that nothing speaks against. One is taken; of several the one that alone
 * agrees with the folders of the written path; else all are candidates, for a person to choose from.
 */
export function findInIndex(media: TimelineMedia, index: readonly IndexedFile[]): MediaOutcome {
  const named = namedAlike(media, index).map((file) => ({ file, ...compareFile(media, file) }))
  const fitting = named.filter(({ evidence, conflicts }) => conflicts.length === 0 && isEnough(evidence))
  const [only] = fitting
  if (only === undefined) {
    const similar = named.filter(({ evidence }) => evidence.includes('name') || evidence.includes('reel'))
    return {
      status: 'missing',
      similar: similar.map(({ file, conflicts }) => ({ path: file.path, conflicts }))
    }
  }
  if (fitting.length === 1) {
    return { status: 'found', path: only.file.path, how: 'index', evidence: only.evidence }
  }
  const shared = fitting.map((one) => ({ one, folders: sharedFolders(media, one.file) }))
  const most = Math.max(...shared.map(({ folders }) => folders))
  const nearest = shared.filter(({ folders }) => folders === most)
  if (most > 0 && nearest.length === 1) {
    const { file, evidence } = nearest[0]!.one
    return { status: 'found', path: file.path, how: 'index', evidence: [...evidence, 'folders'] }
  }
  return {
    status: 'ambiguous',
    candidates: fitting.map(({ file, evidence }) => ({ path: file.path, evidence }))
  }
}

/** A reel alone names a whole day's shooting: without a name the timecode must agree too. */
const isEnough = (evidence: readonly Evidence[]): boolean =>
  evidence.includes('name') || (evidence.includes('reel') && evidence.includes('timecode'))
