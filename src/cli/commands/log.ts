import { type Define, subcommand } from './kit.ts'

export const defineLog: Define = (parent, act) => {
  const command = subcommand(parent, 'log', 'the ffmpeg log of a task, from whichever peer ran it')
    .argument('<id>', 'job')
    .argument('[task]', 'task of the job; without it, the one that matters most')
    .action((id: string, task: string | undefined) =>
      act(command, async (context) =>
        (await import('../services/jobs.ts')).showLog(context, id, task ?? null)
      )
    )
}
