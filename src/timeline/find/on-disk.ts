import type { Places } from '../files.ts'
import { foldName } from '../names.ts'
import { remembered } from './remembered.ts'

/** What is at a path on this machine, for media: files only. */
export type OnDisk =
  | { status: 'found'; path: string }
  | { status: 'ambiguous'; paths: string[] }
  | { status: 'missing' }

/**
 * Looks for `components` under `base`. Where a name is not there exactly as written, the folder's own names are
 * compared in one Unicode form (macOS writes é as two characters), then without regard to case; two names that are
 * then the same are ambiguous, not guessed.
 * @param base an absolute folder of this machine; `/` or `D:\` for a whole path
 */
export async function lookUp(base: string, components: readonly string[], files: Places): Promise<OnDisk> {
  if (components.some((component) => component === '..')) return { status: 'missing' }
  const exact = join(base, components)
  if ((await files.look(exact))?.kind === 'file') return { status: 'found', path: exact }
  let folders = [base]
  for (const component of components) {
    const next: string[] = []
    for (const folder of folders) {
      const names = sameName(component, await files.list(folder))
      next.push(...names.map((name) => join(folder, [name])))
    }
    if (next.length > maxSpellings) return { status: 'ambiguous', paths: next.slice(0, maxSpellings) }
    folders = next
  }
  const paths: string[] = []
  for (const path of folders) {
    if ((await files.look(path))?.kind === 'file') paths.push(path)
  }
  const [path] = paths
  if (path === undefined) return { status: 'missing' }
  return paths.length === 1 ? { status: 'found', path } : { status: 'ambiguous', paths }
}

/** Spellings of one path that are followed at the same time. */
const maxSpellings = 16

function sameName(wanted: string, names: readonly string[]): readonly string[] {
  const spellings = spellingsOf(names)
  if (spellings.exact.has(wanted)) return [wanted]
  return spellings.composed.get(wanted.normalize('NFC')) ?? spellings.folded.get(foldName(wanted)) ?? []
}

interface Spellings {
  exact: ReadonlySet<string>
  /** By the name in one Unicode form. */
  composed: ReadonlyMap<string, readonly string[]>
  /** By the name in one Unicode form, without regard to case. */
  folded: ReadonlyMap<string, readonly string[]>
}

const spellingsOf = remembered(
  (names: readonly string[]): Spellings => ({
    exact: new Set(names),
    composed: Map.groupBy(names, (name) => name.normalize('NFC')),
    folded: Map.groupBy(names, foldName)
  })
)

const join = (base: string, components: readonly string[]): string => {
  const separator = /^[A-Za-z]:|^\\\\/.test(base) ? '\\' : '/'
  return [base.replace(/[\\/]+$/, ''), ...components].join(separator)
}
