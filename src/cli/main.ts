import { type Command, CommanderError } from 'commander'
import { ControlError, toWireError } from '../node/control/errors.ts'
import { resolveHome } from '../node/home.ts'
import { softwareVersion } from '../node/version.ts'
import type { Run, World } from './context.ts'
import { endProcess, isStorageAsked } from './end-process.ts'
import { CliError } from './errors.ts'
import { type ExitStatus, exitCodes } from './exit-codes.ts'
import { listenForInterrupt } from './interrupt.ts'
import { type NodeFlags, realDoor } from './node-door.ts'
import { PatientStream } from './output/patient-stream.ts'
import { Printer } from './output/printer.ts'
import { isPeerAddress } from './parse.ts'
import { buildProgram } from './program.ts'

/** Runs one command line, without the program's name, and gives its exit status. Never throws. */
export async function run(argv: readonly string[], world: World): Promise<ExitStatus> {
  let status: ExitStatus = exitCodes.done
  const act = async (command: Command, service: Run) => {
    const flags = sharedFlags(command)
    status = await service({
      ...world,
      home: resolveHome(flags.home, world),
      debug: flags.debug,
      nodeFlags: flags.node,
      print: new Printer(
        { json: flags.json, env: world.env, platform: world.platform },
        world.stdout,
        world.stderr
      )
    })
  }
  try {
    refuseEmpty(argv)
    await buildProgram(world, act).parseAsync([...argv], { from: 'user' })
    return status
  } catch (error) {
    return tellFailure(error, argv, world)
  }
}

/**
 * No argument is ever meant to be empty: it is what a shell makes of a variable that is not set, and as a path it would
 * be the current folder.
 */
function refuseEmpty(argv: readonly string[]): void {
  const at = argv.findIndex((text) => /^(--[\w-]+=)?\s*$/.test(text))
  if (at === -1) return
  const flag = [argv[at]!.replace(/=\s*$/, ''), argv[at - 1]].find((text) => text?.startsWith('-'))
  const which = flag === undefined ? 'an argument' : `the argument after ${flag}`
  throw new CliError('usage', `${which} is empty`, {
    hint: 'Give it, or leave it out; perhaps a variable of the shell is not set'
  })
}

interface SharedFlags {
  home: string | undefined
  json: boolean
  debug: boolean
  node: NodeFlags
}

/** Flags that may stand before or after the command's name; the nearer to the command wins. */
function sharedFlags(command: Command): SharedFlags {
  const line: Command[] = []
  for (let at: Command | null = command; at !== null; at = at.parent) line.push(at)
  const find = <T>(name: string): T | undefined => {
    for (const at of line) {
      const value = at.opts<Record<string, T>>()[name]
      if (value !== undefined) return value
    }
    return undefined
  }
  // `queue` has a `--name` of its own: a node is named before the command only.
  const name = line.at(-1)?.opts<{ name?: string }>().name
  const port = find<number>('port')
  const slots = find<number>('slots')
  const told = line.flatMap((at) => at.opts<{ peer?: string | string[] }>().peer ?? [])
  const peer = told.filter(isPeerAddress)
  const before = line.length > 1 ? line.at(-1)?.opts<{ peer?: string[] }>().peer : undefined
  const misplaced = before?.find((text) => !isPeerAddress(text))
  if (misplaced !== undefined) {
    throw new CliError('usage', `--peer ${misplaced} stands before ${command.name()}`, {
      hint: 'A machine is named after drain, awake and slots; alone, --peer opens its screen'
    })
  }
  const debug = find<boolean>('debug') ?? false
  return {
    home: find<string>('home'),
    json: find<boolean>('json') ?? false,
    debug,
    node: {
      ...(peer.length > 0 ? { peer } : {}),
      ...(port === undefined ? {} : { port }),
      ...(slots === undefined ? {} : { slots }),
      ...(name === undefined ? {} : { name }),
      ...(debug ? { debug } : {})
    }
  }
}

/** One line for a person; the stack as well with `--debug`. */
function tellFailure(error: unknown, argv: readonly string[], world: World): ExitStatus {
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done
  if (world.interrupt.signal.aborted && !(error instanceof CliError)) return exitCodes.interrupted
  const print = new Printer(
    { json: false, env: world.env, platform: world.platform },
    world.stdout,
    world.stderr
  )
  const wire = error instanceof CommanderError ? usageError(error) : toWireError(error)
  print.error(wire)
  if (argv.includes('--debug') && error instanceof Error && !(error instanceof CommanderError)) {
    print.note(error.stack ?? '')
    if (error instanceof ControlError && error.cause instanceof Error) print.note(error.cause.stack ?? '')
  }
  return wire.exitStatus
}

/** Commander's own words (`error: unknown option '--x'` and perhaps `(Did you mean --y?)`) in this house's form. */
function usageError(error: CommanderError): { message: string; hint: string; exitStatus: 2 } {
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n')
  const meant = second === undefined ? null : /Did you mean (.*?)\?\)$/.exec(second)?.[1]
  if (error.code === 'commander.help')
    return { message: 'a subcommand is missing', hint: 'See --help', exitStatus: 2 }
  return { message: first, hint: meant ? `Did you mean ${meant}?` : 'See --help', exitStatus: 2 }
}

/** The command line of this process: what `bin/proxima-node.js` calls. */
export async function main(): Promise<void> {
  // A reader that went away (`| head`) has seen enough.
  process.stdout.on('error', (error) => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(exitCodes.done)
    throw error
  })
  const { env, platform } = process
  const [stdout, stderr] = [new PatientStream(process.stdout), new PatientStream(process.stderr)]
  const interrupt = listenForInterrupt(process, () => {
    // An ordinary exit would wait for a terminal that does not take what was written, or for storage that hangs.
    if (stdout.isBehind || stderr.isBehind || isStorageAsked()) process.kill(process.pid, 'SIGKILL')
    process.exit(exitCodes.interrupted)
  })
  const status = await run(process.argv.slice(2), {
    env,
    platform,
    cwd: process.cwd(),
    stdout,
    stderr,
    door: realDoor,
    interrupt,
    version: softwareVersion()
  })
  await Promise.all([stdout.drained(), stderr.drained()])
  await endProcess(status)
}
