import { type Define, subcommand } from './kit.ts'

export const defineJobs: Define = (parent, act) => {
  const command = subcommand(parent, 'jobs', 'list the jobs of this machine')
    .option('--follow', 'go on as they change, until Ctrl-C')
    .action((flags: { follow?: boolean }) =>
      act(command, async (context) => {
        const { listJobs } = await import('../services/jobs.ts')
        return listJobs(context, { follow: flags.follow ?? false })
      })
    )
}
