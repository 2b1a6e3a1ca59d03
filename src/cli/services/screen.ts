import type { JobView } from '../../model/index.ts'
import { type ControlClient, toWireError } from '../../node/control/connect.ts'
import { openScreen } from '../../tui/open-screen.ts'
import type { ScreenPort } from '../../tui/port.ts'
import type { NotifyWay } from '../../tui/state.ts'
import { styleOf } from '../../tui/text/style.ts'
import type { CommandContext } from '../context.ts'
import { changeLine } from '../output/jobs.ts'
import { ChangeFilter } from './change-filter.ts'
import { screenMachine } from './screen-machine.ts'

export interface ScreenWishes {
  /** `plain`: a line a change of state; `json`: the same as events. */
  ui: 'screen' | 'plain' | 'json'
  /** Draw with ASCII alone, whatever the terminal says of itself. */
  ascii: boolean
  notify: NotifyWay
}

/** How a person left: whether the node should be stopped as well. */
export interface ScreenLeft {
  stopNode: boolean
}

/** Shows the node behind `client` until the person leaves: on the whole screen, or as lines. */
export function showScreen(
  context: CommandContext,
  client: ControlClient,
  wishes: ScreenWishes
): Promise<ScreenLeft> {
  return wishes.ui === 'screen'
    ? showOnScreen(context, client, wishes)
    : showAsLines(context, client, wishes.ui)
}

function showOnScreen(
  context: CommandContext,
  client: ControlClient,
  wishes: ScreenWishes
): Promise<ScreenLeft> {
  const { print, interrupt } = context
  const port: ScreenPort = {
    connect: () => context.door.connect(context.home),
    machine: screenMachine(context),
    told: toWireError
  }
  const style = styleOf({ colour: print.traits.colour, ascii: wishes.ascii || print.traits.ascii })
  return openScreen(
    { style, notify: wishes.notify, folder: context.cwd, signal: interrupt.signal },
    { port, first: client, terminal: { stdin: process.stdin, stdout: print.out as NodeJS.WriteStream } }
  )
}

/** A line for every change of a job's state, until the person leaves or the node goes. */
async function showAsLines(
  { print, interrupt }: CommandContext,
  client: ControlClient,
  ui: 'plain' | 'json'
): Promise<ScreenLeft> {
  const filter = new ChangeFilter([], ui === 'json' ? 'progress' : 'state')
  const tell = (job: JobView): void => {
    if (ui === 'json') print.data(job)
    else print.lines([changeLine(job, new Date().toISOString(), print.paint)])
  }
  try {
    for await (const job of client.stream('watchJobs', { ids: null }, interrupt.signal)) {
      if (filter.isNews(job, performance.now())) tell(job)
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
  } finally {
    client.close()
  }
  return { stopNode: false }
}
