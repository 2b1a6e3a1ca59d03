import type { WatchedFile, WatchView } from '../../model/index.ts'
import { clean, formatSize } from './format.ts'
import { type Column, renderTable } from './table.ts'

const columns: readonly Column[] = [
  { title: 'ID' },
  { title: 'FOLDER', shrink: 'middle' },
  { title: 'PRESET', shrink: 'end' },
  { title: 'WAIT', align: 'right' },
  { title: 'QUEUED', align: 'right' },
  { title: 'THERE', align: 'right' },
  { title: 'REFUSED', align: 'right' },
  { title: 'STATE', shrink: 'end' }
]

/** Files of a kind that are named; the others are counted. */
const maxNamed = 5

/** The listing of `watch`: a row a folder, and below them what waits and what was refused, with the reasons. */
export function watchesLines(watches: readonly WatchView[], width: number | null): string[] {
  if (watches.length === 0) {
    return ['No folder is watched. Watch one with `proxima-node watch DIR --preset NAME`.']
  }
  return [...renderTable(columns, watches.map(row), width), ...watches.flatMap(details)]
}

function row({ id, dir, queue, counts, status, reason }: WatchView): string[] {
  const numbers = [counts.waiting, counts.queued, counts.exists, counts.refused].map(String)
  return [id, dir, queue.preset, ...numbers, reason === null ? status : `${status}: ${reason}`]
}

function details({ dir, waiting, refused, counts }: WatchView): string[] {
  const lines = [
    ...named(
      waiting,
      counts.waiting,
      ({ file, sizeBytes, reason }) => `waits    ${file} (${formatSize(sizeBytes)}): ${reason}`
    ),
    ...named(refused, counts.refused, ({ file, reason }) => `refused  ${file}: ${reason}`)
  ]
  return lines.length === 0 ? [] : ['', `${clean(dir)}:`, ...lines]
}

function named(files: readonly WatchedFile[], total: number, line: (file: WatchedFile) => string): string[] {
  const lines = files.slice(0, maxNamed).map((file) => `  ${clean(line(file))}`)
  return total > maxNamed ? [...lines, `  … and ${total - maxNamed} more`] : lines
}
