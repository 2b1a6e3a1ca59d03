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
export interface WantedResult {
  wanted: WantedLink
  reports: Pick<LinkReport, 'clip' | 'outcome'>[]
  /** As the file was when it was looked at; null: it is not there, or nobody looked. */
  identity: string | null
}

type Session = Pick<ResolveSession, 'hello' | 'link'>

/**
 * Links proxies to the clips of their sources. Only files whose source is a clip of the project are read.
 * @param pool the clips of the project that is open
 * @param memory what was refused before
 */
export async function linkWanted(
  session: Session,
  pool: ResolvePool,
  wanted: readonly WantedLink[],
  memory: readonly LinkRefusal[],
  options: LinkManyOptions,
  tools: LinkTools
): Promise<WantedResult[]> {
  const find = clipFinder(pool.clips)
  const results: WantedResult[] = wanted.map((one) => ({
    wanted: one,
    reports: [{ clip: null, outcome: notInProject }],
    identity: null
  }))
  const requests = new Map<LinkRequest, WantedResult>()
  for (const result of results) {
    const clip = whichClips(result.wanted)
    if (find(clip).length === 0) continue
    const { proxy } = result.wanted
    result.identity = await tools.identityOf(proxy)
    const looked = await lookAt(result.wanted, tools)
    if ('outcome' in looked) result.reports = [{ clip: null, outcome: looked.outcome }]
    else {
      const proxyIdentity = result.identity ?? ''
      requests.set({ clip, proxyPath: proxy, proxyIdentity, facts: looked.facts }, result)
    }
  }
  const known = { hello: () => session.hello(), link: session.link.bind(session), pool: async () => pool }
  const { reports } = await linkMany(known, [...requests.keys()], memory, options)
  for (const [request, result] of requests) {
    result.reports = reports.filter((report) => report.request === request)
  }
  return results
}

const whichClips = ({ mediaId, source }: WantedLink): LinkRequest['clip'] => ({
  ...(mediaId === null ? {} : { mediaId }),
  sourcePath: source
})

const notInProject: LinkOutcome = { status: 'not-in-project' }

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
