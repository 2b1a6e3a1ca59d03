import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { launchNode } from './launch-node.ts'
import { openScreen } from './screen.ts'
import { connect } from './with-node.ts'

/** Runs this home's node in this process until it is told to stop. Ctrl-C counts as interrupted, a polite kill as done. */
export async function runHeadless(context: CommandContext): Promise<ExitStatus> {
  const { door, home, nodeFlags, interrupt } = context
  const node = await door.start({ home, flags: nodeFlags, headless: true })
  const wished = new Promise<void>((resolve) => {
    if (interrupt.signal.aborted) resolve()
    else interrupt.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([wished, node.stopped])
  await node.stop()
  return interrupt.by === 'SIGINT' ? exitCodes.interrupted : exitCodes.done
}

/**
 * Bare `proxima-node` on a terminal: shows the node that runs already, or starts one in a process of its own (a
 * terminal that stops reading must not freeze the peer) and stops it again at the end.
 */
export async function showNode(context: CommandContext): Promise<ExitStatus> {
  const { print } = context
  const running = await connect(context)
  if (running !== null) {
    try {
      await openScreen(context, running)
    } finally {
      running.close()
    }
    print.note('The node goes on without this view.')
    return exitCodes.interrupted
  }
  const launched = await launchNode(context)
  try {
    await openScreen(context, launched.client)
  } finally {
    print.note('Stopping the node…')
    await launched.stop()
  }
  return exitCodes.interrupted
}

/** `stop`: ends the node of this home, wherever it was started. Its jobs go on when it is started again. */
export async function stopNode(context: CommandContext): Promise<ExitStatus> {
  const client = await connect(context)
  if (client === null) {
    if (context.print.json) context.print.data({ stopped: false })
    else context.print.note('No node runs here.')
    return exitCodes.done
  }
  await client.call('stop', {})
  await client.closed
  if (context.print.json) context.print.data({ stopped: true })
  else context.print.tell(`Stopped (process ${client.node.pid}).`)
  return exitCodes.done
}
