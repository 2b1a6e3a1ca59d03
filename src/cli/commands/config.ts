import { type Define, subcommand } from './kit.ts'

export const defineConfig: Define = (parent, act) => {
  const command = subcommand(parent, 'config', 'show the settings, what they do, and where each comes from')
    .argument('[key]', 'only this one, or this group (`chunking`)')
    .action((key: string | undefined) =>
      act(command, async (context) =>
        (await import('../services/config.ts')).showConfig(context, key ?? null)
      )
    )
}
