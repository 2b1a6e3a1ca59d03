import { parsePriority } from '../parse.ts'
import { chosenJobs } from './job-action.ts'
import { type Define, subcommand } from './kit.ts'

export const definePriority: Define = (parent, act) => {
  const command = subcommand(parent, 'priority', 'set the priority of jobs: higher goes first')
    .argument('<number>', 'new priority; jobs start with 0', parsePriority)
    .argument('[id...]', 'jobs')
    .option('--all', 'every job')
    .action((priority: number, ids: string[], flags: { all?: boolean }) =>
      act(command, async (context) =>
        (await import('../services/jobs.ts')).setPriority(
          context,
          priority,
          chosenJobs('priority', ids, flags.all ?? false)
        )
      )
    )
}
