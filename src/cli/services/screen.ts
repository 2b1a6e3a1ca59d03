import type { JobView, ScreenPart } from '../../model/index.ts'
import { type ControlClient, toWireError } from '../../node/control/connect.ts'
import { openScreen } from '../../tui/open-screen.ts'
import type { ScreenNode, ScreenPort } from '../../tui/port.ts'
import type { NotifyWay } from '../../tui/state.ts'
import { styleOf } from '../../tui/text/style.ts'
import type { CommandContext } from '../context.ts'
import { changeLine } from '../output/jobs.ts'
import { ChangeFilter } from './change-filter.ts'
import { wordsOf, writeFinalCutList } from './list-for-final-cut.ts'
import { screenMachine } from './screen-machine.ts'
import { type Watched, watchedNode } from './watched-node.ts'

export interface ScreenWishes {
  /** `plain`: a line a change of state; `json`: the same as events. */
  ui: 'screen' | 'plain' | 'json'
  /** Draw with ASCII alone, whatever the terminal says of itself. */
  ascii: boolean
  /** Null: as the settings say. */
  notify: NotifyWay | null
  /** Another machine, whose node is watched through this one's; null for this one's own. */
  watched: Watched | null
}

/** How a person left: whether the node should be stopped as well. */
export interface ScreenLeft {
  stopNode: boolean
}

/** Shows the node behind `client`, or one that it watches, until the person leaves: on the whole screen, or as lines. */
export function showScreen(
  context: CommandContext,
  client: ControlClient,
  wishes: ScreenWishes
): Promise<ScreenLeft> {
  return wishes.ui === 'screen'
    ? showOnScreen(context, client, wishes)
    : showAsLines(context, client, wishes.ui, wishes.watched)
}

/** What `screen.notify` says in this home now. @throws SettingsError */
export async function notifySetting({ home, env }: Pick<CommandContext, 'home' | 'env'>): Promise<NotifyWay> {
  const { loadSettings } = await import('../../node/settings/index.ts')
  return loadSettings({ home, env, flags: {} }).screen.notify
}

async function showOnScreen(
  context: CommandContext,
  client: ControlClient,
  wishes: ScreenWishes
): Promise<ScreenLeft> {
  const { print, interrupt } = context
  const { watched } = wishes
  const shown = (node: ControlClient): ScreenNode => (watched ? watchedNode(node, watched) : node)
  const port: ScreenPort = {
    connect: async () => {
      const next = await context.door.connect(context.home)
      return next && shown(next)
    },
    machine: screenMachine({
      ...context,
      edits: () => context.door.edits(context.home, context.nodeFlags),
      signal: interrupt.signal,
      list: async (proxies, params) => {
        const list = await writeFinalCutList(context, proxies, params)
        return list && wordsOf(list)
      }
    }),
    told: toWireError
  }
  const style = styleOf({ colour: print.traits.colour, ascii: wishes.ascii || print.traits.ascii })
  return openScreen(
    {
      style,
      notify: wishes.notify ?? (await notifySetting(context)),
      folder: context.cwd,
      watching: watched?.name ?? null,
      signal: interrupt.signal
    },
    {
      port,
      first: shown(client),
      terminal: { stdin: process.stdin, stdout: process.stdout }
    }
  )
}

async function* jobsOf(parts: AsyncIterable<ScreenPart>): AsyncGenerator<JobView> {
  for await (const part of parts) if (part.kind === 'job') yield part.row.job
}

/** A line for every change of a job's state, until the person leaves or the node goes. */
async function showAsLines(
  { print, interrupt }: CommandContext,
  client: ControlClient,
  ui: 'plain' | 'json',
  watched: Watched | null
): Promise<ScreenLeft> {
  const filter = new ChangeFilter([], ui === 'json' ? 'progress' : 'state')
  const tell = (job: JobView): void => {
    if (ui === 'json') print.data(job)
    else print.lines([changeLine(job, new Date().toISOString(), print.paint)])
  }
  try {
    const jobs = watched
      ? jobsOf(client.stream('peerScreen', { peer: watched.peerId }, interrupt.signal))
      : client.stream('watchJobs', { ids: null }, interrupt.signal)
    for await (const job of jobs) {
      if (filter.isNews(job, performance.now())) tell(job)
    }
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
  } finally {
    client.close()
  }
  return { stopNode: false }
}
