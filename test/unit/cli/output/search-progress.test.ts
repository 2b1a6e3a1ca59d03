import { describe, expect, it } from 'vitest'
import { Printer } from '../../../../src/cli/output/printer.ts'
import { openSearchProgress } from '../../../../src/cli/output/search-progress.ts'
import { Terminal } from './terminal.ts'

/** A search in which every second one file more is probed. */
function search(print: Printer, seconds = 600): { end(): void } {
  let nowMs = 0
  const progress = openSearchProgress(print, () => nowMs)
  for (let done = 0; done < seconds; done++) {
    progress.tell({ what: 'probe', done, of: seconds })
    nowMs += 1_000
  }
  return progress
}

/** What a search writes where nobody has a terminal. */
function written(json: boolean, seconds?: number) {
  const text = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => ({
    write(more: string) {
      text[name] += more
      return true
    }
  })
  search(new Printer({ json, env: {}, platform: 'linux' }, stream('out'), stream('err')), seconds).end()
  return text
}

describe('the progress of a search', () => {
  it('is a line now and then where nothing can be drawn over', () => {
    const { out, err } = written(false)
    expect(out).toBe('')
    const lines = err.trimEnd().split('\n')
    expect(lines[0]).toBe('Looking into files that may be the clips: 1 of 600')
    expect(lines).toHaveLength(20)
  })

  it('is drawn over on a terminal, within its width, and taken away in the end', () => {
    const terminal = new Terminal()
    const printer = new Printer({ json: false, env: {}, platform: 'linux' }, { write: () => true }, terminal)
    const progress = search(printer)
    expect(terminal.shown).toEqual(['$ queue', 'Looking into files that may be the cli…'])
    progress.end()
    expect(terminal.shown).toEqual(['$ queue'])
  })

  it('is nothing for scripts, nor where the search is over at once', () => {
    expect(written(true)).toEqual({ out: '', err: '' })
    expect(written(false, 1)).toEqual({ out: '', err: '' })
  })
})
