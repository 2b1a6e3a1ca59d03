import type { Ledger } from '../ledger/index.ts'
import type { Fact } from '../model/index.ts'
import type { Happenings } from './happenings.ts'
import type { NodeLogger } from './logger.ts'
import type { ResolveDesk } from './resolve/index.ts'
import type { TaskLogs } from './task-logs.ts'

export interface CommitCollaborators {
  ledger: Ledger
  logs: TaskLogs
  resolve: ResolveDesk
  happenings: Happenings
  logger: NodeLogger
  onError: (error: unknown, what: string) => void
}

/** Makes facts durable, those that follow from them in the same commit; then tells everybody whom they concern. */
export const committer =
  ({ ledger, logs, resolve, happenings, logger, onError }: CommitCollaborators) =>
  (facts: readonly Fact[]): void => {
    const all = [...facts, ...resolve.wantedBy(facts)]
    ledger.commit(all)
    for (const { kind, jobId } of all) if (kind === 'job-purged') void logs.removeJob(jobId)
    for (const fact of all) logger.info({ fact: withoutBulk(fact) }, fact.kind)
    try {
      resolve.committed(all)
      happenings.facts(all)
    } catch (error) {
      // What is committed is true, whatever the words for it do.
      onError(error, 'what happened could not be told')
    }
  }

/** Facts as the log has them: plans and requests can be megabytes, and stand in the ledger. */
const withoutBulk = (fact: Fact): Record<string, unknown> => ({
  ...Object.fromEntries(Object.entries(fact).filter(([, value]) => typeof value !== 'object')),
  ...(fact.kind === 'link-changed' ? { state: fact.link.state, reason: fact.link.reason } : {})
})
