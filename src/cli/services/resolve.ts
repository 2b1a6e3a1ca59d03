import type { LinkParams, LinkResult } from '../../model/index.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { linkLines, linkSummary, timelinesTable } from '../output/resolve.ts'
import { withHelp } from './with-help.ts'

/** `timelines`: those of the project that is open in DaVinci Resolve. */
export async function listTimelines(context: CommandContext): Promise<ExitStatus> {
  const { print, interrupt } = context
  const offline = await context.door.offline(context.home, context.nodeFlags)
  const view = await offline.timelines(interrupt.signal)
  if (print.json) print.data(view)
  else print.lines(timelinesTable(view, print.width))
  for (const { name, message } of view.problems) print.note(`not read: ${name}: ${message}`)
  return exitCodes.done
}

/** `link [DIR]`: links finished proxies now. Fails when one of them was refused, or has to wait. */
export async function link(context: CommandContext, params: LinkParams): Promise<ExitStatus> {
  const { print, interrupt } = context
  const { signal } = interrupt
  const result: LinkResult = await withHelp(
    context,
    (client) => client.call('link', params, { signal }),
    (offline) => offline.link(params, signal)
  )
  if (print.json) print.data(result)
  else print.lines(linkLines(result, { all: params.dir !== null, paint: print.paint }))
  print.tell(linkSummary(result))
  const failed = result.links.some(({ status }) => status === 'refused' || status === 'pending')
  return failed ? exitCodes.failed : exitCodes.done
}
