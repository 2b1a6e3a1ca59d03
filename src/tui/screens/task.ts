import type { AttemptView } from '../../model/index.ts'
import { clean, column, count, fitText, formatFps, formatTime } from '../text/format.ts'
import type { Shade } from '../text/terminal.ts'
import { wrap } from '../text/wrap.ts'
import { ruleLine } from '../widgets/header.ts'
import type { Body } from './lists.ts'
import { type Of, page, taskShades, tookOf, wrapped } from './page.ts'

/** A task's page: its attempts, what went wrong, the end of ffmpeg's log and the very command. */
export function taskPage(overlay: Of<'task'>, body: Body): string[] {
  const { width, style } = body
  const task = overlay.loaded?.tasks.find(({ id }) => id === overlay.taskId)
  if (overlay.error !== null && !task) return ['', style.paint('bad', fitText(`  ${overlay.error}`, width))]
  if (!task)
    return overlay.loaded === null
      ? ['', '  …']
      : ['', '  This task is no more (the job was started again). Esc goes back.']
  const range = task.range ? `frames ${task.range.start} to ${task.range.end - 1}` : 'the whole source'
  const lines = [
    ` ${column('task', 10)}#${task.id} ${task.kind}, ${range}`,
    ` ${column('status', 10)}${style.paint(taskShades[task.status], task.status)}`,
    ...(task.error === null
      ? []
      : wrapped('error', task.error, width).map((line) => style.paint('bad', line))),
    '',
    ...task.attempts.flatMap((attempt) => attemptLines(attempt, body)),
    ...(task.attempts.length === 0 ? ['  Nobody has taken it yet.'] : [])
  ]
  lines.push('', ruleLine('ffmpeg command (y copies it)', width, style))
  const { log, logError } = overlay
  if (log === null) lines.push(fitText(`  ${logError ?? '…'}`, width))
  else {
    lines.push(...wrap(log.command.join(' '), width - 2).map((line) => ` ${line}`))
    lines.push('', ruleLine(`end of ffmpeg's log, from ${log.peerName} (l loads it again)`, width, style))
    lines.push(
      ...(log.lines.length === 0
        ? ['  It said nothing.']
        : log.lines.map((line) => fitText(` ${clean(line)}`, width)))
    )
  }
  return page(lines, overlay.top, body)
}

const attemptShades: Readonly<Record<AttemptView['status'], Shade>> = {
  running: 'busy',
  done: 'good',
  failed: 'bad',
  rejected: 'bad',
  hindered: 'warn',
  lost: 'warn',
  returned: 'faint',
  superseded: 'faint',
  canceled: 'warn'
}

function attemptLines(attempt: AttemptView, { width, style }: Body): string[] {
  const times =
    attempt.endedAt === null
      ? `since ${formatTime(attempt.startedAt)}`
      : `${formatTime(attempt.startedAt)}${tookOf(attempt.startedAt, attempt.endedAt)}`
  const progress =
    attempt.progress === null
      ? ''
      : `, ${count(attempt.progress.units, 'frame')}${attempt.progress.fps > 0 ? ` at ${formatFps(attempt.progress.fps)}` : ''}`
  const head = ` attempt ${attempt.attempt} on ${clean(attempt.peerName)}: `
  const line = `${fitText(head, width)}${style.paint(attemptShades[attempt.status], attempt.status)}, ${times}${progress}`
  return [
    line,
    ...(attempt.error === null
      ? []
      : wrap(attempt.error, width - 4).map((text) => `   ${style.paint('bad', text)}`))
  ]
}
