import type { World } from '../world.ts'
import { must } from './violation.ts'

/**
 * F1: temporary files of jobs that ended are removed (DESIGN section 9). When all have ended and everybody has heard
 * of it. What a process wrote that has died since is nobody's to remove any more.
 */
export function checkLeftOver({ nodes, storage }: World): void {
  for (const [jobId, files] of storage.files) {
    for (const { leaseId, writer } of files.values()) {
      const alive = nodes.some(({ peerId, bootId }) => peerId === writer.peerId && bootId === writer.bootId)
      must(!alive, 'F1', () => `${leaseId} is left over though ${jobId} has ended`)
    }
  }
}
