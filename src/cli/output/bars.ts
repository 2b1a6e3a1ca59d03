import stringWidth from 'string-width'
import { isEnded, type JobView } from '../../model/index.ts'
import { type BarStyle, bar } from '../../tui/text/bar.ts'
import { baseName, clean, count, fitText, formatDuration, formatFps, formatPercent, pad } from './format.ts'

export interface ViewSize {
  columns: number
  rows: number
}

export type ViewStyle = BarStyle

const percentWidth = 4
const tasksWidth = 9
const detailWidth = 9
const leftWidth = 8
const minBarWidth = 10
const maxNameWidth = 32

/**
 * The live view of some jobs: a bar for each one under way, as many as fit, and a summing line. Pure: never more
 * than `rows - 1` lines (the cursor stands below) nor wider than `columns - 1` (no terminal wraps).
 */
export function renderBars(jobs: readonly JobView[], size: ViewSize, style: ViewStyle): string[] {
  const columns = Math.max(1, size.columns - 1)
  const room = Math.max(1, size.rows - 1)
  const underWay = jobs.filter(isUnderWay)
  const shown = underWay.length <= room - 1 ? underWay : underWay.slice(0, Math.max(0, room - 2))
  const nameWidth = Math.min(
    maxNameWidth,
    Math.max(0, ...shown.map((job) => stringWidth(clean(baseName(job.source)))))
  )
  const lines = shown.map((job) => jobLine(job, { columns, nameWidth, style }))
  const hidden = underWay.length - shown.length
  if (hidden > 0 && room > 1)
    lines.push(fitText(`${style.ascii ? '...' : '…'} and ${hidden} more under way`, columns))
  lines.push(fitText(summaryLine(jobs), columns))
  return lines.slice(-room)
}

const isUnderWay = (job: JobView): boolean =>
  !isEnded(job.status) && job.status !== 'queued' && job.status !== 'paused'

function jobLine(job: JobView, layout: { columns: number; nameWidth: number; style: ViewStyle }): string {
  const { columns, style } = layout
  const { units, totalUnits } = job.progress
  const percent = pad(formatPercent(units, totalUnits), percentWidth, 'right')
  const detail = job.status === 'active' ? formatFps(job.progress.fps) : job.status
  // The least important go first as the terminal narrows.
  const optional = [
    { text: pad(formatDuration(job.progress.leftMs), leftWidth, 'right'), minColumns: 50 },
    { text: pad(detail, detailWidth, 'right'), minColumns: 62 },
    { text: pad(`${job.tasks.done}/${job.tasks.total}`, tasksWidth, 'right'), minColumns: 74 }
  ].filter(({ minColumns }) => columns >= minColumns)
  const tail = [percent, ...optional.toReversed().map(({ text }) => text)].join('  ')
  const rest = columns - tail.length - 2
  const nameWidth = Math.max(0, Math.min(layout.nameWidth, rest - minBarWidth - 2))
  if (nameWidth < 4) return fitText(`${clean(baseName(job.source))} ${percent.trim()}`, columns, 'middle')
  const name = pad(fitText(clean(baseName(job.source)), nameWidth, 'middle'), nameWidth)
  const barWidth = Math.min(60, rest - nameWidth - 2)
  return `${name}  ${bar(units, totalUnits, barWidth, style)}  ${tail}`.trimEnd()
}

/** `3 of 12 done, 1 failed, 2 under way, 6 waiting   412 fps   left 3:12`. */
export function summaryLine(jobs: readonly JobView[]): string {
  const number = (test: (job: JobView) => boolean) => jobs.filter(test).length
  const parts = [
    jobs.length === 1 ? `${number((job) => job.status === 'completed')} of 1 done` : doneOf(jobs),
    told(
      number((job) => job.status === 'failed'),
      'failed'
    ),
    told(
      number((job) => job.status === 'canceled'),
      'canceled'
    ),
    told(number(isUnderWay), 'under way'),
    told(
      number((job) => job.status === 'queued'),
      'waiting'
    ),
    told(
      number((job) => job.status === 'paused'),
      'paused'
    )
  ].filter((part) => part !== '')
  const fps = jobs.reduce((sum, job) => sum + (isEnded(job.status) ? 0 : job.progress.fps), 0)
  const left = leftMs(jobs, fps)
  return [parts.join(', '), formatFps(fps), left === null ? '' : `left ${formatDuration(left)}`]
    .filter((part) => part !== '')
    .join('   ')
}

const doneOf = (jobs: readonly JobView[]): string =>
  `${jobs.filter((job) => job.status === 'completed').length} of ${count(jobs.length, 'job')} done`

const told = (n: number, what: string): string => (n > 0 ? `${n} ${what}` : '')

/** Time until all have ended at the speed of now; null while that cannot be told. */
function leftMs(jobs: readonly JobView[], fps: number): number | null {
  const open = jobs.filter((job) => !isEnded(job.status) && job.status !== 'paused')
  if (open.length === 0 || fps <= 0 || open.some((job) => job.progress.totalUnits === 0)) return null
  const units = open.reduce((sum, job) => sum + Math.max(0, job.progress.totalUnits - job.progress.units), 0)
  return (units / fps) * 1000
}
