import { type Define, subcommand } from './kit.ts'

export const defineTimelines: Define = (parent, act) => {
  const command = subcommand(
    parent,
    'timelines',
    'the timelines of the project that is open in DaVinci Resolve'
  ).action(() =>
    act(command, async (context) => (await import('../services/resolve.ts')).listTimelines(context))
  )
}
