import { type Command, InvalidArgumentError, Option } from 'commander'
import { type OutputLayout, outputLayouts } from '../../model/index.ts'
import { CliError } from '../errors.ts'
import { collectText, parseDuration, parseLength, parsePriority } from '../parse.ts'
import { type Define, nodeOptions, subcommand } from './kit.ts'

interface WatchFlags {
  preset?: string
  only: string[]
  skip: string[]
  ext?: string[]
  minAge: number
  settle: number
  recursive: boolean
  once?: boolean
  wait?: boolean
  remove?: string
  out?: string
  name?: string
  layout?: OutputLayout
  priority: number
  chunk?: number | boolean
  worthChunking?: number
  tag?: string[]
}

/** Flags that say nothing of a folder. */
const common = ['--json', '--home', '--debug', '--peer', '--port', '--slots']

/** A copy that pauses for less is never taken for whole. */
const usualSettleMs = 10_000

export const defineWatch: Define = (parent, act) => {
  const command = subcommand(parent, 'watch', 'queue what appears in a folder; alone: list watched folders')
    .argument('[dir]', 'folder to watch from now on, or to watch differently')
    .option('--preset <name>', 'recipe to encode with, or auto to choose by the source')
    .option('--only <glob>', 'only files that match (repeatable)', collectText, [])
    .option('--skip <glob>', 'no files that match (repeatable)', collectText, [])
    .option('--ext <endings>', 'only files that end so: mov,mxf; else video files', parseEndings)
    .option('--settle <seconds>', 'how long a file must stay unchanged (10)', parseDuration, usualSettleMs)
    .option('--min-age <seconds>', 'how old a file must be', parseDuration, 0)
    .option('--recursive', 'also the folders in it (so it is unless --no-recursive)', true)
    .option('--no-recursive', 'only the folder itself')
    .option('--once', 'queue what is ripe now, and end')
    .option('--wait', 'with --once: show progress until all have ended')
    .option('--remove <id|dir>', 'watch it no longer')
    .option('--out <dir>', 'folder for the outputs')
    .addOption(
      new Option('--layout <name>', 'where the editing software looks for proxies')
        .choices(outputLayouts)
        .conflicts(['out', 'name'])
    )
    .option('--name <template>', 'name of the outputs, from {stem} and {preset}')
    .option('--priority <number>', 'higher goes first', parsePriority, 0)
    .option('--chunk <seconds>', 'aim for chunks of that length', parseLength)
    .option('--no-chunk', 'encode each file in one piece')
    .option('--worth-chunking <seconds>', 'shorter files are encoded in one piece', parseDuration)
    .option('--tag <tag>', 'only machines that carry this tag (repeatable)', collectText)
  nodeOptions(command).action((dir: string | undefined, flags: WatchFlags) =>
    act(command, async (context) => {
      checkTogether(command, dir, flags)
      const service = await import('../services/watch.ts')
      if (flags.remove !== undefined) return service.unwatch(context, flags.remove)
      if (dir === undefined) return service.listWatches(context)
      const { resolve } = await import('node:path')
      const params = {
        dir: resolve(context.cwd, dir),
        rules: {
          extensions: flags.ext ?? null,
          only: flags.only,
          skip: flags.skip,
          recursive: flags.recursive,
          settleMs: flags.settle,
          minAgeMs: flags.minAge
        },
        queue: {
          preset: flags.preset!,
          outDir: flags.out === undefined ? null : resolve(context.cwd, flags.out),
          nameTemplate: flags.name ?? null,
          ...(flags.layout === undefined ? {} : { layout: flags.layout }),
          priority: flags.priority,
          force: false,
          keep: false,
          noChunk: flags.chunk === false,
          chunkMs: typeof flags.chunk === 'number' ? flags.chunk : null,
          worthChunkingMs: flags.worthChunking ?? null,
          tags: flags.tag ?? []
        }
      }
      if (!flags.once) return service.watch(context, params)
      const { watchOnce } = await import('../services/watch-once.ts')
      return watchOnce(context, params, flags.wait ?? false)
    })
  )
}

function checkTogether(command: Command, dir: string | undefined, flags: WatchFlags): void {
  const wrong = (message: string, hint: string): CliError =>
    new CliError('usage', `watch: ${message}`, { hint })
  if (flags.remove !== undefined && dir !== undefined) {
    throw wrong('a folder and --remove exclude each other', 'Give one of the two')
  }
  if (dir !== undefined && flags.preset === undefined) {
    throw wrong(`with which preset shall ${dir} be encoded?`, 'Name one with --preset; see `presets`')
  }
  if (flags.wait && !flags.once) {
    throw wrong('--wait goes with --once', 'Watching ends only with --remove')
  }
  if (dir !== undefined || flags.remove !== undefined) return
  const lone = command.options.find(
    (option) =>
      !common.includes(option.long ?? '') && command.getOptionValueSource(option.attributeName()) === 'cli'
  )
  if (lone) throw wrong(`${lone.long} needs a folder`, 'Name the folder to watch')
}

function parseEndings(text: string, before: string[] = []): string[] {
  const endings = text.split(',').map((ending) => ending.trim().replace(/^\./, '').toLowerCase())
  const named = endings.filter((ending) => ending !== '')
  if (named.length === 0) throw new InvalidArgumentError('It must be endings such as mov,mxf.')
  return [...before, ...named]
}
