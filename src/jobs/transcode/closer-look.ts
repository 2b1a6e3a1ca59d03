import { type RunSettings, whyNotAllDecodes, whyPoor } from '../../media/index.ts'
import type { JobRecord, Storage, UnitRange } from '../../model/index.ts'
import { fromStorage } from './errors.ts'
import { chunkOf, factsOf } from './task-payload.ts'

export interface CloserLook {
  runSettings: RunSettings
  storage: Storage
  signal: AbortSignal
}

/**
 * What a preset's `verify: decode` and `verify: quality` ask beyond the usual checks of a file.
 * @param made how many frames the file has, and of which range of the source; null: all of it
 * @returns what is wrong, in words for a log, or null
 * @throws MediaError, TranscodeError when nothing could be found out
 */
export async function whyNotOnCloserLook(
  { runSettings, storage, signal }: CloserLook,
  path: string,
  job: JobRecord,
  made: { frames: number; range: UnitRange | null }
): Promise<string | null> {
  const { frames, range } = made
  const facts = factsOf(job)
  const { preset, source: ref } = facts.request
  if (preset.verify === 'standard') return null
  const why = await whyNotAllDecodes(runSettings, path, frames, signal)
  if (why !== null || preset.verify === 'decode') return why
  const source = await fromStorage(() => storage.resolve(ref))
  const { videoIndex, picture } = facts.plan
  const original = range === null ? { whole: { videoIndex, picture } } : { range: chunkOf(job, facts, range) }
  return whyPoor(runSettings, path, { source, ...original }, { floor: preset.qualityFloor, signal })
}
