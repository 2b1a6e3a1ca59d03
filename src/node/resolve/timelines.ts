import type { TimelineChoice, TimelinesView, TimelineView } from '../../model/index.ts'
import type {
  ResolveMedia,
  ResolveMissing,
  ResolveProject,
  ResolveSequence,
  ResolveSession,
  ResolveTimeline,
  WhichTimeline
} from '../../timeline/index.ts'
import { NodeError } from '../errors.ts'
import { connected } from './link-service.ts'
import { troubleOf } from './link-wanted.ts'

type Open = () => Promise<ResolveSession | { missing: ResolveMissing }>

/**
 * `timelines`: those of the project that is open in DaVinci Resolve.
 * @throws NodeError `resolve-away`
 */
export const listTimelines = (open: Open): Promise<TimelinesView> =>
  withSession(open, async (session) => {
    const { project, timelines, problems } = await session.timelines()
    return { project, timelines: timelines.map(timelineView), problems }
  })

/** Timelines of Resolve, read. */
export interface ResolveEdit {
  project: ResolveProject
  sequences: ResolveSequence[]
  /** What a person should know of it, a line each. */
  notes: string[]
}

/**
 * Reads what timelines use.
 * @throws NodeError `resolve-away`, `no-such-timeline` with the names that there are
 */
export const readResolve = (open: Open, choice: TimelineChoice): Promise<ResolveEdit> =>
  withSession(open, async (session) => {
    const { project, timelines } = await session.timelines()
    const edit: ResolveEdit = { project, sequences: [], notes: [] }
    for (const which of choose(timelines, choice, project.name)) {
      const { sequence, problems } = await session.media(which)
      edit.sequences.push(sequence)
      edit.notes.push(
        ...problems.map(({ name, message }) => `${sequence.name}: not read: ${name}: ${message}`),
        ...sequence.media.filter(isTurned).map(({ name }) => `${name} ${turned}`)
      )
    }
    return { ...edit, notes: [...new Set(edit.notes)] }
  })

const isTurned = ({ enabled, clip: { flips } }: ResolveMedia): boolean =>
  enabled && (flips.horizontal === true || flips.vertical === true)

const turned = 'is turned over in Resolve; its proxy is made as the file is: look how it stands there.'

function choose(
  timelines: readonly ResolveTimeline[],
  choice: TimelineChoice,
  project: string
): WhichTimeline[] {
  const which = ({ id, index }: ResolveTimeline): WhichTimeline => (id === null ? { index } : { id })
  if (choice === 'current') return ['current']
  if (choice === 'all') return timelines.map(which)
  if ('indexes' in choice) return choice.indexes.map((index) => ({ index }))
  return choice.names.map((name) => {
    const same = timelines.filter((timeline) => timeline.name === name)
    if (same.length === 1) return which(same[0]!)
    const there = timelines.map((timeline) => timeline.name).join(', ')
    throw new NodeError(
      'no-such-timeline',
      same.length === 0
        ? `the project ${project} has no timeline ${name}`
        : `the project ${project} has ${same.length} timelines ${name}`,
      {
        hint:
          same.length === 0
            ? `Its timelines are: ${there || 'none'}`
            : 'Give one of them another name in Resolve, or choose with --pick.',
        exitStatus: 2
      }
    )
  })
}

async function withSession<T>(open: Open, use: (session: ResolveSession) => Promise<T>): Promise<T> {
  const session = await connected(open)
  try {
    return await use(session)
  } catch (error) {
    if (error instanceof NodeError) throw error
    const { message, hint } = troubleOf(error)
    throw new NodeError('resolve-away', message, {
      hint: hint ?? 'Open a project in DaVinci Resolve, then try again.'
    })
  } finally {
    await session.close()
  }
}

const timelineView = ({
  index,
  name,
  current,
  rate,
  startTimecode,
  videoItems,
  audioItems
}: ResolveTimeline): TimelineView => ({
  index,
  name,
  current,
  rate: rate === null ? null : `${rate.num}/${rate.den}`,
  startTimecode,
  videoItems,
  audioItems
})
