import type { Fact, PeerId } from '../../../src/model/index.ts'
import type { SchedulerSettings } from '../../../src/scheduler/index.ts'
import { failedPeers, type History } from './history.ts'
import { must } from './violation.ts'

/** Whether a node that could run the task, and has not failed it, is connected with its owner. */
export type OthersCouldTry = (fact: Fact & { taskNo: number }, failed: ReadonlySet<PeerId>) => boolean

/** S6: a task that failed goes to another peer first, and fails only after its attempts. Before the fact is noted. */
export function checkAttempts(
  fact: Fact,
  history: History,
  settings: SchedulerSettings,
  othersCouldTry: OthersCouldTry
): void {
  if (fact.kind !== 'lease-granted' && fact.kind !== 'task-failed') return
  const task = history.task(fact.jobId, fact.taskNo)
  const attempts = task?.attempts ?? []
  const failed = task ? failedPeers(task) : new Set<PeerId>()
  const at = `${fact.jobId}.${fact.taskNo}`
  if (fact.kind === 'lease-granted') {
    const again = failed.has(fact.peerId) && othersCouldTry(fact, failed)
    must(!again, 'S6', () => `${at} goes back to ${fact.peerName}, which failed it, before others have tried`)
    return
  }
  const { maxFailures, maxFailuresAnywhere, maxLosses, maxLossPeers, maxHindrances } = settings
  const failures = attempts.filter(({ status }) => status === 'failed' || status === 'rejected').length
  const losers = attempts.filter(({ status }) => status === 'lost').map(({ peerId }) => peerId)
  const hindered = attempts.filter(({ status }) => status === 'hindered').length
  const usedUp =
    failures >= maxFailuresAnywhere ||
    (failures >= maxFailures && (failed.size >= 2 || !othersCouldTry(fact, failed)))
  const lost = losers.length >= maxLosses && new Set(losers).size >= maxLossPeers
  must(
    usedUp || lost || hindered >= maxHindrances,
    'S6',
    () => `${at} failed after ${JSON.stringify(attempts)}`
  )
}
