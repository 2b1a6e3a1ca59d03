import stringWidth from 'string-width'
import { clean, fitText, pad } from './format.ts'

export interface Column {
  title: string
  align?: 'left' | 'right'
  /** May be cut when the terminal is narrow, at its end or in its middle; others never are. */
  shrink?: 'end' | 'middle'
}

const gap = '  '
/** A shrunk column keeps at least this many columns while another can still give. */
const minShrunk = 8

/**
 * Rows under a header, in columns as wide as their content. With a `width`, columns that may shrink do until
 * everything fits. Without one (not a terminal) nothing is cut.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null
): string[] {
  const cells = [columns.map((column) => column.title), ...rows.map((row) => row.map(clean))]
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => stringWidth(row[i] ?? ''))))
  if (width !== null) shrink(columns, widths, width - gap.length * (columns.length - 1))
  return cells.map((row) =>
    columns
      .map((column, i) => {
        const text =
          width === null ? (row[i] ?? '') : fitText(row[i] ?? '', widths[i] as number, column.shrink)
        return pad(text, widths[i] as number, column.align)
      })
      .join(gap)
      .trimEnd()
  )
}

/** Takes columns from the widest shrinkable one until the sum fits; then from whatever is left. */
function shrink(columns: readonly Column[], widths: number[], available: number): void {
  const sum = () => widths.reduce((a, b) => a + b, 0)
  for (const floor of [minShrunk, 1]) {
    while (sum() > available) {
      let widest = -1
      for (let i = 0; i < columns.length; i++) {
        if (!columns[i]?.shrink || (widths[i] as number) <= floor) continue
        if (widest === -1 || (widths[i] as number) > (widths[widest] as number)) widest = i
      }
      if (widest === -1) break
      widths[widest] = (widths[widest] as number) - 1
    }
  }
}
