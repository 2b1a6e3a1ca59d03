import { type Define, subcommand } from './kit.ts'

export const defineRoots: Define = (parent, act) => {
  const command = subcommand(parent, 'roots', 'the shared storage declared on this machine').action(() =>
    act(command, async (context) => (await import('../services/storage.ts')).listRoots(context))
  )
}
