import { type Define, subcommand } from './kit.ts'

export const definePeers: Define = (parent, act) => {
  const command = subcommand(parent, 'peers', 'who is there, what they can do, why one gets no work').action(
    () => act(command, async (context) => (await import('../services/peers.ts')).listPeers(context))
  )
}
