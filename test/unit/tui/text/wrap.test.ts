import { describe, expect, it } from 'vitest'
import { flow, hanging } from '../../../../src/tui/text/wrap.ts'

describe('text that takes several lines', () => {
  it('hangs behind its head', () => {
    expect(hanging(' :stop  ', 'leave the screen and stop the node', 24)).toEqual([
      ' :stop  leave the screen',
      '        and stop the',
      '        node'
    ])
  })

  it('is broken between items, never within one', () => {
    expect(flow(['█ done', 'v verifying', '! failed'], 24)).toEqual(['█ done   v verifying', '! failed'])
    expect(flow([], 24)).toEqual([])
  })
})
