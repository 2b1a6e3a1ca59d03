import type { Mesh } from '../../../src/node/mesh/index.ts'
import { LibMesh } from '../../../src/node/mesh/mesh.ts'

/** How many libp2p connections a mesh has: for tests only. */
export function connectionsOf(mesh: Mesh): number {
  if (!(mesh instanceof LibMesh)) throw new TypeError('not the real mesh')
  return mesh.connectionCount
}
