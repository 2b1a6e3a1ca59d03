/**
 * How long to wait before the next try: doubling from `minMs` to `maxMs`, a quarter more or less so that many nodes do
 * not knock in step. `failures` counts from 1; `random` is in [0, 1).
 */
export function backoffMs(
  failures: number,
  limits: { minMs: number; maxMs: number },
  random: () => number
): number {
  const plain = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(30, Math.max(0, failures - 1)))
  return Math.round(plain * (0.75 + random() * 0.5))
}
