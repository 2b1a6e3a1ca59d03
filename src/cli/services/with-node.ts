import { type ControlClient, ControlError, localClient } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import type { RunningNode } from '../node-door.ts'

/** A node to talk to, and whether this command brought it up. */
export interface NodeInHand {
  client: ControlClient
  /** The node in this process; null when it runs elsewhere. */
  own: RunningNode | null
}

/** Runs `use` with the node of this home. Throws ControlError `not-running` when none runs. */
export async function withRunningNode<T>(
  context: CommandContext,
  use: (client: ControlClient) => Promise<T>
): Promise<T> {
  const client = await connect(context)
  if (client === null) {
    throw new ControlError('not-running', {
      message: `no node runs here (home ${context.home})`,
      hint: 'Start one with `proxima-node --headless`',
      exitStatus: 3
    })
  }
  return closing(client, use)
}

/**
 * Runs `use` with the node of this home, or with one that this command starts for as long as it needs it;
 * `beforeStart` is what the person should know of that.
 */
export async function withAnyNode<T>(
  context: CommandContext,
  use: (node: NodeInHand) => Promise<T>,
  beforeStart: string | null = null
): Promise<T> {
  const running = await connect(context)
  if (running !== null) return closing(running, (client) => use({ client, own: null }))
  if (beforeStart !== null) context.print.note(beforeStart)
  let own: RunningNode
  for (const stream of [context.stdout, context.stderr]) {
    // A terminal that stops reading must not freeze the peer.
    if (stream.isTTY) stream.letGo?.()
  }
  try {
    own = await context.door.start({ home: context.home, flags: context.nodeFlags, headless: false })
  } catch (error) {
    // Another command was starting one at the same moment: use that.
    if (!(error instanceof ControlError) || error.code !== 'already-running') throw error
    return withRunningNode(context, (client) => use({ client, own: null }))
  }
  try {
    const { version, pid } = own.info()
    return await use({ client: localClient(own.control, { version, pid }, own.stopped), own })
  } finally {
    await own.stop()
  }
}

/** The node of this home when one runs. Says so when it is of another version than this command. */
export async function connect(context: CommandContext): Promise<ControlClient | null> {
  const client = await context.door.connect(context.home)
  if (client !== null && client.node.version !== context.version) {
    context.print.note(
      `proxima-node: the running node is version ${client.node.version}, this command ${context.version}. ` +
        'Start the node again to have both alike.'
    )
  }
  return client
}

async function closing<T>(client: ControlClient, use: (client: ControlClient) => Promise<T>): Promise<T> {
  try {
    return await use(client)
  } finally {
    client.close()
  }
}
