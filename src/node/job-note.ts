import { isEnded, type JobRecord, type PeerId } from '../model/index.ts'
import {
  needsOf,
  proofOf,
  type SchedulerState,
  whyNotFileWork,
  whyNotPeer,
  whyUnsuited
} from '../scheduler/index.ts'

/** So many machines are told with their reasons; the others are counted. */
const maxTold = 3

/** What a person should know of a job in one line: why it waits, or why it runs (or ran) on this machine alone. */
export function noteOf(state: SchedulerState, job: JobRecord): string | null {
  const stuck = isEnded(job.status) ? null : whyNobody(state, job)
  if (stuck !== null) return stuck
  return needsOf(job).ownerOnly
    ? 'the source or the output is outside every shared root: encoded on this machine alone'
    : null
}

/** Why no machine that is here can take what is ready, or null: one can, nothing is ready, or something runs. */
function whyNobody(state: SchedulerState, job: JobRecord): string | null {
  if (job.plan === null || job.status === 'paused' || job.status === 'verifying') return null
  if (job.tasks.some(({ status }) => status === 'leased')) return null
  const ready = job.tasks.filter(({ status }) => status === 'ready')
  const unshaped = job.shape === null
  if (!unshaped && job.remaining.length === 0 && ready.length === 0) return null

  const { self, peers } = state
  const ownerOnly =
    needsOf(job).ownerOnly ||
    (!unshaped && job.remaining.length === 0 && ready.every((task) => task.ownerOnly))
  const others = ownerOnly ? [] : [...peers.values()]
  // Who has only just come may be able to.
  if (others.some(({ status }) => status === null)) return null
  // A join waits for this node alone, which needs neither slot nor encoder for it.
  if (ready.some(({ pool }) => pool === 'io') && self.ioSlots > 0 && whyNotFileWork(state, job) === null)
    return null
  const machines = [
    { peerId: self.peerId, name: self.name, rooms: self.slots },
    ...others.map(({ peerId, name, status }) => ({ peerId, name, rooms: status?.slots.total ?? 0 }))
  ]
  const reasons: string[] = []
  for (const machine of machines) {
    const why = whyNotPeer(state, job, machine.peerId) ?? (machine.rooms > 0 ? null : 'it has no slots')
    if (why === null || mayStillProve(state, job, machine.peerId)) return null
    reasons.push(`${machine.name}: ${why}`)
  }
  const more = reasons.length > maxTold ? `; and ${reasons.length - maxTold} more` : ''
  return `no machine can take it: ${reasons.slice(0, maxTold).join('; ')}${more}`
}

/** It seems fit, and has not been heard yet: the job is not next, or the answer is on its way. */
export const mayStillProve = (state: SchedulerState, job: JobRecord, peerId: PeerId): boolean =>
  whyUnsuited(state, job, peerId) === null && (proofOf(state, job.id, peerId)?.answer ?? null) === null
