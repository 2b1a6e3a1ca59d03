import { isEnded } from '../../../src/model/index.ts'
import type { World } from '../world.ts'
import { must } from './violation.ts'

/** After the storm, everything must have ended by then, and what the slowest node alone would take for all of it. */
const calmLimitMs = 30 * 60_000
/** A slot of the slowest machine, and what is done over because of wrong files and copies. */
const slowdown = 15

/** True when every job has ended and was cleaned up, and nobody holds anything that an owner in reach has to hear of. */
export function haveAllEnded(world: World): boolean {
  const { jobs, nodes } = world
  for (const [jobId, { state, turns, ledger }] of jobs) {
    const job = state?.jobs.get(jobId)
    if (!job && (!turns || ledger.durable.acknowledged.has(jobId))) return false
    if (job && (!isEnded(job.status) || !job.cleaned)) return false
  }
  return nodes.every((node) =>
    [...(node.state?.holds.values() ?? [])].every(({ owner }) => !world.canTalk(node, owner))
  )
}

/** L1: every job ends, once faults have stopped. */
export function checkEnds(world: World): void {
  let workMs = 0
  for (const { totalUnits, msPerUnit } of world.storage.specs.values()) workMs += totalUnits * msPerUnit
  const limitMs = world.faults.stormMs + calmLimitMs + slowdown * workMs
  must(world.nowMs < limitMs, 'L1', () => `jobs have not ended: ${whatIsOpen(world)}`)
}

/** For whoever has to find out why. */
export function whatIsOpen({ jobs, nodes }: World): string {
  const open: string[] = []
  for (const [jobId, { is, state }] of jobs) {
    const job = state?.jobs.get(jobId)
    if (!job || (isEnded(job.status) && job.cleaned)) continue
    const tasks = job.tasks.filter(({ status }) => status !== 'done').slice(0, 4)
    const { remaining, cleaned } = job
    open.push(`${jobId} of ${is.name} ${job.status} ${JSON.stringify({ remaining, tasks, cleaned })}`)
  }
  for (const { is, state } of nodes) {
    for (const [leaseId, { status }] of state?.holds ?? []) open.push(`${is.name} holds ${leaseId} ${status}`)
  }
  return open.join('; ')
}
