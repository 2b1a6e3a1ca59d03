import { isEnded, type JobRow } from '../model/index.ts'
import { targets } from './selectors.ts'
import type { ScreenState } from './state.ts'
import { opened, type ScreenStep, still, withNotice } from './step.ts'

const idsOf = (rows: readonly JobRow[]): string[] => rows.map(({ job }) => job.id)

export function act(
  state: ScreenState,
  action: 'retry' | 'pause' | 'resume' | 'purge',
  which: string,
  applies: (row: JobRow) => boolean
): ScreenStep {
  const ids = idsOf(targets(state).filter(applies))
  if (ids.length === 0) return still(withNotice(state, 'info', `No job here that ${which}`))
  return { state: { ...state, selected: new Set() }, orders: [{ kind: 'act', action, ids }] }
}

/** What runs or waits is paused; where everything is paused already, it goes on. */
export function pause(state: ScreenState): ScreenStep {
  const isOpen = ({ job }: JobRow) => !isEnded(job.status)
  const open = targets(state).filter(isOpen)
  const isPaused = ({ job }: JobRow) => job.status === 'paused'
  return open.length > 0 && open.every(isPaused)
    ? act(state, 'resume', 'is paused', isPaused)
    : act(state, 'pause', 'could be paused', (row) => isOpen(row) && !isPaused(row))
}

export function cancel(state: ScreenState): ScreenStep {
  const rows = targets(state).filter(({ job }) => !isEnded(job.status))
  const [first] = rows
  if (!first) return still(withNotice(state, 'info', 'No job here that is still open'))
  const name = first.job.source.split(/[\\/]/).at(-1) ?? first.job.id
  const [what, them] = rows.length === 1 ? [name, 'it'] : [`${rows.length} jobs`, 'them']
  const begun = rows.filter(({ job }) => job.progress.units > 0).length
  const lost =
    begun === 0
      ? `Nothing of ${them} was encoded yet.`
      : begun === rows.length
        ? `What was encoded of ${them} so far is lost.`
        : `What was encoded of ${begun} of them so far is lost.`
  return opened(
    state,
    {
      kind: 'confirm',
      lines: [`Cancel ${what}?`, lost],
      order: { kind: 'act', action: 'cancel', ids: idsOf(rows) }
    },
    []
  )
}

const maxPriority = 100

export function prioritize(state: ScreenState, by: number): ScreenStep {
  const rows = targets(state).filter(({ job }) => !isEnded(job.status))
  if (rows.length === 0) return still(withNotice(state, 'info', 'No job here that is still open'))
  const groups = Map.groupBy(rows, ({ job }) =>
    Math.max(-maxPriority, Math.min(maxPriority, job.priority + by))
  )
  const changes = [...groups].map(([priority, some]) => ({ priority, ids: idsOf(some) }))
  return { state, orders: [{ kind: 'priority', changes }] }
}
