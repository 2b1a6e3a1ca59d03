/** A terminal that breaks lines anew when its width changes, as far as the live view uses one. */
export class Terminal {
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
