import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { type Column, renderTable } from '../../../../src/cli/output/table.ts'

const columns: Column[] = [
  { title: 'ID' },
  { title: 'SOURCE', shrink: 'middle' },
  { title: 'N', align: 'right' }
]

describe('renderTable', () => {
  it('makes columns as wide as their content', () => {
    const rows = [
      ['1', 'a.mov', '5'],
      ['12345', 'longer.mov', '100']
    ]
    expect(renderTable(columns, rows, null)).toEqual([
      'ID     SOURCE        N',
      '1      a.mov         5',
      '12345  longer.mov  100'
    ])
  })

  it('cuts only the columns that may shrink until all fits', () => {
    const lines = renderTable(columns, [['job0000001', 'a-very-long-file-name-of-a-clip.mov', '100']], 30)
    expect(lines[1]).toBe('job0000001  a-very…ip.mov  100')
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(30)
  })

  it('cuts nothing where no terminal sets a width', () => {
    const name = 'x'.repeat(500)
    expect(renderTable(columns, [['1', name, '2']], null)[1]).toContain(name)
  })

  it('lets no cell break its line', () => {
    expect(renderTable(columns, [['1', 'a\nb\u001b[2J', '2']], null)).toHaveLength(2)
    expect(renderTable(columns, [['1', 'a\nb\u001b[2J', '2']], null)[1]).not.toContain('\u001b')
  })
})
