import type { RootView } from '../../model/index.ts'
import type { PathMap } from '../../timeline/index.ts'
import { NodeError } from '../errors.ts'

/**
 * `paths.map` with what is a root's name made a path.
 * @throws NodeError `no-such-root`
 */
export async function mapsOf(
  map: Readonly<Record<string, string>>,
  rootsOf: () => Promise<RootView[]>
): Promise<PathMap[]> {
  const entries = Object.entries(map)
  if (entries.length === 0) return []
  const roots = await rootsOf()
  return entries.map(([from, to]) => ({ from, to: absoluteOf(to, roots) }))
}

/** A path of this machine as it is; else the name of a root, with a path in it. */
function absoluteOf(to: string, roots: readonly RootView[]): string {
  if (/^([A-Za-z]:)?[\\/]/.test(to)) return to
  const [name = '', ...rest] = to.split('/')
  const root = roots.find((one) => one.name === name)
  if (root !== undefined) return [root.path.replace(/[\\/]+$/, ''), ...rest].join('/')
  throw new NodeError('no-such-root', `paths.map: ${to} is neither an absolute path nor in a root`, {
    hint: `The roots here are: ${roots.map((one) => one.name).join(', ') || 'none'}`,
    exitStatus: 2
  })
}
