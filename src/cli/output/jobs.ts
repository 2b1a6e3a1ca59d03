import {
  type AttemptView,
  type BlockedPeer,
  isEnded,
  type JobStatus,
  type JobView,
  type JobWithTasks,
  type LinkState,
  type LinkView,
  type Participant,
  type TaskView
} from '../../model/index.ts'
import { baseName, clean, count, formatDuration, formatFps, formatPercent, formatTime } from './format.ts'
import { participantLines } from './participants.ts'
import { errorLine } from './printer.ts'
import { type Column, renderTable } from './table.ts'
import type { Paint, Shade } from './terminal.ts'

const columns: readonly Column[] = [
  { title: 'ID' },
  { title: 'STATUS' },
  { title: 'SOURCE', shrink: 'middle' },
  { title: 'PRESET', shrink: 'end' },
  { title: 'DONE', align: 'right' },
  { title: 'TASKS', align: 'right' },
  { title: 'FPS', align: 'right' },
  { title: 'LEFT', align: 'right' },
  { title: 'NOTE', shrink: 'end' }
]

/** The listing of `jobs`. */
export function jobsTable(jobs: readonly JobView[], width: number | null): string[] {
  if (jobs.length === 0) return ['No jobs. Queue some with `proxima-node queue FILE --preset NAME`.']
  return renderTable(columns, jobs.map(jobRow), width)
}

function jobRow(job: JobView): string[] {
  return [
    job.id,
    job.status,
    baseName(job.source),
    job.preset,
    job.status === 'completed' ? '100%' : formatPercent(job.progress.units, job.progress.totalUnits),
    `${job.tasks.done}/${job.tasks.total}`,
    isEnded(job.status) ? '' : formatFps(job.progress.fps).replace(' fps', ''),
    isEnded(job.status) ? '' : formatDuration(job.progress.leftMs),
    job.error ?? job.note ?? ''
  ]
}

export const shadeOf = (status: JobStatus): Shade => {
  if (status === 'completed') return 'good'
  if (status === 'failed') return 'bad'
  if (status === 'canceled' || status === 'paused') return 'warn'
  return 'busy'
}

/** One line for one change of a job's state: `14:03:58  k3j5m8n2p4  active     A001.mov  12 tasks`. */
export function changeLine(job: JobView, at: string, paint: Paint): string {
  const status = paint(shadeOf(job.status), job.status.padEnd(9))
  return `${formatTime(at)}  ${job.id}  ${status}  ${clean(changeDetail(job))}`
}

function changeDetail(job: JobView): string {
  const name = baseName(job.source)
  switch (job.status) {
    case 'completed':
      return `${name} → ${job.output}${took(job)}`
    case 'failed':
      return `${name}: ${job.error ?? 'no reason given'}`
    case 'active':
      return `${job.tasks.total > 0 ? `${name}, ${count(job.tasks.total, 'task')}` : name}${job.tasks.running > 0 ? '' : noted(job)}`
    default:
      return isEnded(job.status) ? name : `${name}${noted(job)}`
  }
}

const noted = ({ note }: JobView): string => (note === null ? '' : ` (${note})`)

function took(job: JobView): string {
  if (job.startedAt === null || job.endedAt === null) return ''
  return ` in ${formatDuration(Date.parse(job.endedAt) - Date.parse(job.startedAt))}`
}

/** What of a source its output will not have, below the line that tells of the job. */
export const warningLines = (warnings: readonly string[], paint: Paint): string[] =>
  warnings.map((warning) => `  ${paint('warn', 'not kept:')} ${clean(warning)}`)

/** A preset's name, and why it was chosen where nobody named it. */
export const presetNamed = ({ preset, chosen }: Pick<JobView, 'preset' | 'chosen'>): string =>
  chosen ? `${preset} (auto: ${chosen})` : preset

/** What `job ID` prints: the job, then its tasks with their attempts. */
export function jobDetails(job: JobWithTasks, width: number | null, paint: Paint): string[] {
  const done = job.tasks.filter((task) => task.status === 'done').length
  const facts: [string, string | null][] = [
    ['source', job.source],
    ['output', job.output],
    ['preset', presetNamed(job)],
    ['status', job.status],
    ['priority', String(job.priority)],
    ['shape', job.shape === 'split' ? 'in chunks' : job.shape === 'whole' ? 'in one piece' : null],
    [
      'progress',
      `${formatPercent(job.progress.units, job.progress.totalUnits)}, ${done} of ${count(job.tasks.length, 'task')} done`
    ],
    ['queued', job.queuedAt],
    ['started', job.startedAt],
    ['ended', job.endedAt],
    ['note', job.note],
    ...whoWorks(job.participants ?? []),
    ...job.warnings.map((warning): [string, string] => ['lost', warning]),
    ...(job.blocked ?? []).map((peer): [string, string] => ['blocked', blockedLine(peer)]),
    ['error', job.error],
    ...linkFacts(job.link ?? null)
  ]
  const lines = facts.flatMap(([name, value]) => {
    if (value === null) return []
    const shown = name === 'status' ? paint(shadeOf(job.status), value) : clean(value)
    return [`${name.padEnd(9)} ${shown}`]
  })
  if (job.tasks.length === 0) return lines
  return [...lines, '', ...renderTable(taskColumns, job.tasks.flatMap(taskRows), width)]
}

const linkWords: Record<LinkState, string> = {
  pending: 'not linked yet',
  linked: 'linked',
  refused: 'not linked',
  'not-in-project': 'no clip has this source'
}

/** How far the output is linked in the editing software: in all, then each clip that is not as the whole. */
function linkFacts(link: LinkView | null): [string, string][] {
  if (link === null) return []
  const { state, project, reason, hint, clips } = link
  const where = project === null ? '' : ` in ${project}`
  const names = state === 'linked' && clips.length > 0 ? ` (${clips.map(({ name }) => name).join(', ')})` : ''
  const why = reason === null ? '' : `: ${errorLine({ message: reason, hint })}`
  return [
    ['link', `${linkWords[state]}${where}${names}${why}`],
    ...clips
      .filter((clip) => clip.state !== state)
      .map(({ name, state: own, reason: its }): [string, string] => [
        '',
        `${name}: ${linkWords[own]}${its === null ? '' : `: ${its}`}`
      ])
  ]
}

/** `mac since 14:03:58: it failed 3 tasks of this job in a row, which others can do`. */
export const blockedLine = ({ name, since, reason }: BlockedPeer): string =>
  `${name}${since === null ? '' : ` since ${formatTime(since)}`}: ${reason}`

function whoWorks(participants: readonly Participant[]): [string, string][] {
  const [takes, not] = participantLines(participants)
  if (takes === undefined) return []
  const workers: [string, string] = ['workers', takes.replace('takes part: ', '')]
  return not === undefined ? [workers] : [workers, ['not', not.replace('not: ', '')]]
}

const taskColumns: readonly Column[] = [
  { title: 'TASK' },
  { title: 'KIND' },
  { title: 'RANGE' },
  { title: 'STATUS' },
  { title: 'ATTEMPT', align: 'right' },
  { title: 'PEER', shrink: 'end' },
  { title: 'ENDED AS' },
  { title: 'TOOK', align: 'right' },
  { title: 'ERROR', shrink: 'end' }
]

function taskRows(task: TaskView): string[][] {
  const range = task.range ? `${task.range.start}–${task.range.end - 1}` : ''
  const head = [task.id, task.kind, range, task.status]
  if (task.attempts.length === 0) return [[...head, '', '', '', '', task.error ?? '']]
  return task.attempts.map((attempt, i) => [...(i === 0 ? head : ['', '', '', '']), ...attemptCells(attempt)])
}

function attemptCells(attempt: AttemptView): string[] {
  const took = attempt.endedAt === null ? null : Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt)
  return [
    String(attempt.attempt),
    attempt.peerName,
    attempt.status,
    took === null ? '' : formatDuration(took),
    attempt.error ?? ''
  ]
}
