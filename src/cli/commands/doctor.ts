import { type Define, subcommand } from './kit.ts'

export const defineDoctor: Define = (parent, act) => {
  const command = subcommand(parent, 'doctor', 'check what a node needs, and say what is missing').action(
    () => act(command, async (context) => (await import('../services/doctor.ts')).doctor(context))
  )
}
