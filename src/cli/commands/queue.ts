import { Option } from 'commander'
import { type OutputLayout, outputLayouts, type TimelineChoice } from '../../model/index.ts'
import { CliError } from '../errors.ts'
import { collectText, parseDuration, parseLength, parsePriority } from '../parse.ts'
import { type Define, nodeOptions, subcommand } from './kit.ts'

interface QueueFlags {
  preset: string
  out?: string
  name?: string
  layout?: OutputLayout
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
  sequence?: string[]
  all?: boolean
  pick?: boolean
  allAngles?: boolean
  only?: string[]
  skip?: string[]
  search?: string[]
  usedRanges?: boolean
  handles?: number
}

export const defineQueue: Define = (parent, act) => {
  const command = subcommand(parent, 'queue', 'queue files, folders, globs or timelines')
    .argument(
      '[source...]',
      'files, folders (their video files), globs, or timelines (the clips that they use)'
    )
    .requiredOption(
      '--preset <name>',
      'recipe to encode with, or auto to choose by the source; see `presets`'
    )
    .option('--out <dir>', 'folder for the outputs')
    .addOption(
      new Option('--layout <name>', 'where the editing software looks for proxies')
        .choices(outputLayouts)
        .conflicts(['out', 'name'])
    )
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
    .option('--sequence <name>', 'of a timeline file: that sequence (repeatable)', collectText)
    .addOption(new Option('--all', 'every timeline or sequence').conflicts(['timeline', 'sequence']))
    .addOption(
      new Option('--pick', 'choose timelines, or sequences and clips, from a list').conflicts([
        'timeline',
        'sequence',
        'all'
      ])
    )
    .option('--all-angles', 'all angles of multicam clips, not only the active ones')
    .option(
      '--only <glob>',
      'of timelines, folders and globs only files that match (repeatable)',
      collectText
    )
    .option('--skip <glob>', 'of these no files that match (repeatable)', collectText)
    .option('--used-ranges', 'only the parts of clips that a timeline uses, a file each')
    .option('--handles <seconds>', 'with --used-ranges: so much before and after them (1)', parseDuration)
    .option('--search <dir>', 'look for clips there too, besides the roots (repeatable)', collectText)
  nodeOptions(command).action((sources: string[], flags: QueueFlags) =>
    act(command, async (context) => {
      const { resolve } = await import('node:path')
      const request = {
        preset: flags.preset,
        outDir: flags.out === undefined ? null : resolve(context.cwd, flags.out),
        nameTemplate: flags.name ?? null,
        ...(flags.layout === undefined ? {} : { layout: flags.layout }),
        priority: flags.priority,
        force: flags.force ?? false,
        keep: flags.keep ?? false,
        noChunk: flags.chunk === false,
        chunkMs: typeof flags.chunk === 'number' ? flags.chunk : null,
        worthChunkingMs: flags.worthChunking ?? null,
        tags: flags.tag ?? [],
        wait: flags.wait ?? false,
        dryRun: flags.dryRun ?? false,
        wishes: {
          sequences: flags.sequence ?? [],
          all: flags.all ?? false,
          pick: flags.pick ?? false,
          allAngles: flags.allAngles ?? false,
          only: flags.only ?? [],
          skip: flags.skip ?? [],
          handlesMs: usedRanges(flags),
          search: (flags.search ?? []).map((folder) => resolve(context.cwd, folder))
        }
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

const usualHandlesMs = 1_000

/** How much before and after the used parts; null: whole files. */
function usedRanges({ usedRanges: used, handles }: QueueFlags): number | null {
  if (used) return handles ?? usualHandlesMs
  if (handles === undefined) return null
  throw new CliError('usage', 'queue: --handles belongs to --used-ranges', { hint: 'Add --used-ranges' })
}

/**
 * Which timelines of Resolve are meant; null when files are.
 * @throws CliError `usage` when it is neither, or both
 */
function chosenTimelines(
  sources: readonly string[],
  { resolve, timeline, all, sequence, allAngles, usedRanges }: QueueFlags
): TimelineChoice | null {
  if (resolve && sequence) {
    throw new CliError('usage', 'queue: --sequence is for timeline files', { hint: 'Use --timeline' })
  }
  if (resolve && usedRanges) {
    // Resolve links a proxy only when it is as long as its clip.
    throw new CliError('usage', 'queue: --used-ranges is for timeline files, not for --resolve', {
      hint: 'Resolve links whole clips only'
    })
  }
  if (resolve && allAngles) {
    throw new CliError('usage', 'queue: --all-angles is for timeline files', {
      hint: 'Resolve lets nobody look into multicam clips; export the timeline and queue the file'
    })
  }
  if (resolve && sources.length > 0) {
    throw new CliError('usage', 'queue: files and --resolve exclude each other', {
      hint: 'Give one of the two'
    })
  }
  if (resolve) return timeline ? { names: timeline } : all ? 'all' : 'current'
  if (timeline) {
    throw new CliError('usage', 'queue: --timeline belongs to --resolve', {
      hint: 'Add --resolve, or use --sequence for a timeline file'
    })
  }
  if (sources.length > 0) return null
  throw new CliError('usage', 'queue: which files?', {
    hint: 'Name files, folders, globs or timelines, or --resolve for a timeline of DaVinci Resolve'
  })
}
