import { type Define, subcommand } from './kit.ts'

export const defineAwake: Define = (parent, act) => {
  const command = subcommand(parent, 'awake', 'this machine takes work again').action(() =>
    act(command, async (context) => (await import('../services/capacity.ts')).setDraining(context, false))
  )
}
