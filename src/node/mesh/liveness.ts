export type Vitality = 'alive' | 'suspect' | 'lost'

/**
 * Suspect after 2 missed statuses, lost after 3 (DESIGN section 6). Half an interval is allowed for the way.
 * `silentMs` is the time since the last byte.
 */
export function vitalityOf(silentMs: number, statusMs: number): Vitality {
  if (silentMs > 3.5 * statusMs) return 'lost'
  return silentMs > 2.5 * statusMs ? 'suspect' : 'alive'
}

/**
 * Whether this process itself stood still between two looks at the clock (a suspended laptop, a frozen container):
 * then nobody's silence proves anything.
 */
export const stoodStill = (sinceLastLookMs: number, lookEveryMs: number, statusMs: number): boolean =>
  sinceLastLookMs > lookEveryMs + statusMs
