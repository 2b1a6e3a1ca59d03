import { isEnded, type JobView } from '../../model/index.ts'
import { type ControlClient, ControlError } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import type { RunningNode } from '../node-door.ts'
import { renderBars } from '../output/bars.ts'
import { baseName, count } from '../output/format.ts'
import { changeLine } from '../output/jobs.ts'
import { openLiveView } from '../output/live.ts'
import type { Printer } from '../output/printer.ts'
import { ChangeFilter } from './change-filter.ts'

export interface JobsToWaitFor {
  client: ControlClient
  /** The node in this process, when this command started it. */
  own: RunningNode | null
  jobs: readonly JobView[]
}

/** More jobs than this are picked out of all: a request of the socket has a bound. */
const maxIds = 10_000

/** Shows the jobs until all have ended: bars on a terminal, else a line per change. */
export async function waitForJobs(
  context: CommandContext,
  { client, own, jobs }: JobsToWaitFor
): Promise<ExitStatus> {
  const { print, interrupt } = context
  const latest = new Map(jobs.map((job) => [job.id, job]))
  const show = openJobsView(print, own, latest)
  const done = new AbortController()
  const signal = AbortSignal.any([interrupt.signal, done.signal])
  try {
    if (allEnded(latest)) done.abort()
    const ids = latest.size > maxIds ? null : [...latest.keys()]
    for await (const job of client.stream('watchJobs', { ids }, signal)) {
      if (!latest.has(job.id)) continue
      latest.set(job.id, job)
      show.changed(job)
      if (allEnded(latest)) done.abort()
    }
  } catch (error) {
    // A node that stops at our wish ends the stream as it likes.
    if (!interrupt.signal.aborted) throw error
  } finally {
    show.end()
  }
  if (!allEnded(latest)) {
    if (interrupt.signal.aborted) return leave(print, own, latest)
    throw new ControlError('connection-lost', {
      message: 'the node stopped before the jobs had ended',
      hint: 'They go on when it is started again: `proxima-node --headless`',
      exitStatus: 3
    })
  }
  const bad = [...latest.values()].filter((job) => job.status !== 'completed')
  return bad.length === 0 ? exitCodes.done : exitCodes.failed
}

const allEnded = (jobs: ReadonlyMap<string, JobView>): boolean =>
  [...jobs.values()].every((job) => isEnded(job.status))

function leave(print: Printer, own: RunningNode | null, latest: ReadonlyMap<string, JobView>): ExitStatus {
  const open = [...latest.values()].filter((job) => !isEnded(job.status)).length
  const them = open === 1 ? 'The job goes' : `The ${count(open, 'job')} go`
  print.note(
    own
      ? `Stopping the node. ${them} on when a node is started here again (\`proxima-node --headless\`).`
      : `${them} on without this command. See \`proxima-node jobs\`; end with \`proxima-node cancel\`.`
  )
  return exitCodes.interrupted
}

interface JobsView {
  changed(job: JobView): void
  end(): void
}

function openJobsView(
  print: Printer,
  own: RunningNode | null,
  latest: ReadonlyMap<string, JobView>
): JobsView {
  const filter = new ChangeFilter([...latest.values()], print.json ? 'progress' : 'state')
  const tell = (job: JobView): void => {
    if (print.json) print.data(job)
    if (job.status === 'failed' || job.status === 'canceled') tellEnd(print, own, job)
    else if (!print.json) print.lines([changeLine(job, new Date().toISOString(), print.paint)])
  }
  if (print.json || !print.traits.live) {
    return {
      changed: (job) => {
        if (filter.isNews(job, performance.now())) tell(job)
      },
      end() {}
    }
  }
  const style = { ascii: print.traits.ascii, paint: print.paint }
  const view = openLiveView(print.out, (size) => renderBars([...latest.values()], size, style))
  return {
    changed: (job) => {
      const news = filter.newsOf(job, performance.now())
      if (news === 'note' || (news !== null && isEnded(job.status))) view.above(() => tell(job))
      else view.change()
    },
    end: () => view.end()
  }
}

/** A job that came to nothing: what happened, to what, and what to do next. */
function tellEnd(print: Printer, own: RunningNode | null, job: JobView): void {
  const source = baseName(job.source)
  if (job.status === 'canceled') {
    print.error({
      message: `${source} was canceled`,
      hint: `\`proxima-node retry ${job.id}\` starts it again`
    })
    return
  }
  const look = `\`proxima-node log ${job.id}\``
  print.error({
    message: `${source}: ${job.error ?? 'it failed without a reason'}`,
    hint: own ? `${look} tells more once a node runs (\`proxima-node --headless\`)` : `${look} tells more`
  })
}
