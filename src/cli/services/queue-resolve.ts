import type { JobOrigin, ResolveMediaView, TimelineChoice, TimelinesView } from '../../model/index.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import type { ExitStatus } from '../exit-codes.ts'
import { clean, count } from '../output/format.ts'
import { timelinesTable } from '../output/resolve.ts'
import { pickNumbers } from './pick-numbers.ts'
import { type QueueRequest, queueFiles } from './queue.ts'

type Request = Omit<QueueRequest, 'patterns' | 'wishes'>

/** `queue --resolve`: the files that timelines of the open project show, each to be linked when it is done. */
export async function queueFromResolve(
  context: CommandContext,
  request: Request,
  choice: TimelineChoice | 'pick'
): Promise<ExitStatus> {
  const { interrupt, print } = context
  const offline = await context.door.offline(context.home, context.nodeFlags)
  const chosen =
    choice === 'pick' ? await pickTimelines(context, await offline.timelines(interrupt.signal)) : choice
  const view = await offline.timelineMedia(chosen, interrupt.signal)
  const found = sourcesOf(view)
  for (const line of found.notes) print.note(line)
  if (found.files.length === 0 && found.problems.length === 0) {
    print.note(`There is nothing to encode in ${namesOf(view)}.`)
  }
  return queueFiles(context, { ...request, origins: found.origins }, found)
}

async function pickTimelines(context: CommandContext, view: TimelinesView): Promise<TimelineChoice> {
  if (view.timelines.length === 0) return 'all'
  const { print } = context
  for (const line of timelinesTable(view, print.width)) print.note(line)
  const numbers = view.timelines.map(({ index }) => index)
  return { indexes: await pickNumbers(context, 'Which timelines? (numbers, or all)', numbers) }
}

interface FoundSources {
  files: string[]
  problems: CliError[]
  origins: Record<string, JobOrigin>
  /** What is not encoded, a line each. */
  notes: string[]
}

/** Each file once, with the timeline that uses it first. */
export function sourcesOf({ project, timelines }: ResolveMediaView): FoundSources {
  const origins: Record<string, JobOrigin> = Object.create(null)
  const problems = new Map<string, CliError>()
  const notes: string[] = []
  for (const { name: sequence, media, skipped, problems: unread } of timelines) {
    const left = { 'switched off': 0, 'sound only': 0 }
    for (const { path, name, mediaId, video, enabled, imageSequence, flipped } of media) {
      if (!enabled) left['switched off']++
      else if (!video) left['sound only']++
      else if (path === null) problems.set(mediaId, unusable(name, 'has no file in DaVinci Resolve'))
      else if (imageSequence)
        problems.set(mediaId, unusable(name, 'is a series of pictures, which is not encoded yet'))
      else if (origins[path] === undefined) {
        origins[path] = { kind: 'resolve', sequence, mediaId }
        if (flipped) {
          notes.push(
            clean(
              `${name} is turned over in Resolve; its proxy is made as the file is: look how it stands there.`
            )
          )
        }
      }
    }
    const parts = [
      ...Object.entries(left).flatMap(([what, many]) => (many > 0 ? [`${count(many, 'clip')} ${what}`] : [])),
      ...skipped.map(
        ({ kind, name, count: times }) => `${kind} ${name}${times > 1 ? ` (${times} times)` : ''}`
      )
    ]
    if (parts.length > 0) notes.push(clean(`${sequence}: left out: ${parts.join(', ')}`))
    notes.push(...unread.map(({ name, message }) => clean(`${sequence}: not read: ${name}: ${message}`)))
  }
  if (timelines.length === 0) notes.push(clean(`The project ${project.name} has no timelines.`))
  return { files: Object.keys(origins), problems: [...problems.values()], origins: { ...origins }, notes }
}

const unusable = (name: string, why: string): CliError =>
  new CliError('no-source', `${clean(name)} ${why}`, {
    hint: 'The other clips are queued.',
    exitStatus: 1
  })

const namesOf = ({ timelines, project }: ResolveMediaView): string =>
  clean(timelines.length === 0 ? project.name : timelines.map(({ name }) => name).join(', '))
