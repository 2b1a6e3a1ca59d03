import type { LinkLine, LinkResult, TimelinesView } from '../../model/index.ts'
import { baseName, clean, count } from './format.ts'
import { errorLine } from './printer.ts'
import { shownRate } from './rate.ts'
import { type Column, renderTable } from './table.ts'
import type { Paint, Shade } from './terminal.ts'

const columns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'TIMELINE', shrink: 'end' },
  { title: 'FPS', align: 'right' },
  { title: 'START' },
  { title: 'PICTURE', align: 'right' },
  { title: 'SOUND', align: 'right' },
  { title: '' }
]

/** The listing of `timelines`. */
export function timelinesTable({ project, timelines }: TimelinesView, width: number | null): string[] {
  if (timelines.length === 0) return [`The project ${clean(project.name)} has no timelines.`]
  const rows = timelines.map((timeline) => [
    String(timeline.index),
    timeline.name,
    shownRate(timeline.rate),
    timeline.startTimecode ?? '',
    String(timeline.videoItems),
    String(timeline.audioItems),
    timeline.current ? 'open' : ''
  ])
  return [`Project ${clean(project.name)}`, ...renderTable(columns, rows, width)]
}

const words: Record<LinkLine['status'], [Shade, string]> = {
  linked: ['good', 'linked'],
  'already-linked': ['good', 'already'],
  refused: ['bad', 'refused'],
  pending: ['warn', 'waits'],
  'not-in-project': ['warn', 'no clip']
}

/** A line for each clip. @param options.all also files that no clip of the project is for */
export function linkLines({ links }: LinkResult, options: { all: boolean; paint: Paint }): string[] {
  return links
    .filter(({ status }) => options.all || status !== 'not-in-project')
    .map(({ status, proxy, source, clip, reason, hint }) => {
      const [shade, word] = words[status]
      const target = clip ?? (source === null || status === 'not-in-project' ? null : baseName(source))
      const to = target === null ? '' : ` → ${target}`
      const why = reason === null ? '' : `: ${errorLine({ message: reason, hint })}`
      return `${options.paint(shade, word.padEnd(7))}  ${clean(`${proxy}${to}${why}`)}`
    })
}

/** What came of it, in a sentence. */
export function linkSummary({ project, links }: LinkResult): string {
  const name = clean(project.name)
  if (links.length === 0) return `There is no finished proxy to link in the project ${name}.`
  const number = (...statuses: LinkLine['status'][]) =>
    links.filter(({ status }) => statuses.includes(status)).length
  const parts: [number, string][] = [
    [number('already-linked'), 'linked already'],
    [number('refused'), 'refused'],
    [number('pending'), 'to be tried again'],
    [number('not-in-project'), 'of no clip of it']
  ]
  const rest = parts.filter(([many]) => many > 0).map(([many, what]) => `, ${many} ${what}`)
  return `${count(number('linked'), 'clip')} linked in the project ${name}${rest.join('')}.`
}
