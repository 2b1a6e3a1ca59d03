import { Option } from 'commander'
import type { TimelineChoice } from '../../model/index.ts'
import { CliError } from '../errors.ts'
import { collectText, parseDuration, parseLength, parsePriority } from '../parse.ts'
import { type Define, nodeOptions, subcommand } from './kit.ts'

interface QueueFlags {
  preset: string
  out?: string
  name?: string
  priority: number
  wait?: boolean
  force?: boolean
  keep?: boolean
  dryRun?: boolean
  /** False with `--no-chunk`, a length in milliseconds with `--chunk`. */
  chunk?: number | boolean
  worthChunking?: number
  tag?: string[]
  resolve?: boolean
  timeline?: string[]
  all?: boolean
  pick?: boolean
}

export const defineQueue: Define = (parent, act) => {
  const command = subcommand(parent, 'queue', 'queue files, folders or globs')
    .argument('[source...]', 'files, folders (their video files) or globs')
    .requiredOption(
      '--preset <name>',
      'recipe to encode with, or auto to choose by the source; see `presets`'
    )
    .option('--out <dir>', 'folder for the outputs')
    .option('--name <template>', 'name of the outputs, from {stem} and {preset}')
    .option('--priority <number>', 'higher goes first', parsePriority, 0)
    .option('--wait', 'show progress until all have ended')
    .option('--force', 'encode also what is there already, and replace it')
    .addOption(new Option('--keep', 'leave what is there, and number the new output').conflicts('force'))
    .option('--dry-run', 'print the plan only')
    .option('--chunk <seconds>', 'aim for chunks of that length', parseLength)
    .option('--no-chunk', 'encode each file in one piece')
    .option('--worth-chunking <seconds>', 'shorter files are encoded in one piece', parseDuration)
    .option('--tag <tag>', 'only machines that carry this tag (repeatable)', collectText)
    .option(
      '--resolve',
      'the media of the timeline that is open in DaVinci Resolve, linked when they are done'
    )
    .option('--timeline <name>', 'with --resolve: that timeline instead (repeatable)', collectText)
    .addOption(new Option('--all', 'with --resolve: every timeline').conflicts('timeline'))
    .addOption(new Option('--pick', 'with --resolve: choose from a list').conflicts(['timeline', 'all']))
  nodeOptions(command).action((sources: string[], flags: QueueFlags) =>
    act(command, async (context) => {
      const { resolve } = await import('node:path')
      const request = {
        preset: flags.preset,
        outDir: flags.out === undefined ? null : resolve(context.cwd, flags.out),
        nameTemplate: flags.name ?? null,
        priority: flags.priority,
        force: flags.force ?? false,
        keep: flags.keep ?? false,
        noChunk: flags.chunk === false,
        chunkMs: typeof flags.chunk === 'number' ? flags.chunk : null,
        worthChunkingMs: flags.worthChunking ?? null,
        tags: flags.tag ?? [],
        wait: flags.wait ?? false,
        dryRun: flags.dryRun ?? false
      }
      const timelines = chosenTimelines(sources, flags)
      if (timelines !== null) {
        const { queueFromResolve } = await import('../services/queue-resolve.ts')
        return queueFromResolve(context, request, timelines)
      }
      const { queue } = await import('../services/queue.ts')
      return queue(context, { ...request, patterns: sources })
    })
  )
}

/**
 * Which timelines of Resolve are meant; null when files are.
 * @throws CliError `usage` when it is neither, or both
 */
function chosenTimelines(
  sources: readonly string[],
  { resolve, timeline, all, pick }: QueueFlags
): TimelineChoice | 'pick' | null {
  const chosen = timeline ? { names: timeline } : all ? 'all' : pick ? 'pick' : 'current'
  if (resolve && sources.length > 0) {
    throw new CliError('usage', 'queue: files and --resolve exclude each other', {
      hint: 'Give one of the two'
    })
  }
  if (resolve) return chosen
  if (chosen !== 'current') {
    throw new CliError('usage', 'queue: --timeline, --all and --pick belong to --resolve', {
      hint: 'Add --resolve'
    })
  }
  if (sources.length > 0) return null
  throw new CliError('usage', 'queue: which files?', {
    hint: 'Name files, folders or globs, or --resolve for a timeline of DaVinci Resolve'
  })
}
