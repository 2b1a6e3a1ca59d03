import { TimelineError } from '../errors.ts'
import { locationKey } from '../location.ts'
import type { FileFacts } from '../used-frames.ts'
import type { ClipProxy, ResolveClip } from './clips.ts'
import { type LinkMismatch, sameStart, whyNotLinkable } from './linkable.ts'
import type { ResolveProject, ResolveSession } from './session.ts'

/** The clip with this media id, and every one that has this file. */
export interface WhichClips {
  mediaId?: string
  sourcePath?: string
}

export interface LinkRequest {
  clip: WhichClips
  /** Absolute, complete and under its final name: Resolve would link half of a file. */
  proxyPath: string
  /** Changes whenever the file does, as its size with its time of change. */
  proxyIdentity: string
  /** Proxy and source as they were probed; null: not probed, Resolve alone decides. */
  facts: { proxy: FileFacts; source: FileFacts } | null
}

/** What Resolve refused once, to be kept and passed in again. Plain data. */
export interface LinkRefusal {
  projectId: string
  mediaId: string
  proxyPath: string
  proxyIdentity: string
  reason: string
  hint: string
}

export type LinkOutcome =
  | { status: 'linked' }
  | { status: 'already-linked' }
  /** The clip has another proxy, which was left. */
  | { status: 'other-proxy'; linkedPath: string }
  | {
      status: 'refused'
      /** `facts`: not tried, they differ; `resolve`: just now; `earlier`: not tried again, it has not changed since. */
      by: 'facts' | 'resolve' | 'earlier'
      mismatches: LinkMismatch[]
      reason: string
      hint: string
    }
  /** Not tried, or not for good: Resolve is closed, no project is open. To be asked again later. */
  | { status: 'pending'; reason: string }
  | { status: 'not-in-project' }

export interface LinkReport {
  request: LinkRequest
  /** A report for each clip that has the source; null where none was found or looked for. */
  clip: ResolveClip | null
  outcome: LinkOutcome
}

export interface LinkManyOptions {
  /** Give clips the new proxy that have another one. */
  replace: boolean
  /** Try again what was refused earlier: a person asks for it. */
  retryRefused: boolean
}

export interface LinkManyResult {
  /** In the order of the requests. */
  reports: LinkReport[]
  /** What to remember from now on: `memory` with what changed. */
  refusals: LinkRefusal[]
  /** Null when there was none to link in. */
  project: ResolveProject | null
  /** Why nothing more need be tried now: Resolve, or its project, has gone; null when it is there. */
  gone: string | null
}

/** What is needed of a session. */
export type LinkSession = Pick<ResolveSession, 'hello' | 'pool' | 'link'>

/**
 * Links what can be linked, each clip for itself: one that is refused does not hinder the others, and nothing is lost
 * when Resolve is closed in the middle.
 * @param session null when Resolve is closed: all of them are pending then
 * @param memory what this returned as `refusals` before
 */
export async function linkMany(
  session: LinkSession | null,
  requests: readonly LinkRequest[],
  memory: readonly LinkRefusal[],
  options: LinkManyOptions
): Promise<LinkManyResult> {
  const refusals = new Map(memory.map((refusal) => [refusalKey(refusal), refusal]))
  const nobodyThere = (reason: string): LinkManyResult => ({
    reports: requests.map((request) => ({
      request,
      clip: null,
      outcome: refusedByFacts(request) ?? { status: 'pending', reason }
    })),
    refusals: [...memory],
    project: null,
    gone: reason
  })
  if (session === null) return nobodyThere('DaVinci Resolve is not open')
  const pool = await orTrouble(session.pool())
  if ('trouble' in pool) return nobodyThere(pool.trouble.message)

  const find = clipFinder(pool.clips)
  const linker: Linker = { session, project: pool.project, refusals, options, gone: null }
  const reports: LinkReport[] = []
  for (const request of requests) {
    const found = find(request.clip)
    if (found.length === 0) {
      const outcome = refusedByFacts(request) ?? { status: 'not-in-project' as const }
      reports.push({ request, clip: null, outcome })
    }
    for (const clips of found) {
      reports.push({ request, clip: clips[0], outcome: await linkOne(linker, request, clips) })
    }
  }
  return { reports, refusals: [...refusals.values()], project: pool.project, gone: linker.gone }
}

/** Clips of the media pool that have one media id: they are linked together. */
type Clips = readonly [ResolveClip, ...ResolveClip[]]

interface Linker {
  session: LinkSession
  project: ResolveProject
  refusals: Map<string, LinkRefusal>
  options: LinkManyOptions
  /** Why nobody else is tried: Resolve has gone meanwhile. */
  gone: string | null
}

async function linkOne(linker: Linker, request: LinkRequest, clips: Clips): Promise<LinkOutcome> {
  const { refusals, options, project } = linker
  const { proxyPath, proxyIdentity } = request
  const wanted = { projectId: project.id, mediaId: clips[0].mediaId, proxyPath, proxyIdentity }
  const key = refusalKey(wanted)
  const others = clips.flatMap(({ proxy }) => (isLinkedTo(proxy, proxyPath) ? [] : [proxy]))
  if (others.length === 0) {
    refusals.delete(key)
    return { status: 'already-linked' }
  }
  const other = others.find(({ state }) => state === 'linked')
  if (other?.state === 'linked' && !options.replace) return { status: 'other-proxy', linkedPath: other.path }
  const refused = refusedByFacts(request)
  if (refused !== null) return refused
  const earlier = refusals.get(key)
  if (earlier?.proxyIdentity === proxyIdentity && !options.retryRefused) {
    const { reason, hint } = earlier
    return { status: 'refused', by: 'earlier', mismatches: [], reason, hint }
  }
  if (linker.gone !== null) return { status: 'pending', reason: linker.gone }

  const answer = await orTrouble(linkAndLook(linker.session, wanted))
  if ('trouble' in answer) {
    const { code, message } = answer.trouble
    if (code === 'resolve-no-clip') return { status: 'not-in-project' }
    if (code !== 'resolve-failed') linker.gone = message
    return { status: 'pending', reason: message }
  }
  if (answer.linked) {
    refusals.delete(key)
    // A later request for the same clip finds it as it is now.
    for (const clip of clips) clip.proxy = { state: 'linked', path: proxyPath }
    return { status: 'linked' }
  }
  if (answer.page === null) {
    linker.gone = "DaVinci Resolve's Project Manager is open: close it"
    return { status: 'pending', reason: linker.gone }
  }
  const cause = likelyCause(request, clips[0])
  refusals.set(key, { ...wanted, ...cause })
  return { status: 'refused', by: 'resolve', mismatches: [], ...cause }
}

const isLinkedTo = (proxy: ClipProxy, path: string): boolean =>
  proxy.state === 'linked' && locationKey(proxy.path) === locationKey(path)

/** Links, and where that is refused, looks which page Resolve shows: with none in front of it, it refuses everything. */
async function linkAndLook(
  session: LinkSession,
  request: Parameters<LinkSession['link']>[0]
): Promise<{ linked: true } | { linked: false; page: string | null }> {
  if (await session.link(request)) return { linked: true }
  return { linked: false, page: (await session.hello()).page }
}

/** Resolve only says no. What it tells of the clip is compared with what was probed. */
function likelyCause({ facts, proxyPath }: LinkRequest, clip: ResolveClip): { reason: string; hint: string } {
  const reason = `DaVinci Resolve refused ${proxyPath}`
  if (facts === null) {
    return {
      reason: `${reason}: likely its frame rate, frame count or start timecode are not those of ${clip.name}`,
      hint: 'Encode the whole clip again with a proxy preset, then run `proxima-node link`.'
    }
  }
  const { proxy } = facts
  if (clip.frameCount !== null && clip.frameCount !== proxy.frameCount) {
    return {
      reason: `${reason}: likely because it takes ${clip.name} to have ${clip.frameCount} frames, the file has ${proxy.frameCount}`,
      hint: 'Look at the frame rate in the clip attributes in Resolve; import a clip anew that has grown since.'
    }
  }
  const { startTimecode } = clip
  if (startTimecode !== null && !sameStart(proxy, { ...facts.source, startTimecode })) {
    const start = proxy.startTimecode ?? '00:00:00:00'
    return {
      reason: `${reason}: likely because it takes ${clip.name} to start at ${startTimecode}, the file starts at ${start}`,
      hint: 'Set the timecode in the clip attributes in Resolve back to that of the file.'
    }
  }
  return {
    reason: `${reason}: likely its Project Manager was open, or it cannot read the proxy's codec`,
    hint: 'Close the Project Manager in Resolve, then run `proxima-node link`.'
  }
}

function refusedByFacts({ facts }: LinkRequest): LinkOutcome | null {
  const why = facts === null ? null : whyNotLinkable(facts.proxy, facts.source)
  return why === null ? null : { status: 'refused', by: 'facts', ...why }
}

/** Finds the clips that a proxy is for. Those that have one media id come together. */
export function clipFinder(clips: readonly ResolveClip[]): (which: WhichClips) => Clips[] {
  const byId = Map.groupBy(clips, ({ mediaId }) => mediaId)
  const byPath = Map.groupBy(clips, ({ path }) => (path === null ? '' : locationKey(path)))
  return (which) => {
    const { mediaId, sourcePath } = which
    const ids = new Set([
      ...(mediaId === undefined ? [] : [mediaId]),
      ...((sourcePath === undefined ? undefined : byPath.get(locationKey(sourcePath))) ?? []).map(
        (clip) => clip.mediaId
      )
    ])
    return [...ids].flatMap((id) => {
      const [first, ...rest] = byId.get(id) ?? []
      return first === undefined ? [] : [[first, ...rest] satisfies Clips]
    })
  }
}

const refusalKey = ({ projectId, mediaId, proxyPath }: Omit<LinkRefusal, 'reason' | 'hint'>): string =>
  JSON.stringify([projectId, mediaId, locationKey(proxyPath)])

async function orTrouble<T extends object>(asked: Promise<T>): Promise<T | { trouble: TimelineError }> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof TimelineError) return { trouble: error }
    throw error
  }
}
