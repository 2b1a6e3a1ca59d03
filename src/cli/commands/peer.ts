import { type Define, subcommand } from './kit.ts'

export const definePeer: Define = (parent, act) => {
  const command = subcommand(parent, 'peer', 'one of them')
    .argument('<id>', 'its id, the end of its id, or its name')
    .action((id: string) =>
      act(command, async (context) => (await import('../services/peers.ts')).showPeer(context, id))
    )
}
