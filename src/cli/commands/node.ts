import { type Command, Option } from 'commander'
import { CliError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import type { Printer } from '../output/printer.ts'
import { collectPeersOrNames, isPeerAddress } from '../parse.ts'
import { type Act, commonOptions, nodeOptions } from './kit.ts'

/** Bare `proxima-node`: the node itself. Also where a word lands that names no command. */
export function defineNode(program: Command, act: Act): void {
  const peer = new Option(
    '--peer <where>',
    'HOST:PORT: also look for a peer there (repeatable); NAME or ID: watch that machine’s screen'
  ).argParser((text: string, before: string[] | undefined) => collectPeersOrNames(text, before))
  nodeOptions(commonOptions(program), peer)
    .option('--name <name>', 'what this machine is called in the mesh')
    .option('--headless', 'run the node without a screen, logging to stdout')
    .option('--log-file', 'log to logs/node.log of its home instead, within the bounds of the settings')
    .addOption(
      new Option('--ui <kind>', 'what to show: the screen, a line a change, or JSON').choices([
        'screen',
        'plain',
        'json'
      ])
    )
    .option('--stop-on-quit', 'stop the node when the screen is left')
    .option('--ascii', 'draw the screen with ASCII alone')
    .addOption(
      new Option('--notify <way>', 'what tells that a batch has ended (default: screen.notify)').choices([
        'bell',
        'desktop',
        'off'
      ])
    )
    .argument('[command...]')
    .allowUnknownOption()
    .action((words: string[], flags: NodeWishes) => {
      const [first] = words
      if (first !== undefined) throw unknownWord(program, first)
      return act(program, async (context) => {
        const { runHeadless, showNode } = await import('../services/run-node.ts')
        const ui = uiOf(flags, context.print)
        const watch = machineToWatch(flags.peer ?? [], ui)
        if (ui === 'none') return runHeadless(context, flags.logFile ?? false)
        const { stopOnQuit = false, ascii = false, notify = null } = flags
        return showNode(context, { ui, ascii, notify, stopOnQuit, watch })
      })
    })
}

interface NodeWishes {
  peer?: string[]
  headless?: boolean
  logFile?: boolean
  ui?: 'screen' | 'plain' | 'json'
  stopOnQuit?: boolean
  ascii?: boolean
  notify?: 'bell' | 'desktop' | 'off'
}

/** A terminal that can be drawn on gets the screen, one that cannot gets lines, and no terminal gets the node itself. */
function uiOf(
  { headless, ui }: NodeWishes,
  { json, out, traits }: Printer
): 'screen' | 'plain' | 'json' | 'none' {
  if (headless) return 'none'
  if (ui !== undefined) return ui
  if (json || out.isTTY !== true) return 'none'
  return traits.live ? 'screen' : 'plain'
}

/** The one machine that `--peer` names; null where it only says where to dial. */
function machineToWatch(peers: readonly string[], ui: ReturnType<typeof uiOf>): string | null {
  const [name, another] = peers.filter((peer) => !isPeerAddress(peer))
  if (name === undefined) return null
  if (another !== undefined) {
    throw new CliError('usage', `--peer ${name} and --peer ${another}: one machine is watched at a time`)
  }
  if (ui === 'none') {
    throw new CliError('usage', `--peer ${name} watches that machine, which takes a terminal`, {
      hint: 'Add --ui plain for lines, or give HOST:PORT to look for a peer there'
    })
  }
  return name
}

function unknownWord(program: Command, word: string): CliError {
  if (word.startsWith('-')) {
    const known = program.options.flatMap((option) =>
      [option.long, option.short].filter((flag) => flag != null)
    )
    return unknown('option', word, nearest(word, known))
  }
  return unknown(
    'command',
    word,
    nearest(word, [...program.commands.map((command) => command.name()), 'help'])
  )
}

const unknown = (what: string, word: string, near: string | null): CliError =>
  new CliError('unknown-command', `unknown ${what} '${word}'`, {
    hint: near ? `Did you mean ${near}?` : 'See `proxima-node --help`'
  })
