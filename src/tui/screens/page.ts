import type { TaskView } from '../../model/index.ts'
import type { Overlay } from '../state.ts'
import { clean, column, fitText, formatDuration } from '../text/format.ts'
import type { Shade } from '../text/terminal.ts'
import { wrap } from '../text/wrap.ts'
import type { Body } from './lists.ts'

/** An overlay of one kind. */
export type Of<K extends Overlay['kind']> = Extract<Overlay, { kind: K }>

/** `name      value` with the value cut to fit. */
export const factLine = (name: string, value: string, width: number): string =>
  fitText(` ${column(name, 10)}${clean(value)}`, width)

/** A fact whose value may take several lines. */
export const wrapped = (name: string, value: string, width: number): string[] =>
  wrap(value, Math.max(8, width - 12)).map((line, i) => ` ${column(i === 0 ? name : '', 10)}${line}`)

/** Lines of a page that can be scrolled: `top` is held within them. */
export function page(lines: readonly string[], top: number, { height, width, style }: Body): string[] {
  const first = Math.max(0, Math.min(top, lines.length - height))
  const shown = lines.slice(first, first + height)
  const more = lines.length - first - height
  if (more > 0) shown[height - 1] = style.paint('faint', fitText(` … ${more + 1} lines more: ↓`, width))
  return shown
}

/** `, took 0:42`; empty while it lasts. */
export const tookOf = (from: string, to: string | null): string =>
  to === null ? '' : `, took ${formatDuration(Date.parse(to) - Date.parse(from))}`

/** How the states of a task are drawn. */
export const taskShades: Readonly<Record<TaskView['status'], Shade>> = {
  waiting: 'faint',
  ready: 'faint',
  leased: 'busy',
  done: 'good',
  failed: 'bad',
  canceled: 'warn'
}
