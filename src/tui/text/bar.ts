import type { Paint } from './terminal.ts'

export interface BarStyle {
  ascii: boolean
  paint: Paint
}

/** A bar of `width` cells. It is full only when all is done. */
export function bar(done: number, total: number, width: number, { ascii, paint }: BarStyle): string {
  const filled = total > 0 ? Math.floor(Math.min(1, Math.max(0, done / total)) * width) : 0
  const [full, empty] = ascii ? ['#', '-'] : ['█', '░']
  return (
    paint('busy', (full as string).repeat(filled)) + paint('faint', (empty as string).repeat(width - filled))
  )
}

const levels = '▁▂▃▄▅▆▇█'

/** The newest `width` values as bars of eight heights, against their own highest; a value of 0 is the lowest bar. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width)
  const highest = Math.max(1, ...shown)
  return shown.map((value) => levels[Math.min(7, Math.floor((value / highest) * 7.999))]).join('')
}
