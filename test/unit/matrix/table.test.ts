import { expect, test } from 'vitest'
import type { Cell } from '../../media/cell.ts'
import { cellTable, page, summary } from '../../media/table.ts'

const cell = (changes: Partial<Cell>): Cell => ({
  ...{ kind: 'a', what: 'A', preset: 'dnxhr_lb', mesh: 'system', verdict: 'equal', pieces: 4, seam: null },
  ...{ reasons: [], ms: 1 },
  ...changes
})

test('a row has a mark for each preset, and every reason is told once below', () => {
  const cells = [
    cell({}),
    cell({ preset: 'prores_proxy', pieces: 1 }),
    cell({ preset: 'h264_proxy', seam: { joinedDb: 42.25, singleDb: 44.5 } }),
    cell({ preset: 'h265_archive', verdict: 'differs', reasons: ['lost a frame', 'late'] }),
    cell({ preset: 'av1_archive', verdict: 'refused', reasons: ['no'] }),
    cell({ kind: 'b', what: 'B', verdict: 'known', reasons: ['no'] })
  ]
  expect(cellTable(cells).slice(2)).toEqual([
    '| a | A | = | = ¹ | ≈ 42.3 (−2.3) | ✗ [1] | av1_archive refused [2] |',
    '| b | B | ✗ [2] |  |  |  |  |',
    '',
    '1. lost a frame; late',
    '2. no'
  ])
})

test('names of temporary folders and bars do not reach the table', () => {
  const lines = cellTable([cell({ verdict: 'differs', reasons: ['/tmp/x-1/clip.mov is a|b'] })])
  expect(lines.at(-1)).toBe('1. clip.mov is a\\|b')
})

test('what a run came to is counted by verdict', () => {
  const cells = [cell({}), cell({ verdict: 'known' }), cell({ kind: 'b', verdict: 'differs' })]
  expect(summary(cells)).toBe('3 cells of 2 kinds: 1 hold, 1 known not to hold, 1 do not hold')
})

test('the page has a table for each mesh, and the hour', () => {
  const hour = {
    preset: 'p',
    frames: 10,
    chunks: 2,
    planMs: 100,
    singleMs: 1000,
    chunksMs: 1500,
    joinMs: 200
  }
  const versions = { system: 'ffmpeg 5', bundled: 'ffmpeg 7' }
  const text = page([cell({}), cell({ mesh: 'bundled' })], [hour], { ms: 60_000, versions })
  expect(text).toContain('## All nodes with ffmpeg 5')
  expect(text).toContain('## All nodes with ffmpeg 7')
  expect(text).toContain('| p | 10 | 2 | 0.1 s | 1.0 s | 1.5 s | 250 ms | 0.2 s |')
})
