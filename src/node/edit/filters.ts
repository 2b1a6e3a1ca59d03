import { basename, matchesGlob } from 'node:path'
import type { StreamFacts } from '../../jobs/transcode/index.ts'

/** What of timelines, folders and globs is queued. Empty lists let everything through. */
export interface SourceFilters {
  /** File endings, with or without the dot; case does not count. */
  extensions: readonly string[]
  /** Frames a second. */
  rates: readonly number[]
  minDurationMs: number
  /** Patterns, any of which must fit; with a slash of the whole path, else of the file's name. Case does not count. */
  only: readonly string[]
  /** Patterns of which none may fit. */
  skip: readonly string[]
}

/** What probing a file tells of it; null where it does not. */
export interface FilterFacts {
  rate: { num: number; den: number } | null
  durationMs: number | null
}

/** 23.976 and 24000/1001 are one rate; 24 and 23.976 are not. */
const rateSlack = 0.005

/** Why a path is not to be queued, in words for a person, or null. */
export function whyNameFiltered(path: string, filters: SourceFilters): string | null {
  const ending = /\.([A-Za-z0-9]{1,16})$/.exec(path)?.[1]?.toLowerCase() ?? null
  const wanted = filters.extensions.map((extension) => extension.replace(/^\./, '').toLowerCase())
  // A name without an ending is a clip's, not a file's.
  if (wanted.length > 0 && ending !== null && !wanted.includes(ending)) {
    return `.${ending} is not among the endings ${wanted.join(', ')}`
  }
  const skipped = filters.skip.find((pattern) => matches(pattern, path))
  if (skipped !== undefined) return `skipped by ${skipped}`
  if (filters.only.length > 0 && !filters.only.some((pattern) => matches(pattern, path))) {
    return `it does not match ${filters.only.join(' or ')}`
  }
  return null
}

export const needsFacts = ({ rates, minDurationMs }: SourceFilters): boolean =>
  rates.length > 0 || minDurationMs > 0

/** Why a file with these facts is not to be queued, or null. What is not known lets it through. */
export function whyFactsFiltered(
  { rate, durationMs }: FilterFacts,
  { rates, minDurationMs }: SourceFilters
): string | null {
  const fps = rate === null ? null : rate.num / rate.den
  if (fps !== null && rates.length > 0 && !rates.some((wanted) => Math.abs(wanted - fps) < rateSlack)) {
    return `${Math.round(fps * 1000) / 1000} fps is not among the rates ${rates.join(', ')}`
  }
  if (durationMs !== null && durationMs < minDurationMs) {
    return `${durationMs / 1000} s is shorter than ${minDurationMs / 1000} s`
  }
  return null
}

function matches(pattern: string, path: string): boolean {
  const text = path.replaceAll('\\', '/').normalize('NFC').toLowerCase()
  const whole = pattern.includes('/')
  return matchesGlob(whole ? text : basename(text), pattern.normalize('NFC').toLowerCase())
}

/** The first reason that a filter has against a name. */
export const whyAnyName = (filters: readonly SourceFilters[], path: string): string | null =>
  firstOf(filters, (filter) => whyNameFiltered(path, filter))

/** The first reason that a filter has against a file's facts. */
export const whyAnyFacts = (
  filters: readonly SourceFilters[],
  { rate, duration }: Pick<StreamFacts, 'rate' | 'duration'>
): string | null => {
  const facts = {
    rate: rate.num === 0 ? null : rate,
    durationMs: duration === null ? null : Math.round((duration.num * 1000) / duration.den)
  }
  return firstOf(filters, (filter) => whyFactsFiltered(facts, filter))
}

function firstOf(
  filters: readonly SourceFilters[],
  why: (filter: SourceFilters) => string | null
): string | null {
  for (const filter of filters) {
    const reason = why(filter)
    if (reason !== null) return reason
  }
  return null
}
