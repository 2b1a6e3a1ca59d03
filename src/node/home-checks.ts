import { existsSync } from 'node:fs'
import { type Ledger, LedgerError } from '../ledger/index.ts'
import type { CheckView } from '../model/index.ts'
import type { Home } from './home.ts'
import { MeshError } from './mesh/errors.ts'
import { loadIdentity } from './mesh/identity.ts'
import { RosterStore } from './mesh/roster-store.ts'

/** Whether the ledger is whole: every page and every row is read. */
export function checkLedger(ledger: Ledger): CheckView {
  try {
    const damage = ledger.integrityCheck()
    return damage.length === 0
      ? { name: 'ledger', status: 'ok', message: 'every page and row is as it should be' }
      : failed('ledger', `damaged: ${damage[0]}`, 'Stop the node and put a backup in its place.')
  } catch (error) {
    return ledgerTrouble(error)
  }
}

/**
 * A ledger that cannot be opened or read, as a finding.
 * @throws what is not the ledger's trouble
 */
export function ledgerTrouble(error: unknown): CheckView {
  if (error instanceof LedgerError) return failed('ledger', error.message, error.hint)
  throw error
}

/** Whether key and roster of a home can be read; nothing where its node was never started. */
export async function checkMembership({ folder, identityKey, roster }: Home): Promise<CheckView[]> {
  if (!existsSync(identityKey)) return []
  try {
    const identity = await loadIdentity(folder)
    if (!existsSync(roster)) return []
    const { members } = await RosterStore.load(folder, identity, '', () => undefined)
    if (members.has(identity.peerId)) return []
    return [removedFromMesh]
  } catch (error) {
    if (error instanceof MeshError) return [failed('mesh', error.message, error.hint)]
    throw error
  }
}

/** This machine is no member any more. */
export const removedFromMesh: CheckView = {
  name: 'mesh',
  status: 'fail',
  message:
    'this machine was removed from its mesh; `proxima-node mesh leave` makes it a new one, which may be invited'
}

const failed = (name: string, message: string, hint: string | null): CheckView => ({
  name,
  status: 'fail',
  message: hint === null ? message : `${message}. ${hint}`
})
