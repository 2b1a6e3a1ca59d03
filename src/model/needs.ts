import type { RootId } from './ids.ts'

/** What a node must have to be given a task of a job. */
export interface Needs {
  /** ffmpeg encoders that must have passed their trial there, e.g. `dnxhd`. */
  encoders: readonly string[]
  /** Roots that must be visible (proved by their markers). */
  roots: readonly RootId[]
  /** Tags that the node must carry. */
  tags: readonly string[]
  /** `major.minor` of ffmpeg, or null where any will do: mixed builds do not give equal packets. */
  ffmpeg: string | null
  /** Only the owner itself may run it (a source outside every root, a join). */
  ownerOnly: boolean
}

/** The part of a node's capacity that needs are held against. */
export interface Fitness {
  encoders: readonly string[]
  roots: readonly RootId[]
  tags: readonly string[]
  /** Full ffmpeg version, e.g. `5.1.9-0+deb12u1`; null when the node has none. */
  ffmpegVersion: string | null
}

/** `5.1` of `5.1.9-0+deb12u1` or `n5.1.2`; the whole text when it has no such shape (git builds). */
export function ffmpegSeries(version: string): string {
  const known = knownSeries.get(version)
  if (known !== undefined) return known
  const series = /^n?(\d+\.\d+)/.exec(version)?.[1] ?? version
  // A mesh has a handful of them; but peers say what they like.
  if (knownSeries.size >= 64) knownSeries.clear()
  knownSeries.set(version, series)
  return series
}

/** Every offer of every status is held against a version, mostly the same one. */
const knownSeries = new Map<string, string>()

/** The first reason why a node does not fit, in words for a person, or null when it fits. */
export function whyUnfit(needs: Needs, node: Fitness, isOwner: boolean): string | null {
  if (needs.ownerOnly && !isOwner) return 'only the owner can reach the files'
  if (node.ffmpegVersion === null) return 'it has no ffmpeg'
  if (needs.ffmpeg !== null && ffmpegSeries(node.ffmpegVersion) !== needs.ffmpeg) {
    return `its ffmpeg is ${node.ffmpegVersion}, the job needs ${needs.ffmpeg}`
  }
  for (const encoder of needs.encoders) {
    if (!node.encoders.includes(encoder)) return `its ffmpeg has no working encoder ${encoder}`
  }
  for (const root of needs.roots) if (!node.roots.includes(root)) return `it does not see root ${root}`
  for (const tag of needs.tags) if (!node.tags.includes(tag)) return `it does not carry tag ${tag}`
  return null
}
