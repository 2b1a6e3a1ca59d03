import { distance } from 'fastest-levenshtein'

/** The known name that `typed` was probably meant to be, or null when none is near. */
export function nearest(typed: string, known: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Number.POSITIVE_INFINITY
  for (const name of known) {
    const d = distance(typed.toLowerCase(), name.toLowerCase())
    if (d < bestDistance) {
      best = name
      bestDistance = d
    }
  }
  // A third of the letters may be wrong, and at least two.
  return bestDistance <= Math.max(2, Math.floor(typed.length / 3)) ? best : null
}
