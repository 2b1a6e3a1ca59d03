import type { Command } from 'commander'
import type { JobAction } from '../../model/index.ts'
import { CliError } from '../errors.ts'
import { type Act, subcommand } from './kit.ts'

/** A command that does one thing to several jobs. */
export function defineAction(parent: Command, act: Act, action: JobAction, description: string): void {
  const command = subcommand(parent, action, description)
    .argument('[id...]', 'jobs')
    .option('--all', 'every job')
    .action((ids: string[], flags: { all?: boolean }) =>
      act(command, async (context) =>
        (await import('../services/jobs.ts')).actOnJobs(
          context,
          action,
          chosenJobs(action, ids, flags.all ?? false)
        )
      )
    )
}

/** Throws CliError `usage` unless jobs were named either by id or by `--all`. */
export function chosenJobs(command: string, ids: string[], all: boolean): string[] | 'all' {
  if (all && ids.length > 0) {
    throw new CliError('usage', `${command}: --all and single jobs exclude each other`, {
      hint: 'Give one of the two'
    })
  }
  if (!all && ids.length === 0) {
    throw new CliError('usage', `${command}: which jobs?`, {
      hint: 'Give their ids (see `proxima-node jobs`) or --all'
    })
  }
  return all ? 'all' : ids
}
