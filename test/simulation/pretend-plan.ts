import type { DivisibleWork, JobPlan, Needs, PlannedTask } from '../../src/model/index.ts'
import { Random } from './random.ts'
import type { SimSpec } from './storage.ts'

const task = (kind: string, extra: Partial<PlannedTask>): PlannedTask => {
  return { kind, stage: 0, ownerOnly: false, pool: 'slot', final: false, ...extra }
}

/** How a pretend source can be laid out: the same whenever it is asked, since it follows from its length. */
export function pretendPlan({ totalUnits, fixedUnits }: SimSpec, needs: Needs): JobPlan {
  const random = new Random(totalUnits)
  const gop = random.pick([1, 12, 50, 250])
  const cuts = Array.from({ length: Math.max(0, Math.ceil(totalUnits / gop) - 1) }, (_, i) => (i + 1) * gop)
  const work: DivisibleWork = {
    kind: 'encode-chunk',
    totalUnits,
    cuts: gop === 1 || fixedUnits ? null : cuts,
    minUnits: fixedUnits ?? random.int(10, 60),
    maxUnits: random.chance(0.3) ? 400 : null,
    fixedUnits: fixedUnits ?? (random.chance(0.2) ? random.int(5, 100) : null)
  }
  const tasks = [task('join', { stage: 1, ownerOnly: true, pool: 'io', final: true })]
  if (random.chance(0.8)) tasks.unshift(task('encode-audio', {}))
  const split = random.chance(0.9) ? { work, tasks } : null
  const whole = split && work.fixedUnits ? null : task('encode-file', { final: true })
  return { totalUnits, split, whole, needs, payload: null }
}
