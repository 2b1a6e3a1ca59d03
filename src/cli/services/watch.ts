import { resolve } from 'node:path'
import type { WatchParams } from '../../model/index.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { clean } from '../output/format.ts'
import { watchesLines } from '../output/watches.ts'
import { withRunningNode } from './with-node.ts'

/** `watch`: the folders that are watched, and what became of their files. */
export function listWatches(context: CommandContext): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const view = await client.call('watches', {})
    if (context.print.json) context.print.data(view)
    else context.print.lines(watchesLines(view.watches, context.print.width))
    return exitCodes.done
  })
}

const words = {
  added: 'is watched from now on',
  changed: 'is watched by these rules from now on',
  moved: 'is watched from now on; what was queued from it under its former name is remembered'
} as const

/** `watch DIR`: from now on, until it is removed, also after the node has started again. */
export function watch(context: CommandContext, params: WatchParams): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const { watch: view, change } = await client.call('watchFolder', params)
    if (context.print.json) context.print.data({ ...view, change })
    else context.print.tell(`${view.id}  ${clean(view.dir)} ${words[change]}`)
    if (view.status === 'standby') context.print.note(clean(`Standing by: ${view.reason}.`))
    return exitCodes.done
  })
}

/** `watch --remove ID|DIR`. */
export function unwatch(context: CommandContext, name: string): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const { watches } = await client.call('watches', {})
    const isId = watches.some(({ id }) => id.startsWith(name))
    const view = await client.call('unwatchFolder', { watch: isId ? name : resolve(context.cwd, name) })
    if (context.print.json) context.print.data(view)
    else context.print.tell(`${clean(view.dir)} is no longer watched; what was queued from it goes on`)
    return exitCodes.done
  })
}
