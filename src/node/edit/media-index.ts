import type { StreamFacts } from '../../jobs/transcode/index.ts'
import { isVideo } from '../../model/index.ts'
import { type IndexedFile, namesFit, rational, type TimelineMedia } from '../../timeline/index.ts'
import type { MediumOfEdit } from './clips.ts'
import type { EditCollaborators, SearchProgress } from './types.ts'

interface IndexTools extends Pick<EditCollaborators, 'roots' | 'search'> {
  /** Null for what cannot be probed. */
  facts: (path: string) => Promise<StreamFacts | null>
}

/** Files under the roots that may be what is looked for, probed. */
export async function indexFor(
  pending: readonly MediumOfEdit[],
  alsoIn: readonly string[],
  { roots: rootsOf, search, facts }: IndexTools,
  signal: AbortSignal,
  onProgress: (progress: SearchProgress) => void
): Promise<{ index: IndexedFile[]; notes: string[] }> {
  if (pending.length === 0) return { index: [], notes: [] }
  const roots = await rootsOf()
  const hidden = roots.filter(({ visible }) => !visible)
  const notes = hidden.map(
    ({ name, reason }) => `The root ${name} was not searched: ${reason ?? 'it is away'}`
  )
  const folders = [...alsoIn, ...roots.filter(({ visible }) => visible).map(({ path }) => path)]
  if (roots.length === 0 && folders.length === 0) {
    notes.push('No root is declared here, so nothing is looked for by its name.')
  }
  if (folders.length === 0) return { index: [], notes }
  const named = namesFit(pending.filter(({ medium }) => !knownByReelOnly(medium)).map(({ medium }) => medium))
  const anyVideo = pending.some(({ medium }) => knownByReelOnly(medium))
  const found = await search(
    folders,
    (name) => named(name) || (anyVideo && isVideo(name)),
    signal,
    (done) => onProgress({ what: 'search', done, of: null })
  )
  if (found.cut !== null) notes.push(`The search was cut short: ${found.cut}.`)
  if (found.unread.length > 0) {
    const [first] = found.unread
    const more = found.unread.length > 1 ? ` (and ${found.unread.length - 1} more)` : ''
    notes.push(`Not searched: ${first!.folder}: ${first!.reason}${more}`)
  }
  return { index: await probeAll(found.paths, facts, onProgress), notes }
}

async function probeAll(
  paths: readonly string[],
  factsOf: IndexTools['facts'],
  onProgress: (progress: SearchProgress) => void
): Promise<IndexedFile[]> {
  const index: IndexedFile[] = []
  for (let at = 0; at < paths.length; at += probesAtOnce) {
    onProgress({ what: 'probe', done: at, of: paths.length })
    const portion = paths.slice(at, at + probesAtOnce)
    const facts = await Promise.all(portion.map(factsOf))
    portion.forEach((path, i) => {
      const known = facts[i]
      // What is no video is no candidate.
      if (known) index.push(indexedFile(path, known))
    })
  }
  return index
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
