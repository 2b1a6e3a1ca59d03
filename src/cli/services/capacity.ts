import type { PeerView } from '../../model/index.ts'
import type { ControlClient } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { count } from '../output/format.ts'
import { withRunningNode } from './with-node.ts'

/** `drain` and `awake`: whether this machine's node takes work. What it runs goes on. */
export const setDraining = (context: CommandContext, on: boolean): Promise<ExitStatus> =>
  change(
    context,
    (client) => client.call('drain', { on }),
    ({ name }) =>
      on
        ? `${name} ends what it runs and takes nothing new: \`proxima-node awake\` ends this`
        : `${name} takes work`
  )

/** `slots N`: how many tasks this machine's node runs at once. */
export const setSlots = (context: CommandContext, total: number): Promise<ExitStatus> =>
  change(
    context,
    (client) => client.call('slots', { total }),
    ({ name }) => `${name} runs ${count(total, 'task')} at once`
  )

function change(
  context: CommandContext,
  ask: (client: ControlClient) => Promise<PeerView>,
  words: (peer: PeerView) => string
): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const peer = await ask(client)
    if (context.print.json) context.print.data(peer)
    else context.print.tell(words(peer))
    return exitCodes.done
  })
}
