import type { ClipLine, ClipStatus, EditView } from '../../model/index.ts'
import { baseName, clean } from './format.ts'
import type { Printer } from './printer.ts'
import { shownRate } from './rate.ts'
import { type Column, renderTable } from './table.ts'

const sequenceColumns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'SEQUENCE', shrink: 'end' },
  { title: 'FPS', align: 'right' },
  { title: 'CLIPS', align: 'right' }
]

/** The sequences of a timeline, to choose from. */
export function sequenceList({ file, sequences }: EditView, width: number | null): string[] {
  const rows = sequences.map(({ name, rate, clips }, at) => [
    String(at + 1),
    clean(name),
    shownRate(rate),
    String(clips)
  ])
  return [clean(baseName(file)), ...renderTable(sequenceColumns, rows, width)]
}

const clipColumns: readonly Column[] = [
  { title: '#', align: 'right' },
  { title: 'CLIP', shrink: 'end' },
  { title: 'SEQUENCE', shrink: 'end' },
  { title: 'FILE', shrink: 'middle' }
]

/** Clips that were found, to choose from. */
export const clipList = (clips: readonly ClipLine[], width: number | null): string[] =>
  renderTable(
    clipColumns,
    clips.map(({ name, sequence, source }, at) => [
      String(at + 1),
      clean(name),
      clean(sequence),
      clean(source ?? '')
    ]),
    width
  )

/** What to do about clips that were asked for and cannot be queued; null: nothing. */
const hints: Partial<Record<ClipStatus, string | null>> = {
  missing:
    'Missing clips: say with paths.map where their folder is here, share the root that holds them, or look elsewhere too with --search.',
  ambiguous: 'Ambiguous clips: queue the files that are meant by their paths.',
  unusable: null
}

/** What became of the clips of timelines: data for scripts; for people a sum, and what they should know of each. */
export function tellClips(print: Printer, clips: readonly ClipLine[]): void {
  if (print.json) for (const clip of clips) print.data(clip)
  else print.lines([...Map.groupBy(clips, ({ timeline }) => timeline)].flatMap(summary))
  const bad = clips.filter(({ status }) => status in hints)
  for (const clip of bad) print.error({ message: trouble(clip), hint: null })
  // Once, not a hundred times.
  for (const hint of new Set(bad.flatMap(({ status }) => hints[status] ?? []))) print.note(hint)
}

function summary([timeline, clips]: [string, ClipLine[]]): string[] {
  const number = (status: ClipStatus): number => clips.filter((clip) => clip.status === status).length
  const parts = (
    [
      ['found', 'found'],
      ['missing', 'missing'],
      ['ambiguous', 'ambiguous'],
      ['unusable', 'not encoded'],
      ['left-out', 'left out']
    ] as const
  ).flatMap(([status, word]) => (number(status) > 0 ? [`${number(status)} ${word}`] : []))
  const head = `${clean(baseName(timeline))}: ${parts.length === 0 ? 'no clips' : parts.join(', ')}`
  return [head, ...clips.flatMap(detail)]
}

/** Nothing but what is plainly at its path is taken for granted. */
function detail(clip: ClipLine): string[] {
  const { status, how, name, source, reason, evidence, parts } = clip
  if (status === 'left-out') return [clean(`  left out  ${name || 'a clip'}: ${reason}`)]
  const isPlain = status !== 'found' || how === 'path' || how === 'beside-timeline'
  const by = how === 'map' ? 'by paths.map' : `by its ${evidence.join(', ')}`
  const ranges = parts?.map(({ start, end }) => `${start}–${end - 1}`).join(', ')
  return [
    ...(isPlain ? [] : [clean(`  found     ${name} ${by}: ${source}`)]),
    ...(ranges === undefined ? [] : [clean(`  uses      ${name}: frames ${ranges}`)])
  ]
}

function trouble({ timeline, name, status, reason, written, candidates }: ClipLine): string {
  const what = `${baseName(timeline)}: ${name}`
  if (status === 'ambiguous') {
    const shown = candidates.slice(0, 4).map(({ path }) => path)
    const more = candidates.length > shown.length ? ` and ${candidates.length - shown.length} more` : ''
    return clean(`${what} is ambiguous: ${reason}: ${shown.join(', ')}${more}`)
  }
  if (status === 'unusable') return clean(`${what} is ${reason}`)
  return clean(`${what} is missing${written === null ? '' : ` (${written})`}: ${reason}`)
}
