import { foldName } from '../names.ts'

/** Sources whose proxies would be one file. */
export interface Collision {
  output: string
  sources: string[]
}

/**
 * Finds outputs that several sources share (`A.mov` and `A.mxf` in one folder). Compared as the least careful file
 * system does: without regard to case and Unicode form.
 */
export function findCollisions(pairs: readonly { source: string; output: string }[]): Collision[] {
  const byOutput = new Map<string, Collision>()
  for (const { source, output } of pairs) {
    const key = foldName(output)
    const known = byOutput.get(key)
    if (known === undefined) byOutput.set(key, { output, sources: [source] })
    else if (!known.sources.includes(source)) known.sources.push(source)
  }
  return [...byOutput.values()].filter(({ sources }) => sources.length > 1)
}
