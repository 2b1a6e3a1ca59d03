import { rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Removes what makes a home a member: the roster first, so that a crash in between leaves a machine that is alone, and
 * the key last. A removal is final for a key; the next start makes another.
 */
export async function forgetMembership(home: string): Promise<void> {
  for (const name of ['roster.json', 'addresses.json', 'identity.key']) {
    await rm(join(home, name), { force: true })
  }
}
