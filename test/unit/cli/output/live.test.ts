import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openLiveView } from '../../../../src/cli/output/live.ts'
import { Terminal } from './terminal.ts'

describe('the live view', () => {
  it('leaves no old rows behind when the terminal becomes narrower', () => {
    const terminal = new Terminal()
    const view = openLiveView(terminal, ({ columns }) => ['a', 'b'].map((name) => name.repeat(columns - 1)))
    expect(terminal.shown).toEqual(['$ queue', 'a'.repeat(39), 'b'.repeat(39)])
    terminal.resize(15)
    expect(terminal.shown).toEqual(['$ queue', 'a'.repeat(14), 'b'.repeat(14)])
    terminal.resize(30)
    expect(terminal.shown).toEqual(['$ queue', 'a'.repeat(29), 'b'.repeat(29)])
    view.end()
    expect(terminal.shown).toEqual(['$ queue'])
  })

  it('draws nothing while the terminal does not take what was drawn, and then what is right by then', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const terminal = Object.assign(new Terminal(), { isBehind: false })
    let percent = 1
    const view = openLiveView(terminal, () => [`${percent}%`])
    terminal.isBehind = true
    for (percent = 2; percent < 50; percent++) {
      view.change()
      vi.advanceTimersByTime(1_000)
    }
    expect(terminal.shown).toEqual(['$ queue', '1%'])
    terminal.isBehind = false
    vi.advanceTimersByTime(1_000)
    expect(terminal.shown).toEqual(['$ queue', '50%'])
    view.end()
    vi.advanceTimersByTime(1_000)
    expect(terminal.shown).toEqual(['$ queue'])
  })

  it('keeps what was put above it', () => {
    const terminal = new Terminal()
    const view = openLiveView(terminal, () => ['picture'])
    view.above(() => terminal.write('A.mov completed\n'))
    expect(terminal.shown).toEqual(['$ queue', 'A.mov completed', 'picture'])
    view.end()
    expect(terminal.shown).toEqual(['$ queue', 'A.mov completed'])
  })
})
