import type { TimelineChoice, TimelinesView } from '../../model/index.ts'
import type { CommandContext } from '../context.ts'
import { atLeast, type ExitStatus } from '../exit-codes.ts'
import { clean } from '../output/format.ts'
import { timelinesTable } from '../output/resolve.ts'
import { chosenClips, findClips } from './collect-sources.ts'
import { pickNumbers } from './pick-numbers.ts'
import { type QueueRequest, queueFiles } from './queue.ts'

/** `queue --resolve`: the files that timelines of the open project show, each to be linked when it is done. */
export async function queueFromResolve(
  context: CommandContext,
  { wishes, ...request }: Omit<QueueRequest, 'patterns'>,
  choice: TimelineChoice
): Promise<ExitStatus> {
  const { print, interrupt } = context
  const timelines = wishes.pick ? await pickTimelines(context) : choice
  const desk = await context.door.edits(context.home, context.nodeFlags)
  const { view, notes } = await desk.openResolve(timelines, interrupt.signal)
  for (const note of notes) print.note(clean(note))
  const all = view.sequences.map((_, at) => at)
  const clips = await findClips(context, desk, [{ view, sequences: all }], wishes)
  const { origins, worst } = await chosenClips(context, clips, wishes)
  const found = { files: Object.keys(origins), problems: [], searched: [] }
  return atLeast(worst, await queueFiles(context, { ...request, origins }, found))
}

async function pickTimelines(context: CommandContext): Promise<TimelineChoice> {
  const { print, interrupt } = context
  const offline = await context.door.offline(context.home, context.nodeFlags)
  const view: TimelinesView = await offline.timelines(interrupt.signal)
  if (view.timelines.length === 0) return 'all'
  for (const line of timelinesTable(view, print.width)) print.note(line)
  const numbers = view.timelines.map(({ index }) => index)
  const question = 'Which timelines? (numbers, or all)'
  return {
    indexes: await pickNumbers(context, question, numbers, 'Name them with --timeline, or take --all')
  }
}
