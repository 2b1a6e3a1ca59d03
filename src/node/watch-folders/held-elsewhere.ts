import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readIfThere } from '../atomic-file.ts'
import { homePaths } from '../home.ts'
import { loadIdentity } from '../mesh/identity.ts'
import { systemCode } from '../storage/errors.ts'
import { claimLimits, markPath, parseMark, whyUnmarkable } from './claim.ts'

/**
 * Which other node queues from a folder with a preset just now: what a command that queues once must know. Null for
 * nobody, for the node of this home, and for one that fell silent, which its mark tells at once: its time is held
 * against that of a file made beside it, both by the clock of the storage. Where none can be made, it counts as alive.
 * @throws the system's error when the folder cannot be read
 */
export async function heldElsewhere(
  { dir, preset }: { dir: string; preset: string },
  home: string
): Promise<{ name: string; since: string } | null> {
  const path = markPath(dir, preset)
  const text = await readIfThere(path)
  if (text === null) return null
  const mark = parseMark(text)
  if (mark !== null && mark.holder === (await peerIdOf(home))) return null
  const quietMs = await quietTime(path)
  if (quietMs !== null && quietMs >= claimLimits.staleMs) return null
  return { name: mark?.name ?? 'another node', since: mark?.since ?? '' }
}

/** Null where nothing has run yet. */
async function peerIdOf(home: string): Promise<string | null> {
  return existsSync(homePaths(home).identityKey) ? (await loadIdentity(home)).peerId : null
}

/** For how long a file has not been written, by the storage's clock. Null when that cannot be told. */
async function quietTime(path: string): Promise<number | null> {
  const now = join(dirname(path), `.proxima-now-${randomBytes(6).toString('hex')}`)
  try {
    await writeFile(now, 'now', { flag: 'wx' })
    return (await stat(now)).mtimeMs - (await stat(path)).mtimeMs
  } catch (error) {
    // Removed just now: whoever it was watches no longer.
    if (systemCode(error) === 'ENOENT') return Number.POSITIVE_INFINITY
    whyUnmarkable(error)
    return null
  } finally {
    await rm(now, { force: true }).catch(() => undefined)
  }
}
