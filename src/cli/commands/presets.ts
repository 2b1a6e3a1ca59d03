import { CliError } from '../errors.ts'
import { type Define, subcommand } from './kit.ts'

export const definePresets: Define = (parent, act) => {
  const command = subcommand(
    parent,
    'presets',
    'list the recipes, or print one resolved (auto: the one that suits --for)'
  )
    .argument('[name]')
    .option('--for <file>', 'also print the single ffmpeg command that makes the same of this file')
    .action((name: string | undefined, flags: { for?: string }) =>
      act(command, async (context) => {
        const { listPresets, showPreset } = await import('../services/presets.ts')
        if (name !== undefined) return showPreset(context, name, flags.for ?? null)
        if (flags.for !== undefined) {
          throw new CliError('usage', 'presets: --for needs the name of a preset', {
            hint: 'See the names with `proxima-node presets`'
          })
        }
        return listPresets(context)
      })
    )
}
