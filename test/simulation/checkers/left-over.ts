import type { World } from '../world.ts'
import { must } from './violation.ts'

/**
 * F1: temporary files of jobs that ended are removed (DESIGN section 9). When all have ended and everybody has heard
 * of it. What a process wrote that has died since, or runs another version by now, is out of everybody's reach.
 */
export function checkLeftOver(world: World): void {
  const { storage } = world
  for (const [jobId, files] of storage.files) {
    for (const { leaseId, writer } of files.values()) {
      const node = world.nodeOf(writer.peerId)
      const owner = world.ownerOf(jobId)
      const inReach = node?.bootId === writer.bootId && owner && world.canTalk(node, owner.peerId)
      must(!inReach, 'F1', () => `${leaseId} is left over though ${jobId} has ended`)
    }
  }
}
