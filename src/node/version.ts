import { readFileSync } from 'node:fs'

/** This software's version. package.json lies two folders up both from `src/node` and from `dist/node`. */
export function softwareVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
