import { readFileSync } from 'node:fs'

/** This software's version. The file lies two folders up both from `src/cli` and from `dist/cli`. */
export function softwareVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
