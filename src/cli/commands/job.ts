import { type Define, subcommand } from './kit.ts'

export const defineJob: Define = (parent, act) => {
  const command = subcommand(parent, 'job', 'one job with its tasks, attempts and errors')
    .argument('<id>')
    .option('--unblock <peer>', 'let a machine that failed its tasks try it again: its name, its id, or all')
    .action((id: string, { unblock }: { unblock?: string }) =>
      act(command, async (context) => {
        const { showJob, unblockPeer } = await import('../services/jobs.ts')
        return unblock === undefined ? showJob(context, id) : unblockPeer(context, id, unblock)
      })
    )
}
