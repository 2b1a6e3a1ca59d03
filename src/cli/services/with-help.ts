import type { ControlClient } from '../../node/control/connect.ts'
import type { OfflineControl } from '../../node/offline.ts'
import type { CommandContext } from '../context.ts'
import { connect } from './with-node.ts'

/** Asks the running node, so that it knows at once; without one, this process does it itself. */
export async function withHelp<T>(
  context: CommandContext,
  online: (client: ControlClient) => Promise<T>,
  offline: (control: OfflineControl) => Promise<T>
): Promise<T> {
  const client = await connect(context)
  if (client === null) return offline(await context.door.offline(context.home, context.nodeFlags))
  try {
    return await online(client)
  } finally {
    client.close()
  }
}
