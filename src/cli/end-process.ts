import { setTimeout as wait } from 'node:timers/promises'
import type { ExitStatus } from './exit-codes.ts'

/** How long calls to storage that are still out are waited for. */
const patienceMs = 1_000
const lookMs = 20

/** Whether a call to storage is not answered yet. Its thread would hold up an ordinary exit. */
export const isStorageAsked = (): boolean =>
  process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'))

/**
 * Ends this process with a status; by SIGTERM where storage hangs: an ordinary exit waits for the threads that hold
 * its calls, and those for a server that may never be back.
 */
export async function endProcess(status: ExitStatus): Promise<void> {
  const began = performance.now()
  while (isStorageAsked() && performance.now() - began < patienceMs) await wait(lookMs)
  if (!isStorageAsked()) process.exit(status)
  // Unheard, it ends the process.
  process.removeAllListeners('SIGTERM')
  process.kill(process.pid, 'SIGTERM')
}
