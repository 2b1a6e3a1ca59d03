import { type Command, Option } from 'commander'
import type { Run } from '../context.ts'
import { collectPeers, parsePeerName, parsePort, parseSlots } from '../parse.ts'

/** Hands a parsed command's work to `main`, which makes its context and takes its exit status. */
export type Act = (command: Command, run: Run) => Promise<void>

/** A command's file: declares its flags, and calls a service that has never heard of flags. */
export type Define = (parent: Command, act: Act) => void

/** Flags that every command takes. */
export function commonOptions(command: Command): Command {
  return command
    .option('--json', 'print JSON on stdout, and nothing else there')
    .option('--home <dir>', 'folder that holds everything a node keeps (PROXIMA_HOME)')
    .option('--debug', 'show where an error came from')
}

const dialOption = (): Option =>
  new Option('--peer <host:port>', 'also look for a peer there (repeatable)').argParser(
    (text: string, before: string[] | undefined) => collectPeers(text, before)
  )

/** Flags of commands that may have to start a node. */
export function nodeOptions(command: Command, peer: Option = dialOption()): Command {
  return command
    .addOption(peer)
    .option('--port <number>', 'port to listen on for peers', parsePort)
    .option('--slots <number>', 'tasks to run at once here', parseSlots)
}

/** The flag of commands that concern this machine, or another member. */
export const ofPeer = (command: Command): Command =>
  command.option('--peer <name>', 'another machine instead, by its name or id', parsePeerName)

/** A new command under `parent`, with the common flags. */
export const subcommand = (parent: Command, nameAndArguments: string, description: string): Command =>
  commonOptions(parent.command(nameAndArguments).description(description))
