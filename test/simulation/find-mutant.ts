import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Mutant, plant } from './mutants.ts'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

/** Runs seeds from 1 on against a planted bug, in a process of its own. Null when none of `limit` finds it. */
export async function findMutant(
  mutant: Mutant,
  limit: number
): Promise<{ invariant: string; seeds: number } | null> {
  const folder = plant(mutant)
  try {
    const child = spawn(
      process.execPath,
      [main, '--subject', folder, '--from', '1', '--seeds', String(limit), '--workers', '1'],
      {
        stdio: ['ignore', 'pipe', 'pipe']
      }
    )
    const [output, trouble, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise<number | null>((resolve) => child.on('close', resolve))
    ])
    if (status === 0) return null
    const invariant = /"invariant": "(\w+)"/.exec(output)?.[1]
    const seeds = /failed after (\d+) seeds/.exec(output)?.[1]
    if (!invariant || !seeds)
      throw new Error(`mutant "${mutant.name}" broke the simulation itself: ${trouble}`)
    return { invariant, seeds: Number(seeds) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
