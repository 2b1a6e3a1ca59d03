import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ControlClient } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'

const startLimitMs = 30_000
const lookMs = 100

/**
 * Starts this home's node in a process of its own, which outlives this one, and connects to it. Its log is
 * `<home>/logs/node.log`; what it says beside that (why it could not start) is in `node.out` there.
 * Throws CliError `node-start-failed` with the node's last words.
 */
export async function launchNode(context: CommandContext): Promise<ControlClient> {
  const folder = join(context.home, 'logs')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const logPath = join(folder, 'node.out')
  const child = spawnNode(context, logPath)
  const client = await firstContact(context, child, logPath)
  child.unref()
  return client
}

function spawnNode({ home, nodeFlags, debug, env }: CommandContext, logPath: string): ChildProcess {
  const log = openSync(logPath, 'w', 0o600)
  const args = [
    launcherPath,
    '--headless',
    '--log-file',
    ...['--home', home],
    ...(nodeFlags.peer ?? []).flatMap((peer) => ['--peer', peer]),
    ...(nodeFlags.port === undefined ? [] : ['--port', String(nodeFlags.port)]),
    ...(nodeFlags.name === undefined ? [] : ['--name', nodeFlags.name]),
    ...(nodeFlags.slots === undefined ? [] : ['--slots', String(nodeFlags.slots)]),
    ...(debug ? ['--debug'] : [])
  ]
  try {
    // A process group of its own: the terminal's Ctrl-C and its end are for the screen, not for the node.
    return spawn(process.execPath, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env,
      windowsHide: true
    })
  } finally {
    closeSync(log)
  }
}

const launcherPath = fileURLToPath(new URL('../../../bin/proxima-node.js', import.meta.url))

async function firstContact(
  context: CommandContext,
  child: ChildProcess,
  logPath: string
): Promise<ControlClient> {
  const deadline = performance.now() + startLimitMs
  let failure: Error | null = null
  child.once('error', (error) => {
    failure = error
  })
  while (
    child.exitCode === null &&
    child.signalCode === null &&
    failure === null &&
    performance.now() < deadline
  ) {
    const client = await context.door.connect(context.home)
    if (client !== null && (await isUp(client))) return client
    await delay(lookMs)
  }
  if (child.exitCode === null) child.kill('SIGTERM')
  const words = failure === null ? lastLine(logPath) : (failure as Error).message
  throw new CliError('node-start-failed', `the node did not start: ${words}`, {
    hint: `See ${logPath}`,
    exitStatus: 1
  })
}

/** The socket answers before the node is up; a start that fails after that closes it again. */
async function isUp(client: ControlClient): Promise<boolean> {
  try {
    await client.call('info', {})
    return true
  } catch {
    // Whatever it is, the node's own last words tell it better.
    client.close()
    return false
  }
}

function lastLine(path: string): string {
  const line = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1) ?? ''
  return line.replace(/^proxima-node: /, '') || 'it said nothing'
}
