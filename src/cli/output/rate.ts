/** `24000/1001` as `23.976`. */
export function shownRate(rate: string | null): string {
  const [num = 0, den = 1] = (rate ?? '').split('/').map(Number)
  return num > 0 ? String(Math.round((num / den) * 1000) / 1000) : ''
}
