import { locationKey } from '../location.ts'
import { foldName, lastComponent, stemOf } from '../names.ts'
import { equal } from '../rational.ts'
import type { FileFacts } from '../used-frames.ts'
import type { ResolveClip } from './clips.ts'
import { sameStart } from './linkable.ts'

/** Which source a file is the proxy of, by the absolute paths that Resolve writes. */
export type ProxyMatch =
  | { kind: 'one'; sourcePath: string }
  | { kind: 'none' }
  /** Several clips have such a name, and the file fits all of them, or none. */
  | { kind: 'ambiguous'; sourcePaths: string[] }

/** What stands between a source's name and what somebody added to it: `A001_proxy`, `A001 (1)`. */
const separator = /^[\s._()[\]-]/

/**
 * Finds the clip that a file is a proxy of: the one of the same name but for its ending, else the one whose name it
 * begins with. Of several with such a name, the one whose rate, length and start are the file's; never a guess.
 * @param path absolute; a file that is itself the source of a clip is nobody's proxy
 * @param facts reads the file, when its name alone does not tell
 */
export async function matchProxy(
  path: string,
  clips: readonly ResolveClip[],
  facts: () => Promise<FileFacts | null>
): Promise<ProxyMatch> {
  const sources = sourcesOf(clips)
  if (sources.has(locationKey(path))) return { kind: 'none' }
  const named = fitting(stem(path), [...sources.values()])
  if (named.length <= 1) return named[0] === undefined ? { kind: 'none' } : one(named[0])
  const file = await facts()
  const alike = file === null ? [] : named.filter((clip) => isLike(clip, file))
  if (alike.length === 1 && alike[0] !== undefined) return one(alike[0])
  return { kind: 'ambiguous', sourcePaths: named.map((clip) => clip.path) }
}

type FileClip = ResolveClip & { path: string }

const one = ({ path }: FileClip): ProxyMatch => ({ kind: 'one', sourcePath: path })

/** One clip a file: clips that were imported twice are one source. */
function sourcesOf(clips: readonly ResolveClip[]): Map<string, FileClip> {
  const sources = new Map<string, FileClip>()
  for (const clip of clips) if (hasPath(clip)) sources.set(locationKey(clip.path), clip)
  return sources
}

const hasPath = (clip: ResolveClip): clip is FileClip => clip.path !== null

function fitting(wanted: string, clips: readonly FileClip[]): FileClip[] {
  const same = clips.filter((clip) => stem(clip.path) === wanted)
  if (same.length > 0) return same
  const begun = clips.filter((clip) => {
    const name = stem(clip.path)
    return name !== '' && wanted.startsWith(name) && separator.test(wanted.slice(name.length))
  })
  const longest = Math.max(0, ...begun.map((clip) => stem(clip.path).length))
  return begun.filter((clip) => stem(clip.path).length === longest)
}

const stem = (path: string): string => foldName(stemOf(lastComponent(path) ?? ''))

/** By what Resolve tells of the clip; what it does not tell speaks for nothing. */
function isLike({ rate, frameCount, startTimecode }: ResolveClip, file: FileFacts): boolean {
  if (rate !== null && !equal(rate, file.rate)) return false
  if (frameCount !== null && frameCount !== file.frameCount) return false
  return startTimecode === null || sameStart(file, { rate: file.rate, frameCount: 0, startTimecode })
}
