import type { ChunkMap, ChunkState } from '../../model/index.ts'
import {
  type Cell,
  cellCount,
  cellsBetween,
  cellTold,
  chunkCounts,
  containsWords,
  windowTop
} from '../selectors.ts'
import { fitText } from '../text/format.ts'
import type { Style } from '../text/style.ts'
import type { Shade } from '../text/terminal.ts'

export interface ChunkGridProps {
  map: ChunkMap
  letters: ReadonlyMap<string, string>
  /** The cell under the cursor; null where the grid is only looked at. */
  cursor: number | null
  /** Only chunks whose words contain these are drawn; empty: all. */
  filter: string
}

const marks: Readonly<Record<Exclude<ChunkState, 'encoding'>, { mark: string; shade: Shade }>> = {
  waiting: { mark: '·', shade: 'faint' },
  verifying: { mark: 'v', shade: 'busy' },
  second: { mark: '2', shade: 'warn' },
  done: { mark: '█', shade: 'good' },
  failed: { mark: '!', shade: 'bad' },
  canceled: { mark: 'x', shade: 'warn' }
}

/** What stands for a chunk: the letter of the peer that encodes it, or its state. */
export function cellMark(
  cell: Pick<Cell, 'state' | 'peer'>,
  { map, letters }: Pick<ChunkGridProps, 'map' | 'letters'>
): { mark: string; shade: Shade } {
  if (cell.state !== 'encoding') return marks[cell.state]
  const peer = cell.peer === null ? undefined : map.peers[cell.peer]
  return { mark: (peer && letters.get(peer.peerId)) ?? '?', shade: 'busy' }
}

/** How many rows all cells take. */
export const gridRows = (map: ChunkMap, columns: number): number => Math.ceil(cellCount(map) / columns)

/** The rows in view, one character a chunk, equal neighbours painted at once. Margins of one column. */
export function chunkGrid(props: ChunkGridProps, width: number, height: number, style: Style): string[] {
  const { map, cursor } = props
  const columns = Math.max(1, width - 2)
  const rows = gridRows(map, columns)
  const at = cursor ?? firstOpen(map)
  const top = windowTop(Math.floor(at / columns), height, rows)
  const lines: string[] = []
  for (let row = top; row < Math.min(rows, top + height); row++) {
    const cells = cellsBetween(map, row * columns, (row + 1) * columns)
    lines.push(` ${gridRow(cells, cursor === null ? null : cursor - row * columns, props, style)}`)
  }
  return lines
}

const hidden = { mark: ' ', shade: 'faint' } as const

const isShown = (cell: Cell, { map, filter }: ChunkGridProps): boolean =>
  filter === '' || containsWords(cellTold(cell, map), filter)

function gridRow(cells: readonly Cell[], cursor: number | null, props: ChunkGridProps, style: Style): string {
  let line = ''
  let run = ''
  let runShade: Shade | null = null
  const flush = () => {
    if (runShade !== null && run !== '') line += style.paint(runShade, run)
    run = ''
  }
  cells.forEach((cell, i) => {
    const { mark, shade } = isShown(cell, props) ? cellMark(cell, props) : hidden
    if (i === cursor) {
      flush()
      // Without colours the cursor covers the cell; the line below says what it is.
      line += style.colour ? style.paint('cursor', mark) : '@'
      return
    }
    if (shade !== runShade) flush()
    runShade = shade
    run += mark
  })
  flush()
  return line
}

/** Where something happens: the first cell that is not done. */
function firstOpen(map: ChunkMap): number {
  let start = 0
  for (const { state, count } of map.runs) {
    if (state !== 'done') return start
    start += count
  }
  return 0
}

/** `142 done  3 encoding  1 verifying  about 54 to do`. */
export function chunkLegend(map: ChunkMap, width: number): string {
  const counts = chunkCounts(map)
  const parts = [
    counts.done > 0 ? `${counts.done} done` : '',
    counts.encoding > 0 ? `${counts.encoding} encoding` : '',
    counts.verifying > 0 ? `${counts.verifying} verifying` : '',
    counts.second > 0 ? `${counts.second} twice` : '',
    counts.failed > 0 ? `${counts.failed} failed` : '',
    counts.canceled > 0 ? `${counts.canceled} canceled` : '',
    counts.waiting > 0 ? `${map.uncut > 0 ? 'about ' : ''}${counts.waiting} to do` : ''
  ].filter((part) => part !== '')
  return fitText(` ${parts.join('  ')}`, width)
}

/** What the marks of the grid mean. */
export const gridKey = (map: ChunkMap): string =>
  ` letter: encoding  v verifying  2 second copy  ! failed  ${chunkCounts(map).canceled > 0 ? 'x canceled  █ done' : '█ done  · to do'}`

const kindWords: Readonly<Record<string, string>> = {
  'encode-chunk': 'chunk',
  'encode-audio': 'audio',
  'encode-file': 'whole'
}

/** A task's kind where there is little room. */
export const kindWord = (kind: string): string => kindWords[kind] ?? kind

/** Audio, join and the like beside the chunks: `audio done (A)  join waits`. */
export function sideLine(props: Pick<ChunkGridProps, 'map' | 'letters'>, width: number): string {
  const { map, letters } = props
  const parts = map.side.map(({ kind, state, peer }) => {
    const name = kindWord(kind)
    const by = peer === null ? undefined : map.peers[peer]
    const letter = by && letters.get(by.peerId)
    return `${name}: ${state}${letter ? ` (${letter})` : ''}`
  })
  return fitText(parts.length === 0 ? '' : ` ${parts.join('  ')}`, width)
}
