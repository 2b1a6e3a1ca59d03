import type { MadeProxy, PlacingWish } from '../../node/edit/index.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'

/**
 * Writes the file by which Final Cut Pro finds the proxies of a run, where that is what they are for, and tells of it.
 * The proxies need not be there yet.
 * @returns 1 where it cannot be written: the jobs are queued by then, and go on
 */
export async function listForFinalCut(
  context: CommandContext,
  proxies: readonly MadeProxy[],
  params: PlacingWish
): Promise<ExitStatus> {
  const { door, home, nodeFlags, print, interrupt } = context
  if (proxies.length === 0 || !(await isForFinalCut(context, params))) return exitCodes.done
  const desk = await door.edits(home, nodeFlags)
  try {
    const file = await desk.listForFinalCut(proxies, params, interrupt.signal)
    if (file === null) return exitCodes.done
    if (print.json) print.data({ type: 'listing', file })
    print.tell(`Import ${file} into Final Cut Pro when the proxies are done.`)
    return exitCodes.done
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    print.error({
      message: `the list for Final Cut Pro was not written: ${error.message}`,
      hint: 'Queue the files again when there is room and permission: what is done is listed too'
    })
    return exitCodes.failed
  }
}

/** Asked of the settings before anything is loaded that can read timelines. */
async function isForFinalCut(
  { home, env, nodeFlags }: CommandContext,
  { layout, outDir, nameTemplate }: PlacingWish
): Promise<boolean> {
  if (outDir !== null || nameTemplate !== null) return false
  if (layout) return layout === 'fcp'
  const { loadSettings } = await import('../../node/settings/index.ts')
  return loadSettings({ home, env, flags: { ...nodeFlags } }).paths.layout === 'fcp'
}
