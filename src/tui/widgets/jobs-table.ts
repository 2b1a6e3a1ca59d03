import stringWidth from 'string-width'
import { isEnded, type JobRow, type JobStatus } from '../../model/index.ts'
import { fpsOf, type Paces } from '../pace.ts'
import { type BatchSum, batchSum, type JobLine } from '../selectors.ts'
import { bar } from '../text/bar.ts'
import { baseName, clean, column, fitText, formatLeft, formatPercent } from '../text/format.ts'
import type { Style } from '../text/style.ts'
import type { Shade } from '../text/terminal.ts'

/** What the states of a job are called where there is little room. */
export const stateWords: Readonly<Record<JobStatus, { word: string; shade: Shade }>> = {
  planning: { word: 'PLAN', shade: 'faint' },
  queued: { word: 'WAIT', shade: 'faint' },
  active: { word: 'ENC', shade: 'busy' },
  joining: { word: 'JOIN', shade: 'busy' },
  verifying: { word: 'CHECK', shade: 'busy' },
  completed: { word: 'DONE', shade: 'good' },
  paused: { word: 'PAUSE', shade: 'warn' },
  failed: { word: 'FAIL', shade: 'bad' },
  canceled: { word: 'CANC', shade: 'warn' }
}

export interface JobsTableProps {
  lines: readonly JobLine[]
  /** Index of the line under the cursor; -1 in an empty list. */
  cursor: number
  selected: ReadonlySet<string>
  paces: Paces
  /** First line to show. */
  top: number
}

interface Widths {
  name: number
  bar: number
  chunks: number
  fps: number
  left: number
}

const markWidth = 4
const stateWidth = 6

/** The least important columns go first as the terminal narrows. */
function widthsAt(width: number): Widths {
  const chunks = width >= 72 ? 10 : 0
  const fps = width >= 62 ? 6 : 0
  const left = width >= 50 ? 12 : 0
  const rest = width - markWidth - stateWidth - chunks - fps - left - 7
  const barWidth = Math.max(6, Math.min(80, Math.max(Math.floor(rest * 0.4), rest - 64)))
  return { name: Math.max(8, rest - barWidth), bar: barWidth, chunks, fps, left }
}

/** The column heads of the list. */
export function jobsHead(width: number, style: Style): string {
  const at = widthsAt(width)
  const text =
    ' '.repeat(markWidth) +
    column('STATE', stateWidth) +
    column('JOB', at.name) +
    ' ' +
    column('PROGRESS', at.bar + 6) +
    (at.chunks > 0 ? column('CHUNKS', at.chunks, { align: 'right' }) : '') +
    (at.fps > 0 ? column('FPS', at.fps, { align: 'right' }) : '') +
    (at.left > 0 ? column('LEFT', at.left, { align: 'right' }) : '')
  return style.paint('faint', fitText(text, width))
}

/** The lines of the list that are in view. */
export function jobsTable(props: JobsTableProps, width: number, height: number, style: Style): string[] {
  const { lines, cursor, selected, paces, top } = props
  return lines.slice(top, top + height).map((line, i) => {
    const isAt = top + i === cursor
    return line.kind === 'batch'
      ? batchLine(line, { isAt, selected, paces, width, style })
      : jobRowLine(line.row, { isAt, inBatch: line.inBatch, selected, paces, width, style })
  })
}

interface Place {
  isAt: boolean
  selected: ReadonlySet<string>
  paces: Paces
  width: number
  style: Style
}

const mark = (isAt: boolean, isSelected: boolean, { paint }: Style): string =>
  paint('strong', ` ${isAt ? '>' : ' '}${isSelected ? '*' : ' '} `)

function jobRowLine(
  row: JobRow,
  { isAt, inBatch, selected, paces, width, style }: Place & { inBatch: boolean }
): string {
  const { job } = row
  const at = widthsAt(width)
  const { word, shade } = stateWords[job.status]
  const { paint } = style
  const head = mark(isAt, selected.has(job.id), style) + paint(shade, column(word, stateWidth))
  const name = nameOf(row, inBatch, at.name)
  const shown = isAt ? paint('strong', name) : name
  const reason = reasonOf(row)
  const rest = width - markWidth - stateWidth - at.name - 1
  if (reason !== null && job.progress.units === 0 && job.status !== 'active') {
    return `${head}${shown} ${paint(job.status === 'failed' ? 'bad' : 'faint', column(clean(reason), rest))}`
  }
  if (job.status === 'failed') return `${head}${shown} ${paint('bad', column(clean(reason ?? ''), rest))}`
  const { units, totalUnits } = job.progress
  const percent = job.status === 'completed' ? '100%' : formatPercent(units, totalUnits)
  return (
    `${head}${shown} ` +
    bar(job.status === 'completed' ? 1 : units, job.status === 'completed' ? 1 : totalUnits, at.bar, {
      ...style,
      ascii: false
    }) +
    column(percent, 6, { align: 'right' }) +
    (at.chunks > 0 ? column(chunksText(row), at.chunks, { align: 'right' }) : '') +
    (at.fps > 0 ? column(fpsText(fpsOf([row], paces)), at.fps, { align: 'right' }) : '') +
    (at.left > 0 ? column(row.left === null ? '' : formatLeft(row.left), at.left, { align: 'right' }) : '')
  )
}

/** The file's name, and the preset where there is room for both. */
function nameOf({ job }: JobRow, inBatch: boolean, width: number): string {
  const indent = inBatch ? '  ' : ''
  const name = indent + clean(baseName(job.source))
  const both = `${name} ${clean(job.preset)}`
  const priority =
    job.priority === 0 || isEnded(job.status) ? '' : ` ${job.priority > 0 ? '+' : ''}${job.priority}`
  const room = width - stringWidth(priority)
  return column(fitText(stringWidth(both) <= room ? both : name, room, 'middle') + priority, width)
}

function reasonOf({ job }: JobRow): string | null {
  if (job.status === 'failed') return job.error ?? 'it failed without a reason'
  return job.note
}

const fpsText = (fps: number): string =>
  fps > 0 ? (fps < 9.95 ? fps.toFixed(1) : String(Math.round(fps))) : ''

/** `146/~200`: the total is a guess while ranges are not yet cut. */
export function chunksText({ chunks, job }: JobRow): string {
  if (chunks === null)
    return isEnded(job.status) || job.tasks.total === 0 ? '' : `${job.tasks.done}/${job.tasks.total}`
  return `${chunks.done}/${chunks.estimated ? '~' : ''}${chunks.total}`
}

function batchLine(
  line: Extract<JobLine, { kind: 'batch' }>,
  { isAt, selected, paces, width, style }: Place
): string {
  const sum = batchSum(line.rows, paces)
  const at = widthsAt(width)
  const { paint } = style
  const { word, shade } = batchState(sum)
  const isSelected = line.rows.every(({ job }) => selected.has(job.id))
  const name = column(`${line.folded ? '▸' : '▾'} ${sum.files} files${batchNote(sum)}`, at.name)
  return (
    mark(isAt, isSelected, style) +
    paint(shade, column(word, stateWidth)) +
    paint('strong', name) +
    ' ' +
    bar(sum.units, sum.totalUnits, at.bar, { ...style, ascii: false }) +
    column(formatPercent(sum.units, sum.totalUnits), 6, { align: 'right' }) +
    (at.chunks > 0 ? column(`${sum.done}/${sum.files}`, at.chunks, { align: 'right' }) : '') +
    (at.fps > 0 ? column(fpsText(sum.fps), at.fps, { align: 'right' }) : '') +
    (at.left > 0 ? column(sum.left === null ? '' : formatLeft(sum.left), at.left, { align: 'right' }) : '')
  )
}

function batchNote({ failed, running, waiting, paused }: BatchSum): string {
  const parts = [
    failed > 0 ? `${failed} failed` : '',
    running > 0 ? `${running} under way` : '',
    waiting > 0 ? `${waiting} wait` : '',
    paused > 0 ? `${paused} paused` : ''
  ].filter((part) => part !== '')
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`
}

function batchState({ failed, running, waiting, paused, done, files }: BatchSum): {
  word: string
  shade: Shade
} {
  if (running > 0) return stateWords.active
  if (waiting > 0) return stateWords.queued
  if (paused > 0) return stateWords.paused
  if (failed > 0) return stateWords.failed
  return done === files ? stateWords.completed : stateWords.canceled
}
