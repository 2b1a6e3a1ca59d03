import type { ResolveMediaView, TimelineChoice, TimelinesView, TimelineView } from '../../model/index.ts'
import type { ResolveMissing, ResolveSession, ResolveTimeline, WhichTimeline } from '../../timeline/index.ts'
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

/**
 * The media that timelines use.
 * @throws NodeError `resolve-away`, `no-such-timeline` with the names that there are
 */
export const mediaOfTimelines = (open: Open, choice: TimelineChoice): Promise<ResolveMediaView> =>
  withSession(open, async (session) => {
    const { project, timelines } = await session.timelines()
    const chosen = choose(timelines, choice, project.name)
    const view: ResolveMediaView = { project, timelines: [] }
    for (const which of chosen) {
      const { sequence, problems } = await session.media(which)
      view.timelines.push({
        name: sequence.name,
        media: sequence.media.map(({ path, name, video, enabled, imageSequence, clip }) => ({
          path,
          name,
          mediaId: clip.mediaId,
          video,
          enabled,
          imageSequence,
          flipped: clip.flips.horizontal === true || clip.flips.vertical === true
        })),
        skipped: sequence.skipped,
        problems
      })
    }
    return view
  })

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
