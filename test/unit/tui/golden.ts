import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

const goldenFolder = new URL('../../tui/golden/', import.meta.url)

/** Compares with the kept text; `GOLDEN=write` keeps what is drawn now, to be read before it is committed. */
export function expectGolden(name: string, lines: readonly string[]): void {
  const file = new URL(`${name}.txt`, goldenFolder)
  const text = `${lines.map((line) => line.trimEnd()).join('\n')}\n`
  if (process.env.GOLDEN === 'write') writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
}
