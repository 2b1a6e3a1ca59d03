import type { UnitRange } from '../model/index.ts'

/** How many units the ranges hold together. */
export function countUnits(ranges: readonly UnitRange[]): number {
  let units = 0
  for (const range of ranges) units += range.end - range.start
  return units
}

/**
 * `ranges` (ascending, disjoint) without `cut`.
 * Null when `cut` is empty or does not lie wholly inside one of them: each unit is handed out once.
 */
export function without(ranges: readonly UnitRange[], cut: UnitRange): UnitRange[] | null {
  if (cut.end <= cut.start) return null
  const at = ranges.findIndex((range) => range.start <= cut.start && cut.end <= range.end)
  const home = ranges[at]
  if (!home) return null
  const pieces: UnitRange[] = []
  if (home.start < cut.start) pieces.push({ start: home.start, end: cut.start })
  if (cut.end < home.end) pieces.push({ start: cut.end, end: home.end })
  return [...ranges.slice(0, at), ...pieces, ...ranges.slice(at + 1)]
}
