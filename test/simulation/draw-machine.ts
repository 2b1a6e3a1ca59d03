import type { PeerId } from '../../src/model/index.ts'
import type { Self } from '../../src/scheduler/index.ts'
import type { Faults } from './faults.ts'
import type { Random } from './random.ts'
import type { SimNode } from './sim-node.ts'

const letters = 'ABCDEFGH'

/** Of the alphabet and length of real peer ids: the schemas ask for it. */
const peerName = (index: number): PeerId =>
  `12D3KooWSimu1atedMachineNumber${letters[index >> 3]}${letters[index & 7]}` as PeerId

/** What a machine of the mesh says of itself, and what it really is. */
export function drawMachine(
  index: number,
  faults: Faults,
  random: Random
): { self: Self; is: SimNode['is'] } {
  const last = index === faults.nodes - 1
  // Whoever owns a job must be able to end it when nobody else is there, or have somebody who is.
  const fit = !(index >= Math.max(2, faults.owners) && last && faults.unfitNode)
  const version = index >= Math.max(1, faults.nodes - faults.strangers) ? '2' : '1'
  const isIll = index === 1
  const is = {
    name: `n${index}`,
    fit,
    version,
    speed: random.pick([0.2, 1, 1, 1, 3]),
    unable: isIll && version === '1' && faults.unableNode,
    broken: isIll && faults.brokenNode
  }
  const self: Self = {
    peerId: peerName(index),
    name: is.name,
    fitness: { encoders: ['pretend'], roots: [], tags: [], ffmpegVersion: fit ? '5.1.9' : '7.0' },
    slots: random.int(1, 3),
    ioSlots: 1,
    state: 'awake',
    fellowMembers: faults.nodes - 1
  }
  return { self, is }
}
