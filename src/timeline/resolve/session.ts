import { TimelineError } from '../errors.ts'
import type { Bridge } from './bridge.ts'
import { clipKeys, type ResolveClip, readClips } from './clips.ts'
import { type BridgeMethod, type BridgeResult, resultSchemas, type ToldProblem } from './messages.ts'
import { type ResolveSequence, toSequence } from './sequence.ts'
import { type ResolveTimeline, toTimeline } from './timelines.ts'

export interface ResolveProject {
  /** Stays when the project is renamed; its name in versions that have none (before 18.5). */
  id: string
  name: string
}

export interface ResolveHello {
  /** `DaVinci Resolve Studio`. */
  product: string
  version: string
  studio: boolean
  /** `edit`, `color`…; null while the Project Manager or another window is in front. */
  page: string | null
  /** Null when none is open. */
  project: ResolveProject | null
}

/** What could not be read, each a line for a person: one broken clip does not hide the others. */
interface WithProblems {
  project: ResolveProject
  problems: ResolveProblem[]
}

export type ResolveProblem = ToldProblem

export interface ResolveTimelines extends WithProblems {
  timelines: ResolveTimeline[]
}

export interface ResolveMediaList extends WithProblems {
  sequence: ResolveSequence
}

export interface ResolvePool extends WithProblems {
  /** Clips that have a file, in no certain order. */
  clips: ResolveClip[]
}

/** A timeline by its id, by its index from 1, or the one that is open. */
export type WhichTimeline = { id: string } | { index: number } | 'current'

/**
 * A running DaVinci Resolve. Every method throws TimelineError: `resolve-closed` when it was closed, `resolve-silent`
 * when it says nothing, `resolve-no-project` when none is open (or another was opened meanwhile), `resolve-failed`
 * when it cannot, `resolve-bridge` when the script between ended twice. A script that ended is started again; Resolve
 * may be closed and started again too. Calls wait for each other.
 */
export interface ResolveSession {
  /** What runs the script between: `Python 3.11.7`. */
  readonly runtime: string
  hello(): Promise<ResolveHello>
  timelines(): Promise<ResolveTimelines>
  /** @throws TimelineError `resolve-no-timeline` as well */
  media(which: WhichTimeline): Promise<ResolveMediaList>
  /** Every clip of the media pool. */
  pool(): Promise<ResolvePool>
  /**
   * Links a proxy to a clip (to all that have this media id).
   * @param proxyPath absolute, as this machine writes it
   * @returns false when Resolve refuses; it never says why
   * @throws TimelineError `resolve-no-clip`, `resolve-no-project` when another project than `projectId` is open
   */
  link(request: { projectId: string; mediaId: string; proxyPath: string }): Promise<boolean>
  /** Takes the proxy away from a clip; false when Resolve refuses. Throws as `link` does. */
  unlink(request: { projectId: string; mediaId: string }): Promise<boolean>
  /** Ends the script between. Resolve itself is left alone. */
  close(): Promise<void>
}

/** @param start starts the bridge anew when it has ended */
export function resolveSession(first: Bridge, start: () => Promise<Bridge>): ResolveSession {
  let bridge = first
  let closed = false
  let turn: Promise<unknown> = Promise.resolve()

  const askOnce = async (
    method: BridgeMethod,
    params: Readonly<Record<string, unknown>>
  ): Promise<unknown> => {
    if (!closed && bridge.ended) bridge = await start()
    if (closed) throw new TimelineError('resolve-closed', 'the connection to DaVinci Resolve was closed')
    return await bridge.ask(method, params)
  }
  const ask = async <M extends BridgeMethod>(
    method: M,
    params: Readonly<Record<string, unknown>>
  ): Promise<BridgeResult<M>> => {
    const answer = turn.then(() =>
      // Every request may be asked twice: linking what is linked changes nothing.
      askOnce(method, params).catch((error: unknown) => {
        if (!closed && error instanceof TimelineError && error.code === 'resolve-bridge') {
          return askOnce(method, params)
        }
        throw error
      })
    )
    turn = answer.catch(() => {}) // told to whoever asked; the next in turn is not concerned
    const parsed = resultSchemas[method].safeParse(await answer)
    if (parsed.success) return parsed.data as BridgeResult<M>
    throw new TimelineError(
      'resolve-failed',
      `DaVinci Resolve answered ${method} with what is not understood`,
      {
        hint: 'Tell the makers of proxima-node which version of Resolve this is.',
        cause: parsed.error
      }
    )
  }

  return {
    get runtime() {
      return bridge.runtime
    },
    async hello() {
      const { product, version, page, project } = await ask('hello', {})
      return {
        product: product ?? 'DaVinci Resolve',
        version: version ?? 'of an unknown version',
        studio: /\bstudio\b/i.test(product ?? ''),
        page,
        project: project === null ? null : toProject(project)
      }
    },
    async timelines() {
      const { project, timelines, problems } = await ask('timelines', {})
      return { project: toProject(project), timelines: timelines.map(toTimeline), problems }
    },
    async media(which) {
      const told = await ask('media', { ...(which === 'current' ? {} : which), keys: clipKeys })
      return { project: toProject(told.project), sequence: toSequence(told), problems: told.problems }
    },
    async pool() {
      const { project, media, problems } = await ask('pool', { keys: clipKeys })
      const clips = readClips(media).flatMap(({ clip }) => (clip.path === null ? [] : [clip]))
      return { project: toProject(project), clips, problems }
    },
    async link({ projectId, mediaId, proxyPath }) {
      return (await ask('link', { project: projectId, media: mediaId, path: proxyPath })).done
    },
    async unlink({ projectId, mediaId }) {
      return (await ask('unlink', { project: projectId, media: mediaId })).done
    },
    async close() {
      closed = true
      await bridge.close()
      // One that was being started meanwhile is closed as well.
      await turn
      await bridge.close()
    }
  }
}

const toProject = ({ id, name }: { id: string; name: string | null }): ResolveProject => ({
  id,
  name: name ?? id
})
