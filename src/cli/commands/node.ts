import type { Command } from 'commander'
import { CliError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type Act, commonOptions, nodeOptions } from './kit.ts'

/** Bare `proxima-node`: the node itself. Also where a word lands that names no command. */
export function defineNode(program: Command, act: Act): void {
  nodeOptions(commonOptions(program))
    .option('--name <name>', 'what this machine is called in the mesh')
    .option('--headless', 'run the node without a screen, logging to stdout')
    .argument('[command...]')
    .allowUnknownOption()
    .action((words: string[], flags: { headless?: boolean }) => {
      const [first] = words
      if (first !== undefined) throw unknownWord(program, first)
      return act(program, async (context) => {
        const { runHeadless, showNode } = await import('../services/run-node.ts')
        const headless = flags.headless || context.print.json || !context.print.traits.live
        return headless ? runHeadless(context) : showNode(context)
      })
    })
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
