import { type Define, ofPeer, subcommand } from './kit.ts'

export const defineDrain: Define = (parent, act) => {
  const command = ofPeer(
    subcommand(
      parent,
      'drain',
      'this machine ends what it runs and takes nothing new, until `awake` or its next start'
    )
  ).action((flags: { peer?: string }) =>
    act(command, async (context) =>
      (await import('../services/capacity.ts')).setDraining(context, true, flags.peer ?? null)
    )
  )
}
