import { type Define, subcommand } from './kit.ts'

export const defineShare: Define = (parent, act) => {
  const command = subcommand(parent, 'share', 'declare where shared storage is mounted on this machine')
    .argument('<path>', 'the mount point, or a folder on it')
    .option('--as <name>', 'what to call it')
    .action((path: string, flags: { as?: string }) =>
      act(command, async (context) =>
        (await import('../services/storage.ts')).share(context, path, flags.as ?? null)
      )
    )
}
