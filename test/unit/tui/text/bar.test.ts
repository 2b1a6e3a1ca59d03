import { describe, expect, it } from 'vitest'
import { bar, sparkline } from '../../../../src/tui/text/bar.ts'
import { painter } from '../../../../src/tui/text/terminal.ts'

const plain = { ascii: false, paint: painter(false) }

describe('bar', () => {
  it('is full only when all is done', () => {
    expect(bar(999, 1000, 10, plain)).toBe('█████████░')
    expect(bar(1000, 1000, 10, plain)).toBe('██████████')
    expect(bar(0, 0, 3, plain)).toBe('░░░')
  })
})

describe('sparkline', () => {
  it('draws the newest values against their own highest', () => {
    expect(sparkline([500, 0, 10, 20, 40], 4)).toBe('▁▂▄█')
  })

  it('is flat while nothing moves', () => {
    expect(sparkline([0, 0, 0], 8)).toBe('▁▁▁')
  })
})
