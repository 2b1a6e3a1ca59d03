import { type Define, subcommand } from './kit.ts'

export const defineStop: Define = (parent, act) => {
  const command = subcommand(
    parent,
    'stop',
    'stop this machine’s node; its jobs go on when it starts again'
  ).action(() => act(command, async (context) => (await import('../services/run-node.ts')).stopNode(context)))
}
