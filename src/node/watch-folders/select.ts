import { basename, matchesGlob } from 'node:path'
import { endingOf, videoExtensions, type WatchRules } from '../../model/index.ts'

/** Whether a file's name fits the rules. @param path within the watched folder, with forward slashes */
export function isWanted(path: string, { extensions, only, skip }: WatchRules): boolean {
  const name = basename(path)
  if (name.startsWith('.')) return false
  const wanted: readonly string[] = extensions ?? videoExtensions
  if (!wanted.includes(endingOf(name))) return false
  if (skip.some((pattern) => matches(pattern, path))) return false
  return only.length === 0 || only.some((pattern) => matches(pattern, path))
}

/** As `match:` of a preset does: with a slash the whole path, else the name; case does not count. */
function matches(pattern: string, path: string): boolean {
  const text = path.normalize('NFC').toLowerCase()
  const whole = pattern.includes('/')
  const wanted = pattern
    .normalize('NFC')
    .toLowerCase()
    .replace(/^\.?\//, '')
  return matchesGlob(whole ? text : basename(text), wanted)
}
