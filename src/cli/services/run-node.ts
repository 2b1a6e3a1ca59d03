import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { connectedPeer } from './connected-peer.ts'
import { launchNode } from './launch-node.ts'
import { type ScreenWishes, showScreen } from './screen.ts'
import { connect } from './with-node.ts'

/**
 * Runs this home's node in this process until it is told to stop. Ctrl-C counts as interrupted, a polite kill as done.
 * @param toFile its log goes to the home's log file, not to stdout
 */
export async function runHeadless(context: CommandContext, toFile = false): Promise<ExitStatus> {
  const { door, home, nodeFlags, interrupt } = context
  const node = await door.start({ home, flags: nodeFlags, headless: !toFile })
  const wished = new Promise<void>((resolve) => {
    if (interrupt.signal.aborted) resolve()
    else interrupt.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([wished, node.stopped])
  await node.stop()
  return interrupt.by === 'SIGINT' ? exitCodes.interrupted : exitCodes.done
}

export interface NodeOnScreen extends Omit<ScreenWishes, 'watched'> {
  stopOnQuit: boolean
  /** Name or id of another machine, whose screen is to be shown. */
  watch: string | null
}

/** A node that was just started has this long to meet the machine that is to be watched. */
const meetMs = 15_000

/**
 * Bare `proxima-node` on a terminal: shows the node that runs already, or starts one in a process of its own (a
 * terminal that stops reading must not freeze the peer). It goes on when the screen is left, unless `stopOnQuit`.
 * With `watch` it only carries the picture of another machine's node.
 * @throws CliError `no-such-peer`, `peer-away`
 */
export async function showNode(
  context: CommandContext,
  { stopOnQuit, watch, ...wishes }: NodeOnScreen
): Promise<ExitStatus> {
  const { print, interrupt } = context
  const running = await connect(context)
  if (running === null) print.note('Starting the node of this machine…')
  const client = running ?? (await launchNode(context))
  const { pid } = client.node
  let isStop = stopOnQuit
  try {
    const watched = watch === null ? null : await connectedPeer(client, watch, running === null ? meetMs : 0)
    const other = watched === null || watched.status === 'self' ? null : watched
    const { stopNode } = await showScreen(context, client, { ...wishes, watched: other })
    isStop ||= stopNode
  } finally {
    client.close()
    if (isStop) await stopQuietly(context)
    else if (running === null) {
      print.note(
        `The node goes on in the background (process ${pid}): \`proxima-node\` shows it again, \`proxima-node stop\` ends it.`
      )
    } else if (watch === null) print.note('The node goes on without this screen.')
  }
  return interrupt.signal.aborted ? exitCodes.interrupted : exitCodes.done
}

async function stopQuietly(context: CommandContext): Promise<void> {
  const client = await connect(context)
  if (client === null) return
  context.print.note('Stopping the node…')
  await client.call('stop', {})
  await client.closed
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
