import type { Random } from './random.ts'

/**
 * What goes wrong in one run, drawn from its seed and printed with it. Probabilities are a message or an event;
 * rates are a minute of virtual time in the whole mesh.
 */
export interface Faults {
  nodes: number
  /** The first so many nodes queue jobs. */
  owners: number
  jobs: number
  /** Jobs are cut so fine that they have hundreds of tasks. */
  fine: boolean
  /** How long faults last, in virtual ms; then everything works, and everything must end. */
  stormMs: number
  leaseTtlMs: number

  // Network
  loss: number
  doubling: number
  /** A message takes up to `slowMs` instead of a few ms, and others overtake it. */
  slow: number
  slowMs: number
  partitionsPerMinute: number
  /** Of the partitions: in one direction only. */
  oneWay: number
  /** Links that let nothing through for a while, and then all of it at once. */
  clogsPerMinute: number

  // Machines
  crashesPerMinute: number
  /** Of the crashes: in the middle of a commit, before or after it is durable. */
  crashInCommit: number
  /** A machine stands still while its clock goes on; or its clock stands still, too (a suspended laptop). */
  freezesPerMinute: number
  suspendsPerMinute: number
  /** Machines that say that they are unhealthy, or drain, for a while. */
  moodsPerMinute: number

  // Disks
  commitFails: number
  /** The ledger's disk is full for a while. */
  diskFullsPerMinute: number
  /** Planning, verification, publication or clean-up finds storage in its way. */
  storageTrouble: number
  /** Storage takes up to so long for what takes some ms. */
  slowStorageMs: number
  /** A stale handle: looking for a finished file finds nothing though it is there. */
  staleHandles: number
  /** A worker that dies leaves half a file under its name. */
  tornFiles: number

  // Work
  taskFails: number
  /** A delivered file is wrong: too few frames, garbage, another chunk's. */
  wrongResult: number
  /** A frame of a job crashes every ffmpeg. */
  poison: number
  /** A worker whose every task fails. */
  brokenNode: boolean
  /** A job's source is replaced in the storm, after it was planned or before. */
  replacements: number
  /** A node that could run a job's tasks says for a while that it cannot. */
  refusals: number
  /** A node whose proofs are never given: its overrides change the picture. */
  unableNode: boolean
  /** The last node's ffmpeg is of another version. */
  unfitNode: boolean
  /** Nodes, from the last on, that run another version of proxima-node, until they are restarted in the storm. */
  strangers: number

  // The wire: every message goes through the real encoder and schemas, and back.
  wire: boolean
  /** A message is truncated or altered on its way. */
  garbled: number
  /** A member says things of leases that are not its own. */
  lies: number
  floodsPerMinute: number

  /** A person's pauses, cancels, retries, priorities and purges. */
  commandsPerMinute: number
}

/** One mesh in so many is large: up to 30 nodes, with hundreds of tasks. */
const largeOneIn = 100

/** Meshes to draw: of up to 8 nodes, of up to 30, or nearly all small. */
export const sizes = ['mixed', 'small', 'large'] as const
export type Size = (typeof sizes)[number]

/** @param aside chance of its own for what came later: the seeds from before draw all else as they did */
export function drawFaults(random: Random, aside: Random, size: Size = 'mixed'): Faults {
  const drawn = random.chance(1 / largeOneIn)
  const large = size === 'mixed' ? drawn : size === 'large'
  const nodes = large ? random.int(9, 30) : random.int(2, 8)
  const harsh = random.next()
  const some = (probability: number, most: number): number =>
    random.chance(probability) ? random.skewed(0, most) : 0
  const wire = random.chance(large ? 0.2 : 0.08)
  return {
    nodes,
    owners: Math.min(nodes, large ? random.int(2, 6) : random.int(1, 3)),
    jobs: large ? random.int(4, 12) : random.int(1, 4),
    fine: random.chance(large ? 0.5 : 0.002),
    stormMs: Math.round((large ? random.int(15, 60) : random.skewed(10, 75)) * 1000),
    leaseTtlMs: random.pick([5_000, 15_000]),
    loss: some(0.6, 0.3) * harsh,
    doubling: some(0.5, 0.3),
    slow: some(0.5, 0.3),
    slowMs: random.pick([500, 5_000, 40_000]),
    partitionsPerMinute: some(0.5, 4),
    oneWay: random.next(),
    clogsPerMinute: some(0.3, 4),
    crashesPerMinute: some(0.7, 8),
    crashInCommit: random.next() * 0.7,
    freezesPerMinute: some(0.3, 4),
    suspendsPerMinute: some(0.2, 3),
    moodsPerMinute: some(0.2, 3),
    commitFails: some(0.3, 0.1),
    diskFullsPerMinute: some(0.2, 2),
    storageTrouble: some(0.3, 0.4),
    slowStorageMs: random.chance(0.2) ? random.pick([1_000, 5_000, 20_000]) : 60,
    staleHandles: some(0.2, 0.3),
    tornFiles: random.chance(0.4) ? 0.5 : 0,
    taskFails: some(0.5, 0.3),
    wrongResult: some(0.5, 0.3),
    poison: random.chance(0.1) ? 0.5 : 0,
    replacements: aside.chance(0.05) ? 0.5 : 0,
    brokenNode: random.chance(0.2),
    refusals: some(0.5, 0.5),
    unableNode: random.chance(0.2),
    unfitNode: random.chance(0.2),
    strangers: random.chance(0.1) ? random.int(1, Math.max(1, nodes >> 1)) : 0,
    wire,
    garbled: wire ? some(0.9, 0.2) : 0,
    lies: wire ? some(0.5, 0.2) : 0,
    floodsPerMinute: wire ? some(0.5, 4) : 0,
    commandsPerMinute: some(0.6, 10)
  }
}
