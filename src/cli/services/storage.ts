import { resolve } from 'node:path'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { rootsTable } from '../output/peers.ts'
import { withHelp } from './with-help.ts'

/** `share PATH`: declares where shared storage is mounted here. */
export async function share(context: CommandContext, path: string, name: string | null): Promise<ExitStatus> {
  const params = { path: resolve(context.cwd, path), name }
  const root = await withHelp(
    context,
    (client) => client.call('share', params),
    (offline) => offline.share(params)
  )
  if (context.print.json) context.print.data(root)
  else {
    context.print.lines([`${root.name} (${root.id}) is at ${root.path}`])
    context.print.note(
      'Run the same on every machine that sees this storage, with the path that it has there.'
    )
  }
  return exitCodes.done
}

/** `roots --remove ROOT`: takes a declaration back. */
export async function unshare(context: CommandContext, root: string): Promise<ExitStatus> {
  const params = { root }
  const was = await withHelp(
    context,
    (client) => client.call('unshare', params),
    (offline) => offline.unshare(params)
  )
  if (context.print.json) context.print.data(was)
  else {
    context.print.lines([`${was.name} (${was.id}) at ${was.path} is not shared here any more`])
    context.print.note('What is in it stays as it is, and so do the roots of other machines.')
  }
  return exitCodes.done
}

/** `roots`: the shared storage that was declared here. */
export async function listRoots(context: CommandContext): Promise<ExitStatus> {
  const view = await withHelp(
    context,
    (client) => client.call('roots', {}),
    (offline) => offline.roots({})
  )
  if (context.print.json) context.print.data(view)
  else context.print.lines(rootsTable(view.roots, context.print.width))
  return exitCodes.done
}
