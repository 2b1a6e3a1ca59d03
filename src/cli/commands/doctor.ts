import { type Define, subcommand } from './kit.ts'

export const defineDoctor: Define = (parent, act) => {
  const command = subcommand(parent, 'doctor', 'check what a node needs, and say what is missing')
    .option('--backup <file>', 'also copy the ledger, which may be in use, into a file')
    .action((flags: { backup?: string }) =>
      act(command, async (context) => {
        const { resolve } = await import('node:path')
        const { doctor } = await import('../services/doctor.ts')
        return doctor(context, flags.backup === undefined ? null : resolve(context.cwd, flags.backup))
      })
    )
}
