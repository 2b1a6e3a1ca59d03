import { type Define, ofPeer, subcommand } from './kit.ts'

export const defineAwake: Define = (parent, act) => {
  const command = ofPeer(subcommand(parent, 'awake', 'this machine takes work again')).action(
    (flags: { peer?: string }) =>
      act(command, async (context) =>
        (await import('../services/capacity.ts')).setDraining(context, false, flags.peer ?? null)
      )
  )
}
