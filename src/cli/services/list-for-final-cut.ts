import type { MadeProxy, PlacingWish } from '../../node/edit/index.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'

/** The file that was written, or why it was not. */
export type FinalCutList = { kind: 'written'; file: string } | { kind: 'failed'; message: string }

/**
 * Writes the file by which Final Cut Pro finds the proxies of a run, where that is what they are for. The proxies need
 * not be there yet.
 * @returns null where their layout is another
 */
export async function writeFinalCutList(
  context: Pick<CommandContext, 'home' | 'env' | 'nodeFlags' | 'door' | 'interrupt'>,
  proxies: readonly MadeProxy[],
  params: PlacingWish
): Promise<FinalCutList | null> {
  const { door, home, nodeFlags, interrupt } = context
  if (proxies.length === 0 || !(await isForFinalCut(context, params))) return null
  const desk = await door.edits(home, nodeFlags)
  try {
    const file = await desk.listForFinalCut(proxies, params, interrupt.signal)
    return file === null ? null : { kind: 'written', file }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    return { kind: 'failed', message: `the list for Final Cut Pro was not written: ${error.message}` }
  }
}

/**
 * The same, told.
 * @returns 1 where it cannot be written: the jobs are queued by then, and go on
 */
export async function listForFinalCut(
  context: CommandContext,
  proxies: readonly MadeProxy[],
  params: PlacingWish
): Promise<ExitStatus> {
  const { print } = context
  const list = await writeFinalCutList(context, proxies, params)
  if (list?.kind === 'failed') {
    const hint = 'Queue the files again when there is room and permission: what is done is listed too'
    print.error({ message: list.message, hint })
    return exitCodes.failed
  }
  if (list === null) return exitCodes.done
  if (print.json) print.data({ type: 'listing', file: list.file })
  print.tell(wordsOf(list))
  return exitCodes.done
}

/** For a person. */
export const wordsOf = (list: FinalCutList): string =>
  list.kind === 'failed' ? list.message : `Import ${list.file} into Final Cut Pro when the proxies are done.`

/** Asked of the settings before anything is loaded that can read timelines. */
async function isForFinalCut(
  { home, env, nodeFlags }: Pick<CommandContext, 'home' | 'env' | 'nodeFlags'>,
  { layout, outDir, nameTemplate }: PlacingWish
): Promise<boolean> {
  if (outDir !== null || nameTemplate !== null) return false
  if (layout) return layout === 'fcp'
  const { loadSettings } = await import('../../node/settings/index.ts')
  return loadSettings({ home, env, flags: { ...nodeFlags } }).paths.layout === 'fcp'
}
