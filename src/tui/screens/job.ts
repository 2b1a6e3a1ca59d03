import stringWidth from 'string-width'
import type { JobWithTasks, TaskView } from '../../model/index.ts'
import { fpsOf } from '../pace.ts'
import { taskOrder } from '../reduce-overlay.ts'
import { windowTop } from '../selectors.ts'
import type { ScreenState } from '../state.ts'
import { clean, column, count, formatFps, formatPercent, formatTime } from '../text/format.ts'
import { kindWord } from '../widgets/chunk-grid.ts'
import { ruleLine } from '../widgets/header.ts'
import { stateWords } from '../widgets/jobs-table.ts'
import { type Body, filled } from './lists.ts'
import { factLine, type Of, taskShades, tookOf, wrapped } from './page.ts'

/** A job's page: what it is, why it failed, and its tasks, those with trouble first. */
export function jobPage(state: ScreenState, overlay: Of<'job'>, body: Body): string[] {
  const { width, height, style } = body
  const row = state.feed.jobs.get(overlay.id)
  const job = overlay.loaded
  if (row === undefined && job === null) return ['', '  This job is no more. Esc goes back.']
  const view = row?.job ?? job
  if (!view) return []
  const { progress } = view
  const shape = job?.shape === 'split' ? 'in chunks' : job?.shape === 'whole' ? 'in one piece' : null
  const progressText = [
    formatPercent(progress.units, progress.totalUnits),
    progress.totalUnits > 0 ? `${progress.units} of ${count(progress.totalUnits, 'frame')}` : '',
    formatFps(row === undefined ? 0 : fpsOf([row], state.feed.paces))
  ].filter((text) => text !== '' && text !== '-')
  const facts: [string, string | null][] = [
    ['source', view.source],
    ['output', view.output],
    [
      'preset',
      [view.preset, shape, view.priority === 0 ? null : `priority ${view.priority}`]
        .filter(Boolean)
        .join(', ')
    ],
    ['progress', progressText.join(', ') || null],
    [
      'started',
      view.startedAt === null ? null : `${formatTime(view.startedAt)}${tookOf(view.startedAt, view.endedAt)}`
    ],
    ['note', view.note]
  ]
  const { word, shade } = stateWords[view.status]
  const lines = [
    ` ${column('status', 10)}${style.paint(shade, `${view.status} (${word})`)}`,
    ...facts.flatMap(([name, value]) => (value === null ? [] : wrapped(name, value, width))),
    ...(view.error === null
      ? []
      : wrapped('error', view.error, width).map((line) => style.paint('bad', line))),
    ...view.warnings.flatMap((warning) =>
      wrapped('warning', warning, width).map((line) => style.paint('warn', line))
    )
  ]
  for (const { name, since, reason } of job?.blocked ?? []) {
    const at = since === null ? '' : ` since ${formatTime(since)}`
    lines.push(style.paint('warn', factLine('blocked', `${name}${at}: ${reason}`, width)))
  }
  if (overlay.error !== null) lines.push(style.paint('bad', factLine('', overlay.error, width)))
  if (job === null) return [...lines, '', '  …']
  const room = Math.max(3, height - lines.length - 1)
  return [...filled(lines, Math.min(lines.length, height - 4)), ...taskList(job, overlay.at, room, body)]
}

function taskList(job: JobWithTasks, at: number, room: number, { width, style }: Body): string[] {
  const tasks = taskOrder(job.tasks)
  if (tasks.length === 0) return ['', '  No tasks yet.']
  const height = room - 1
  const top = windowTop(at, height, tasks.length)
  const rows = tasks.slice(top, top + height).map((task, i) => {
    const isAt = top + i === at
    const attempt = task.attempts.at(-1)
    const range = task.range && width >= 100 ? `${task.range.start}–${task.range.end - 1}` : ''
    const tries = task.attempts.length > 1 ? ` ×${task.attempts.length}` : ''
    const text = [
      column(`#${task.id}`, 6),
      column(kindWord(task.kind), 6),
      ...(width >= 100 ? [column(range, 15)] : []),
      style.paint(taskShades[task.status], column(task.status + tries, 11)),
      column(clean(attempt?.peerName ?? ''), width >= 100 ? 16 : 9),
      clean(task.error ?? lastError(task) ?? '')
    ].join(' ')
    return `${style.paint('strong', isAt ? ' > ' : '   ')}${fitPainted(text, width - 3)}`
  })
  return [ruleLine(`tasks (${count(tasks.length, 'task')}; Enter opens one)`, width, style), ...rows]
}

const lastError = ({ attempts }: TaskView): string | null =>
  attempts.findLast(({ error }) => error !== null)?.error ?? null

/** Cuts a painted line: the tail that does not fit is plain text. */
function fitPainted(text: string, width: number): string {
  const over = stringWidth(text) - width
  return over <= 0 ? text : `${text.slice(0, text.length - over - 1)}…`
}
