import { resolve } from 'node:path'
import type { PresetLine, PresetView } from '../../model/index.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { presetsTable, presetText } from '../output/presets.ts'
import { withHelp } from './with-help.ts'

/** `presets`: what there is. */
export async function listPresets(context: CommandContext): Promise<ExitStatus> {
  const view: { presets: PresetLine[] } = await withHelp(
    context,
    (client) => client.call('presets', {}),
    (offline) => offline.presets({})
  )
  if (context.print.json) context.print.data(view)
  else context.print.lines(presetsTable(view.presets, context.print.width))
  return exitCodes.done
}

/** `presets NAME [--for FILE]`: one resolved, and the one ffmpeg run that makes the same for a file. */
export async function showPreset(
  context: CommandContext,
  name: string,
  forFile: string | null
): Promise<ExitStatus> {
  const params = { name, forFile: forFile === null ? null : resolve(context.cwd, forFile) }
  const view: PresetView = await withHelp(
    context,
    (client) => client.call('preset', params),
    (offline) => offline.preset(params)
  )
  const { command, ...rest } = view
  if (context.print.json) {
    context.print.data(command === null ? rest : view)
    return exitCodes.done
  }
  context.print.lines(presetText(view))
  if (command !== null) {
    const { quoteCommand } = await import('../output/quote.ts')
    context.print.lines(['', quoteCommand(command)])
  }
  return exitCodes.done
}
