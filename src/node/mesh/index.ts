import { AddressBook } from './address-book.ts'
import { loadIdentity } from './identity.ts'
import { LibMesh } from './mesh.ts'
import { RosterStore } from './roster-store.ts'
import { defaultTimings, type Mesh, type MeshCollaborators, type MeshSettings } from './types.ts'

export { MeshError, type MeshErrorCode } from './errors.ts'
export type {
  LinkState,
  Mesh,
  MeshCollaborators,
  MeshHandlers,
  MeshMember,
  MeshPeer,
  MeshSettings,
  MeshTimings,
  PeerIntroduction
} from './types.ts'
export { defaultTimings } from './types.ts'

/**
 * The mesh of this machine: its identity and roster are read from `settings.home` (made at the first start), so that
 * `self` and `meshId` are known; nothing is on the network before `start()`.
 *
 * Throws MeshError `identity-unreadable`, `roster-unreadable`, `bad-peer-address`.
 */
export async function createMesh(settings: MeshSettings, collaborators: MeshCollaborators): Promise<Mesh> {
  const identity = await loadIdentity(settings.home)
  let mesh: LibMesh | null = null
  const roster = await RosterStore.load(settings.home, identity, settings.name, (left) =>
    mesh?.rosterChanged(left)
  )
  const book = await AddressBook.load(settings.home, collaborators.logger)
  mesh = new LibMesh(settings, collaborators, {
    identity,
    roster,
    book,
    timings: { ...defaultTimings, ...settings.timings }
  })
  return mesh
}
