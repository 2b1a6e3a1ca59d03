import { isEnded, type JobId, type JobRecord } from '../model/index.ts'
import { needsOf, type SchedulerState } from '../scheduler/index.ts'
import { NodeError } from './errors.ts'

/**
 * Refuses to give up a root that unfinished work needs: its next task would find nothing, and fail for good.
 * @param holds what this node runs for others and itself; left out where no node runs
 * @throws NodeError `root-in-use`
 */
export function refuseInUse(
  { id, name }: { id: string; name: string },
  jobs: ReadonlyMap<JobId, JobRecord>,
  holds: SchedulerState['holds'] = new Map()
): void {
  const waiting = [...jobs.values()].filter(
    (job) => !isEnded(job.status) && needsOf(job).roots.some((root) => root === id)
  )
  if (waiting.length > 0) {
    const what = waiting.length === 1 ? 'an unfinished job needs' : `${waiting.length} unfinished jobs need`
    throw new NodeError('root-in-use', `${name} stays: ${what} it`, {
      hint: 'Let them end, or cancel them (`proxima-node jobs`), and try again.',
      exitStatus: 2
    })
  }
  // A task of another machine's job: whatever names files names them by the ids of their roots.
  const isRun = [...holds.values()].some(
    ({ lease, status }) => status !== 'ended' && JSON.stringify(lease.payload).includes(`"${id}"`)
  )
  if (isRun) {
    throw new NodeError('root-in-use', `${name} stays: this machine runs a task that needs it`, {
      hint: 'Let it end, or hand it back with `proxima-node drain`, and try again.',
      exitStatus: 2
    })
  }
}
