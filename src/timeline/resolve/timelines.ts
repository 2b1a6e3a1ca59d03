import { type Rational, rateFromDecimal } from '../rational.ts'
import type { ToldTimeline } from './messages.ts'

/** A timeline of Resolve's open project, for a list to choose from. */
export interface ResolveTimeline {
  /** From 1, as Resolve counts; changes when timelines are added or removed. */
  index: number
  /** Null in versions that have none (before 18). */
  id: string | null
  name: string
  /** The one that is open. */
  current: boolean
  rate: Rational | null
  startTimecode: string | null
  /** Clips, titles and generators on tracks. */
  videoItems: number
  audioItems: number
}

export const toTimeline = (told: ToldTimeline): ResolveTimeline => ({
  index: told.index ?? 0,
  id: told.id,
  name: told.name ?? `timeline ${told.index ?? 0}`,
  current: told.current,
  rate: toldRate(told.rate),
  startTimecode: told.startTimecode,
  videoItems: told.videoItems,
  audioItems: told.audioItems
})

/** `23.976`, `"29.97"`, `"29.97 DF"`. */
export const toldRate = (told: ToldTimeline['rate']): Rational | null =>
  rateFromDecimal(Number.parseFloat(String(told)))
