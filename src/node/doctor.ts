import { statfs } from 'node:fs/promises'
import type { Ledger } from '../ledger/index.ts'
import type { CheckView, NodeStatus } from '../model/index.ts'
import type { Home } from './home.ts'
import { checkLedger, removedFromMesh } from './home-checks.ts'
import type { MediaDesk } from './media-desk.ts'
import type { Mesh } from './mesh/index.ts'
import type { NodeStorage } from './storage/index.ts'

export interface DoctorCollaborators {
  desk: MediaDesk
  storage: NodeStorage
  home: Home
  /** Whether the editing software of this machine can be talked to. */
  editing: () => Promise<CheckView>
  /** Absent when no node runs: their checks are then left out. */
  ledger?: Ledger
  mesh?: Mesh
  /** What the node says of itself. */
  status?: NodeStatus
}

const lowSpaceBytes = 1_000_000_000

/** Looks at everything a node needs; each check says what to do when it is not well. */
export async function checkNode({
  desk,
  storage,
  home,
  editing,
  ledger,
  mesh,
  status
}: DoctorCollaborators): Promise<CheckView[]> {
  return [
    checkRuntime(),
    ...(await desk.checks()),
    await checkHome(home),
    ...(await checkRoots(storage)),
    await editing(),
    ...(ledger ? [checkLedger(ledger)] : []),
    ...(mesh ? [checkMesh(mesh)] : []),
    ...(status ? [checkCondition(status)] : [])
  ]
}

const checkRuntime = (): CheckView => ({
  name: 'node',
  status: 'ok',
  message: `Node ${process.versions.node}`
})

async function checkHome(home: Home): Promise<CheckView> {
  const { bavail, bsize } = await statfs(home.folder)
  const freeBytes = bavail * bsize
  const low = freeBytes < lowSpaceBytes
  return {
    name: 'home',
    status: low ? 'warn' : 'ok',
    message: `${home.folder}, ${(freeBytes / 1e9).toFixed(1)} GB free${low ? ': make room on this disk' : ''}`
  }
}

async function checkRoots(storage: NodeStorage): Promise<CheckView[]> {
  const roots = await storage.roots()
  if (roots.length === 0) {
    return [
      {
        name: 'roots',
        status: 'warn',
        message:
          'no shared root: other machines cannot take part; run `proxima-node share PATH` on each of them'
      }
    ]
  }
  return roots.map(({ name, path, visible, reason }) => ({
    name: `root ${name}`,
    status: visible ? 'ok' : 'fail',
    message: visible ? path : (reason ?? `${path} cannot be seen`)
  }))
}

/** Whether the node takes work, and if not, why. */
export function checkCondition({ state, reason }: Pick<NodeStatus, 'state' | 'reason'>): CheckView {
  if (state === 'unhealthy') {
    return {
      name: 'health',
      status: 'fail',
      message: `this machine is unwell and takes no work: ${reason}; it looks at itself again by and by, and at once after \`proxima-node awake\``
    }
  }
  const wish = state === 'awake' ? null : `takes no work: it is ${state} (\`proxima-node awake\` ends that)`
  if (wish === null && reason === null)
    return { name: 'health', status: 'ok', message: 'this machine takes work' }
  return {
    name: 'health',
    status: 'warn',
    message: [wish, reason].filter((text) => text !== null).join('; ')
  }
}

function checkMesh(mesh: Mesh): CheckView {
  if (!mesh.members().some(({ self }) => self)) return removedFromMesh
  const peers = mesh.peers()
  const connected = peers.filter(({ state }) => state === 'connected')
  if (peers.length === 0) {
    return {
      name: 'mesh',
      status: 'ok',
      message: 'this node alone; `proxima-node mesh invite` lets another machine in'
    }
  }
  const missing = peers.filter(({ state }) => state !== 'connected').map(({ name }) => name)
  return {
    name: 'mesh',
    status: connected.length > 0 ? 'ok' : 'warn',
    message:
      missing.length === 0
        ? `all ${peers.length} other members are connected`
        : `${connected.length} of ${peers.length} other members are connected; not ${missing.join(', ')}`
  }
}
