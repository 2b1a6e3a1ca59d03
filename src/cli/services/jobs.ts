import type { ActResult, JobAction, JobView } from '../../model/index.ts'
import type { ControlClient } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { renderBars } from '../output/bars.ts'
import { clean } from '../output/format.ts'
import { changeLine, jobDetails, jobsTable } from '../output/jobs.ts'
import { openLiveView } from '../output/live.ts'
import { ChangeFilter } from './change-filter.ts'
import { withRunningNode } from './with-node.ts'

/** `jobs`: the list, once or as it changes. */
export function listJobs(context: CommandContext, { follow }: { follow: boolean }): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    if (follow) return followJobs(context, client)
    const view = await client.call('jobs', {})
    if (context.print.json) context.print.data(view)
    else context.print.lines(jobsTable(view.jobs, context.print.width))
    return exitCodes.done
  })
}

async function followJobs({ print, interrupt }: CommandContext, client: ControlClient): Promise<ExitStatus> {
  const jobs = new Map<string, JobView>()
  const filter = new ChangeFilter([], print.json ? 'progress' : 'state')
  const style = { ascii: print.traits.ascii, paint: print.paint }
  const live = !print.json && print.traits.live
  const view = live ? openLiveView(print.out, (size) => renderBars([...jobs.values()], size, style)) : null
  try {
    for await (const job of client.stream('watchJobs', { ids: null }, interrupt.signal)) {
      jobs.set(job.id, job)
      const news = filter.isNews(job, performance.now())
      const line = () => changeLine(job, new Date().toISOString(), print.paint)
      if (view) {
        if (news) view.above(() => print.lines([line()]))
        else view.change()
      } else if (news && print.json) print.data(job)
      else if (news) print.lines([line()])
    }
  } finally {
    view?.end()
  }
  return interrupt.signal.aborted ? exitCodes.interrupted : exitCodes.done
}

/** `job ID`: one job with its tasks and attempts. */
export function showJob(context: CommandContext, id: string): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const job = await client.call('job', { id })
    if (context.print.json) context.print.data(job)
    else context.print.lines(jobDetails(job, context.print.width, context.print.paint))
    return exitCodes.done
  })
}

/** `job ID --unblock PEER|all`: machines that were kept from a job may try it again. */
export function unblockPeer(context: CommandContext, id: string, peer: string): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const view = await client.call('unblock', { id, peer })
    if (context.print.json) context.print.data(view)
    else if (view.unblocked.length === 0) context.print.note(`No machine is kept from job ${view.id}.`)
    else context.print.lines(view.unblocked.map(({ name }) => `${clean(name)} may try job ${view.id} again`))
    return exitCodes.done
  })
}

/** `log ID [TASK]`: the tool's log, from whichever peer ran it. */
export function showLog(context: CommandContext, id: string, task: string | null): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const log = await client.call('log', { id, task })
    if (context.print.json) {
      context.print.data(log)
      return exitCodes.done
    }
    context.print.note(`${log.leaseId} on ${clean(log.peerName)}: ${clean(log.command.join(' '))}`)
    context.print.lines(log.lines.map(clean))
    return exitCodes.done
  })
}

const actWords: Record<JobAction, string> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'canceled',
  retry: 'to be tried again',
  purge: 'removed'
}

/** `pause`, `resume`, `cancel`, `retry`, `purge`. Fails when one of the jobs would not. */
export function actOnJobs(
  context: CommandContext,
  action: JobAction,
  ids: string[] | 'all'
): Promise<ExitStatus> {
  return withRunningNode(context, async (client) =>
    tellResults(context, await client.call('act', { action, ids }), actWords[action])
  )
}

/** `priority N ID…`. */
export function setPriority(
  context: CommandContext,
  priority: number,
  ids: string[] | 'all'
): Promise<ExitStatus> {
  return withRunningNode(context, async (client) =>
    tellResults(context, await client.call('priority', { ids, priority }), `priority ${priority}`)
  )
}

function tellResults({ print }: CommandContext, view: ActResult, word: string): ExitStatus {
  if (print.json) print.data(view)
  else {
    for (const result of view.results) {
      if (result.ok) print.lines([`${result.id}  ${result.message === null ? word : clean(result.message)}`])
      else print.error({ message: `${result.id}: ${result.message ?? 'not possible'}`, hint: null })
    }
    if (view.results.length === 0) print.note('No job to act on.')
  }
  return view.results.every((result) => result.ok) ? exitCodes.done : exitCodes.failed
}
