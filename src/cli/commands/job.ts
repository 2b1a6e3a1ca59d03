import { type Define, subcommand } from './kit.ts'

export const defineJob: Define = (parent, act) => {
  const command = subcommand(parent, 'job', 'one job with its tasks, attempts and errors')
    .argument('<id>')
    .action((id: string) =>
      act(command, async (context) => (await import('../services/jobs.ts')).showJob(context, id))
    )
}
