import { resolve } from 'node:path'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { renderTable } from '../output/table.ts'
import { withHelp } from './with-help.ts'

/** `presets`: what there is. */
export async function listPresets(context: CommandContext): Promise<ExitStatus> {
  const view = await withHelp(
    context,
    (client) => client.call('presets', {}),
    (offline) => offline.presets({})
  )
  if (context.print.json) context.print.data(view)
  else {
    const rows = view.presets.map((preset) => [preset.name, preset.description, preset.source])
    const columns = [
      { title: 'NAME' },
      { title: 'WHAT IT IS FOR', shrink: 'end' },
      { title: 'FROM', shrink: 'middle' }
    ] as const
    context.print.lines(renderTable(columns, rows, context.print.width))
  }
  return exitCodes.done
}

/** `presets NAME [--for FILE]`: one resolved, and the one ffmpeg run that makes the same for a file. */
export async function showPreset(
  context: CommandContext,
  name: string,
  forFile: string | null
): Promise<ExitStatus> {
  const params = { name, forFile: forFile === null ? null : resolve(context.cwd, forFile) }
  const { preset, command } = await withHelp(
    context,
    (client) => client.call('preset', params),
    (offline) => offline.preset(params)
  )
  if (context.print.json) {
    context.print.data(command === null ? { preset } : { preset, command })
    return exitCodes.done
  }
  const { stringify } = await import('yaml')
  context.print.lines(stringify(preset).trimEnd().split('\n'))
  if (command !== null) {
    const { quoteCommand } = await import('../output/quote.ts')
    context.print.lines(['', quoteCommand(command)])
  }
  return exitCodes.done
}
