import { stat } from 'node:fs/promises'
import type { VideoFacts } from '../../jobs/transcode/index.ts'
import { MediaError } from '../../jobs/transcode/index.ts'
import type { JobLink, LinkedClip } from '../../model/index.ts'
import {
  clipFinder,
  type LinkManyOptions,
  type LinkOutcome,
  type LinkRefusal,
  type LinkReport,
  type LinkRequest,
  linkMany,
  type ResolvePool,
  type ResolveSession,
  TimelineError
} from '../../timeline/index.ts'

/** A proxy that is to be linked to the clips of its source. Paths are absolute. */
export interface WantedLink {
  proxy: string
  source: string
  /** Of the clip that it was queued for; null: known by its file alone. */
  mediaId: string | null
}

export interface LinkTools {
  /** Throws MediaError for a file that cannot be read. */
  facts: (path: string) => Promise<VideoFacts>
  /** Size and time of a file, or null when there is none. */
  identityOf: (path: string) => Promise<string | null>
}

/** What came of one wanted link: a report for each clip that has the source, or one with none. */
export interface WantedResult<W extends WantedLink = WantedLink> {
  wanted: W
  reports: Pick<LinkReport, 'clip' | 'outcome'>[]
  /** As the file was when it was looked at; null: it is not there, or nobody looked. */
  identity: string | null
}

type Session = Pick<ResolveSession, 'hello' | 'link'>

/**
 * Links proxies to the clips of their sources, one after another. Only files whose source is a clip of the project are
 * read; once Resolve has gone, none is.
 * @param pool the clips of the project that is open
 * @param memory what was refused before
 */
export async function* linkWanted<W extends WantedLink>(
  session: Session,
  pool: ResolvePool,
  wanted: readonly W[],
  memory: readonly LinkRefusal[],
  options: LinkManyOptions,
  tools: LinkTools
): AsyncGenerator<WantedResult<W>> {
  const find = clipFinder(pool.clips)
  const known = { hello: () => session.hello(), link: session.link.bind(session), pool: async () => pool }
  let gone: string | null = null
  for (const one of wanted) {
    const clip = whichClips(one)
    const untried = (outcome: LinkOutcome) => ({ wanted: one, reports: [{ clip: null, outcome }] })
    if (find(clip).length === 0) {
      yield { ...untried({ status: 'not-in-project' }), identity: null }
      continue
    }
    if (gone !== null) {
      yield { ...untried({ status: 'pending', reason: gone }), identity: null }
      continue
    }
    const identity = await tools.identityOf(one.proxy)
    const looked = await lookAt(one, tools)
    if ('outcome' in looked) {
      yield { ...untried(looked.outcome), identity }
      continue
    }
    const request = { clip, proxyPath: one.proxy, proxyIdentity: identity ?? '', facts: looked.facts }
    const { reports, gone: why } = await linkMany(known, [request], memory, options)
    gone = why
    yield { wanted: one, reports, identity }
  }
}

const whichClips = ({ mediaId, source }: WantedLink): LinkRequest['clip'] => ({
  ...(mediaId === null ? {} : { mediaId }),
  sourcePath: source
})

async function lookAt(
  { proxy, source }: WantedLink,
  tools: LinkTools
): Promise<Pick<LinkRequest, 'facts'> | { outcome: LinkOutcome }> {
  const [ofProxy, ofSource] = await Promise.all([readable(proxy, tools), readable(source, tools)])
  if (ofProxy instanceof MediaError) return { outcome: unreadable(ofProxy) }
  // A source that is away now says nothing: Resolve decides.
  return { facts: ofSource instanceof MediaError ? null : { proxy: ofProxy, source: ofSource } }
}

function unreadable({ message, transient }: MediaError): LinkOutcome {
  const reason = `the proxy cannot be read: ${message}`
  if (transient) return { status: 'pending', reason }
  return { status: 'refused', by: 'facts', mismatches: [], reason, hint: 'Encode it again with --force.' }
}

async function readable(path: string, { facts }: LinkTools): Promise<VideoFacts | MediaError> {
  try {
    return await facts(path)
  } catch (error) {
    if (error instanceof MediaError) return error
    throw error
  }
}

/** Size and time of its last change. */
export async function identityOf(path: string): Promise<string | null> {
  try {
    const { size, mtimeMs } = await stat(path)
    return `${size} ${Math.floor(mtimeMs)}`
  } catch {
    return null // gone, or out of reach: the same to whoever would link it
  }
}

/** Every report as one line of a clip, and all of them as the state of the job's link. */
export function toLink(
  { reports, identity }: Omit<WantedResult, 'wanted'>,
  project: JobLink['project']
): JobLink {
  const clips = reports.flatMap(({ clip, outcome }): LinkedClip[] =>
    clip === null ? [] : [{ mediaId: clip.mediaId, name: clip.name, ...clipState(outcome) }]
  )
  const worst =
    reports.find(({ outcome }) => stateOf(outcome) === 'pending') ??
    reports.find(({ outcome }) => stateOf(outcome) === 'refused') ??
    reports.find(({ outcome }) => stateOf(outcome) === 'linked')
  if (worst === undefined) return { ...nothing, state: 'not-in-project', project }
  const { reason, hint } = wordsOf(worst.outcome)
  return { state: stateOf(worst.outcome), reason, hint, project, clips, proxyIdentity: identity }
}

const nothing: Omit<JobLink, 'state' | 'project'> = {
  reason: null,
  hint: null,
  clips: [],
  proxyIdentity: null
}

/** What the ledger knows before anything was tried. */
export const newLink: JobLink = { ...nothing, state: 'pending', project: null }

export function stateOf(outcome: LinkOutcome): JobLink['state'] {
  switch (outcome.status) {
    case 'linked':
    case 'already-linked':
      return 'linked'
    case 'refused':
    case 'other-proxy':
      return 'refused'
    default:
      return outcome.status
  }
}

/** Why it is not linked, and what to do, in words for a person. */
export function wordsOf(outcome: LinkOutcome): { reason: string | null; hint: string | null } {
  switch (outcome.status) {
    case 'refused':
      return { reason: outcome.reason, hint: outcome.hint }
    case 'other-proxy':
      return {
        reason: `the clip has another proxy: ${outcome.linkedPath}`,
        hint: 'Run `proxima-node link --replace` to link this one instead.'
      }
    case 'pending':
      return { reason: outcome.reason, hint: null }
    default:
      return { reason: null, hint: null }
  }
}

const clipState = (outcome: LinkOutcome): Pick<LinkedClip, 'state' | 'reason'> => {
  const state = stateOf(outcome)
  return state === 'not-in-project'
    ? { state: 'pending', reason: null }
    : { state, reason: wordsOf(outcome).reason }
}

/** The refusals that a job's link remembers, as `linkMany` takes them. */
export const refusalsOf = (proxy: string, link: JobLink): LinkRefusal[] =>
  link.project === null || link.proxyIdentity === null
    ? []
    : link.clips
        .filter(({ state }) => state === 'refused')
        .map(({ mediaId, reason }) => ({
          projectId: link.project!.id,
          mediaId,
          proxyPath: proxy,
          proxyIdentity: link.proxyIdentity!,
          reason: reason ?? '',
          hint: link.hint ?? ''
        }))

/** What Resolve threw as its own trouble; a bug is thrown on. */
export function troubleOf(error: unknown): TimelineError {
  if (error instanceof TimelineError) return error
  throw error
}
