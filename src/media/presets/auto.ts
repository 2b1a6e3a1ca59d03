import { MediaError } from '../errors.ts'
import type { SourceStreams } from '../source.ts'
import { listPresets, type ResolvedPreset } from './load.ts'
import { type Match, type MatchFacts, matchFacts, shown, whyNoMatch } from './match.ts'

/** A preset that was chosen by its `match`, and why, in words that stand in brackets. */
export interface ChosenPreset extends ResolvedPreset {
  why: string
}

type Candidate = ResolvedPreset & { match: Match }

/**
 * Chooses among presets that have a `match`. Where a folder has any, those of later folders are not looked at: who
 * writes rules of their own wants no others. Of those that match, the highest `priority` wins, then the one with most
 * conditions, then the first by name.
 * @throws MediaError `no-match`: none has rules, or none fits
 */
export async function choosePreset(source: SourceStreams, folders: readonly string[]): Promise<ChosenPreset> {
  const facts = matchFacts(source)
  const listings = await listPresets(folders)
  for (const folder of folders) {
    const candidates = listings.flatMap((listing): Candidate[] => {
      const { resolved } = listing
      return listing.folder === folder && resolved?.match ? [{ ...resolved, match: resolved.match }] : []
    })
    if (candidates.length > 0) return choose(candidates, facts)
  }
  throw new MediaError(
    'no-match',
    'no preset has `match` rules, by which `--preset auto` chooses',
    'Name a preset, or give one of yours a `match` (docs/presets.md).'
  )
}

function choose(candidates: readonly Candidate[], facts: MatchFacts): ChosenPreset {
  const [best] = candidates.filter(({ match }) => whyNoMatch(match, facts) === null).sort(byRank)
  if (best) return { ...best, why: whyOf(best.match) }
  const reasons = candidates
    .slice(0, maxTold)
    .map(({ preset, match }) => `${preset.name}: ${whyNoMatch(match, facts)}`)
  const more = candidates.length > maxTold ? `; and ${candidates.length - maxTold} more` : ''
  throw new MediaError(
    'no-match',
    `no preset matches ${facts.path} (${described(facts)}): ${reasons.join('; ')}${more}`,
    'Name a preset, or give one of yours a `match` that fits (docs/presets.md).'
  )
}

const maxTold = 4

const byRank = (a: Candidate, b: Candidate): number =>
  b.priority - a.priority ||
  Object.keys(b.match).length - Object.keys(a.match).length ||
  (a.preset.name < b.preset.name ? -1 : 1)

const whyOf = (match: Match): string =>
  Object.entries(match)
    .map(([key, wanted]) => `${key} ${shown(wanted)}`)
    .join(', ')

const described = ({ width, height, codec, fps }: MatchFacts): string =>
  `${width}x${height}, ${codec}${fps === null ? '' : `, ${Number(fps.toFixed(3))} fps`}`
