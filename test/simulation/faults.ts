import type { Random } from './random.ts'

/** What goes wrong in one run, drawn from its seed and printed with it. Probabilities are a message or an event. */
export interface Faults {
  nodes: number
  jobs: number
  /** How long faults last, in virtual ms; then everything works, and everything must end. */
  stormMs: number
  loss: number
  doubling: number
  /** A message takes up to `slowMs` instead of a few ms. */
  slow: number
  slowMs: number
  crashesPerMinute: number
  /** Of the crashes: in the middle of a commit, before or after it is durable. */
  crashInCommit: number
  freezesPerMinute: number
  partitionsPerMinute: number
  commitFails: number
  taskFails: number
  /** A delivered file is wrong: too few frames, garbage, another chunk's. */
  wrongResult: number
  /** Verification finds storage in its way. */
  storageTrouble: number
  /** A worker whose every task fails. */
  brokenNode: boolean
  /** A person's pauses, cancels, retries, priorities and purges, a minute. */
  commandsPerMinute: number
  leaseTtlMs: number
}

export function drawFaults(random: Random): Faults {
  const harsh = random.next()
  return {
    nodes: random.int(2, 8),
    jobs: random.int(1, 4),
    stormMs: random.int(20, 90) * 1000,
    loss: random.chance(0.6) ? random.skewed(0, 0.3) * harsh : 0,
    doubling: random.chance(0.5) ? random.skewed(0, 0.3) : 0,
    slow: random.chance(0.5) ? random.skewed(0, 0.3) : 0,
    slowMs: random.pick([500, 5_000, 40_000]),
    crashesPerMinute: random.chance(0.7) ? random.skewed(0, 8) : 0,
    crashInCommit: random.next() * 0.7,
    freezesPerMinute: random.chance(0.4) ? random.skewed(0, 4) : 0,
    partitionsPerMinute: random.chance(0.5) ? random.skewed(0, 4) : 0,
    commitFails: random.chance(0.3) ? random.skewed(0, 0.1) : 0,
    taskFails: random.chance(0.5) ? random.skewed(0, 0.3) : 0,
    wrongResult: random.chance(0.5) ? random.skewed(0, 0.3) : 0,
    storageTrouble: random.chance(0.3) ? random.skewed(0, 0.4) : 0,
    brokenNode: random.chance(0.2),
    commandsPerMinute: random.chance(0.6) ? random.skewed(0, 10) : 0,
    leaseTtlMs: random.pick([5_000, 15_000])
  }
}
