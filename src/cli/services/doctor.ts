import type { CheckView } from '../../model/index.ts'
import { toWireError } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import { type ExitStatus, exitCodes } from '../exit-codes.ts'
import { formatSize } from '../output/format.ts'
import { errorLine } from '../output/printer.ts'
import type { Shade } from '../output/terminal.ts'
import { withHelp } from './with-help.ts'
import { connect } from './with-node.ts'

const shades: Record<CheckView['status'], Shade> = { ok: 'good', warn: 'warn', fail: 'bad' }

/** `doctor`: is everything here that a node needs? Fails when a check does, or the backup that was asked for. */
export async function doctor(context: CommandContext, backUpTo: string | null): Promise<ExitStatus> {
  const checks = await gatherChecks(context)
  if (backUpTo !== null) checks.push(await backUp(context, backUpTo))
  const { print } = context
  if (print.json) print.data({ checks })
  else {
    const width = Math.max(...checks.map((check) => check.name.length))
    print.lines(
      checks.map(
        ({ name, status, message }) =>
          `${print.paint(shades[status], status.padEnd(4))}  ${name.padEnd(width)}  ${message}`
      )
    )
  }
  return checks.some((check) => check.status === 'fail') ? exitCodes.failed : exitCodes.done
}

async function backUp(context: CommandContext, path: string): Promise<CheckView> {
  try {
    const { sizeBytes } = await withHelp(
      context,
      (client) => client.call('backUpLedger', { path }),
      (offline) => offline.backUpLedger({ path })
    )
    return {
      name: 'backup',
      status: 'ok',
      message: `the ledger is copied to ${path} (${formatSize(sizeBytes)})`
    }
  } catch (error) {
    return { name: 'backup', status: 'fail', message: errorLine(toWireError(error)) }
  }
}

async function gatherChecks(context: CommandContext): Promise<CheckView[]> {
  try {
    const client = await connect(context)
    if (client !== null) {
      try {
        const { checks } = await client.call('doctor', {})
        const { version, pid } = client.node
        return [
          {
            name: 'running',
            status: 'ok',
            message: `this machine’s node runs (process ${pid}, version ${version})`
          },
          ...checks
        ]
      } finally {
        client.close()
      }
    }
    const check: CheckView = {
      name: 'running',
      status: 'warn',
      message: 'no node runs here: start one with `proxima-node --headless`'
    }
    return [check, ...(await offlineChecks(context))]
  } catch (error) {
    // A node that is there but of no use is a finding, not a reason to stop looking.
    const check: CheckView = { name: 'running', status: 'fail', message: errorLine(toWireError(error)) }
    return [check, ...(await offlineChecks(context))]
  }
}

async function offlineChecks(context: CommandContext): Promise<CheckView[]> {
  const offline = await context.door.offline(context.home, context.nodeFlags)
  return (await offline.doctor({})).checks
}
