import { parseSlots } from '../parse.ts'
import { type Define, ofPeer, subcommand } from './kit.ts'

export const defineSlots: Define = (parent, act) => {
  const command = ofPeer(
    subcommand(
      parent,
      'slots',
      'how many tasks this machine runs at once, until its next start (for good: `slots` in the settings)'
    )
  )
    .argument('<number>', '0 takes none', parseSlots)
    .action((total: number, flags: { peer?: string }) =>
      act(command, async (context) =>
        (await import('../services/capacity.ts')).setSlots(context, total, flags.peer ?? null)
      )
    )
}
