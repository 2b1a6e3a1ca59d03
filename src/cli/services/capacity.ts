import type { PeerView, SteerOrder } from '../../model/index.ts'
import type { ControlClient } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { clean, count } from '../output/format.ts'
import { connectedPeer } from './connected-peer.ts'
import { withRunningNode } from './with-node.ts'

/** `drain` and `awake`: whether this machine's node takes work, or that of the member `which`. What it runs goes on. */
export const setDraining = (
  context: CommandContext,
  on: boolean,
  which: string | null
): Promise<ExitStatus> =>
  change(context, { kind: 'drain', on }, which, (after, flag) => {
    const name = clean(after.name)
    if (on) return `${name} ends what it runs and takes nothing new: \`proxima-node awake${flag}\` ends this`
    return after.state === 'unhealthy'
      ? `${name} is unwell, and looks at itself again now: ${clean(after.reason ?? 'no reason given')}`
      : `${name} takes work`
  })

/** `slots N`: how many tasks this machine's node runs at once, or that of the member `which`. */
export const setSlots = (context: CommandContext, total: number, which: string | null): Promise<ExitStatus> =>
  change(
    context,
    { kind: 'slots', total },
    which,
    ({ name }) => `${clean(name)} runs ${count(total, 'task')} at once`
  )

/** Prints what `peers` says of that node then. Throws CliError `no-such-peer`, `peer-away`. */
function change(
  context: CommandContext,
  order: SteerOrder,
  which: string | null,
  words: (after: PeerView, flag: string) => string
): Promise<ExitStatus> {
  return withRunningNode(context, async (client) => {
    const named = which === null ? null : await connectedPeer(client, which)
    const other = named?.status === 'self' ? null : named
    const after = other
      ? await client.call('steer', { peer: other.peerId, order })
      : await steerOwn(client, order)
    const name = clean(after.name)
    if (context.print.json) context.print.data(after)
    else context.print.tell(words(after, other ? ` --peer ${name}` : ''))
    return exitCodes.done
  })
}

const steerOwn = (client: ControlClient, order: SteerOrder): Promise<PeerView> =>
  order.kind === 'slots'
    ? client.call('slots', { total: order.total })
    : client.call('drain', { on: order.on })
