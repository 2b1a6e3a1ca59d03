import type { FrameFacts } from '../../jobs/transcode/index.ts'
import type { ClipLine } from '../../model/index.ts'
import type { MediumOfEdit } from './clips.ts'
import { doubtAbout, partsUsed } from './parts.ts'
import type { SearchProgress } from './types.ts'

/**
 * Gives the lines of found files the parts of them that all chosen sequences together use.
 * @param framesOf null for what cannot be read: the node says why when it is queued
 * @returns what is queued whole all the same, and why; what a file does not hold that is used of it
 */
export async function cutParts(
  media: readonly MediumOfEdit[],
  clips: readonly ClipLine[],
  handlesMs: number,
  framesOf: (source: string) => Promise<FrameFacts | null>,
  onProgress: (progress: SearchProgress) => void
): Promise<string[]> {
  const notes: string[] = []
  const bySource = Map.groupBy(clips.entries(), ([, { status, source }]) =>
    status === 'found' ? source : null
  )
  bySource.delete(null)
  for (const [done, [source, entries]] of [...bySource].entries()) {
    if (source === null) continue
    onProgress({ what: 'read', done, of: bySource.size })
    const facts = await framesOf(source)
    if (facts === null) continue
    if (facts.uneven !== null) notes.push(`${source} is queued whole: ${facts.uneven}`)
    else {
      const uses = entries.map(([at]) => media[at]!.medium)
      const parts = partsUsed(uses, facts, handlesMs)
      const doubt = doubtAbout(uses, facts)
      if (doubt !== null) notes.push(`${source} ${doubt}`)
      for (const [, line] of entries) line.parts = parts
    }
  }
  return notes
}
