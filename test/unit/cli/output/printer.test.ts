import { describe, expect, it } from 'vitest'
import { errorLine } from '../../../../src/cli/output/printer.ts'
import { quoteCommand } from '../../../../src/cli/output/quote.ts'

describe('errorLine', () => {
  it('is what happened and what to do next, in one line', () => {
    expect(errorLine({ message: 'no such file: a.mov', hint: 'Check the path' })).toBe(
      'no such file: a.mov. Check the path.'
    )
    expect(errorLine({ message: 'no preset p', hint: 'Did you mean px?' })).toBe(
      'no preset p. Did you mean px?'
    )
    expect(errorLine({ message: 'it broke.\nat x', hint: null })).toBe('it broke. at x.')
    expect(errorLine({ message: 'x', hint: 'export it again' })).toBe('x. Export it again.')
    expect(errorLine({ message: 'x', hint: 'Run it again.' })).toBe('x. Run it again.')
  })
})

describe('quoteCommand', () => {
  it('quotes what a shell would read otherwise', () => {
    expect(quoteCommand(['ffmpeg', '-i', "it's here.mov", '-vf', 'scale=1280:-2', '$x'])).toBe(
      `ffmpeg -i 'it'\\''s here.mov' -vf scale=1280:-2 '$x'`
    )
  })
})
