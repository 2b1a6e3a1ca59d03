import { type Define, subcommand } from './kit.ts'

export const defineRoots: Define = (parent, act) => {
  const command = subcommand(parent, 'roots', 'the shared storage declared on this machine')
    .option('--remove <root>', 'share it here no more: its name, id or path')
    .action(({ remove }: { remove?: string }) =>
      act(command, async (context) => {
        const { listRoots, unshare } = await import('../services/storage.ts')
        return remove === undefined ? listRoots(context) : unshare(context, remove)
      })
    )
}
