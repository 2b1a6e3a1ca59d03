import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openLiveView } from '../../../../src/cli/output/live.ts'

/** A terminal that breaks lines anew when its width changes, as far as the live view uses one. */
class Terminal {
  readonly isTTY = true
  readonly rows = 24
  columns = 40
  #lines: string[] = ['$ queue']
  #cursor = 1
  #resized: () => void = () => {}

  on(_: 'resize', listener: () => void): void {
    this.#resized = listener
  }
  off(): void {
    this.#resized = () => {}
  }

  resize(columns: number): void {
    const before = this.#lines.slice(0, this.#cursor)
    this.columns = columns
    this.#lines = before.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [''])
    this.#cursor = this.#lines.length
    this.#resized()
  }

  write(text: string): boolean {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read
    for (const [token] of text.matchAll(/\u001b\[[?\d]*[A-Za-z]|\n|[^\u001b\n]+/g)) {
      if (token === '\n') this.#cursor += 1
      else if (token.endsWith('A') && token.startsWith('\u001b'))
        this.#cursor -= Number(token.slice(2, -1) || 1)
      else if (token === '\u001b[2K') this.#lines[this.#cursor] = ''
      else if (!token.startsWith('\u001b'))
        this.#lines[this.#cursor] = (this.#lines[this.#cursor] ?? '') + token
    }
    return true
  }

  get shown(): string[] {
    return Array.from(this.#lines, (line) => line ?? '').filter((line) => line !== '')
  }
}

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
