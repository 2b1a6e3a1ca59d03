import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { MediaError } from '../../jobs/transcode/index.ts'
import type { Fact, JobId, JobLink, JobRecord, LinkLine, LinkParams, LinkResult } from '../../model/index.ts'
import {
  clipFinder,
  matchProxy,
  type ResolveMissing,
  type ResolvePool,
  type ResolveSession
} from '../../timeline/index.ts'
import { NodeError } from '../errors.ts'
import {
  type LinkTools,
  linkWanted,
  stateOf,
  toLink,
  troubleOf,
  type WantedLink,
  type WantedResult,
  wordsOf
} from './link-wanted.ts'
import { wantedOf } from './linker.ts'

export interface LinkServiceCollaborators {
  open: () => Promise<ResolveSession | { missing: ResolveMissing }>
  tools: LinkTools
  jobs: () => ReadonlyMap<JobId, JobRecord>
  linkOf: (jobId: JobId) => JobLink | null
  commit: (facts: readonly Fact[]) => void
}

/** A folder that somebody named by mistake is not read to its end. */
const maxFiles = 20_000

/** Files that Resolve can take for proxies, by their endings. */
const proxyEndings = new Set(['.mov', '.mp4', '.mxf', '.mkv', '.m4v', '.avi'])

/**
 * `link`: links finished proxies in the project that is open in DaVinci Resolve, at a person's wish: what was refused
 * before is tried again.
 * @throws NodeError `resolve-away` when there is no project to link in, `unreadable-folder`
 */
export async function linkNow(params: LinkParams, service: LinkServiceCollaborators): Promise<LinkResult> {
  const session = await connected(service.open)
  try {
    const pool = await session.pool()
    return params.dir === null
      ? await linkJobs(session, pool, params, service)
      : await linkFolder(session, pool, { ...params, dir: params.dir }, service.tools)
  } catch (error) {
    if (error instanceof NodeError) throw error
    const { message, hint } = troubleOf(error)
    throw away(message, hint ?? 'Open the project in DaVinci Resolve, then try again.')
  } finally {
    await session.close()
  }
}

/** @throws NodeError `resolve-away` with what is missing */
export async function connected(open: LinkServiceCollaborators['open']): Promise<ResolveSession> {
  const opened = await open()
  if ('missing' in opened) throw away(opened.missing.message, opened.missing.hint)
  return opened
}

const away = (message: string, hint: string): NodeError => new NodeError('resolve-away', message, { hint })

async function linkJobs(
  session: ResolveSession,
  pool: ResolvePool,
  { replace }: LinkParams,
  { jobs, linkOf, commit, tools }: LinkServiceCollaborators
): Promise<LinkResult> {
  const asked: JobRecord[] = []
  for (const job of newestOfEachOutput(jobs().values())) {
    const isExpected = linkOf(job.id) !== null
    if (isExpected || (await tools.identityOf(job.request.output)) !== null) asked.push(job)
  }
  const options = { replace, retryRefused: true }
  const links: LinkLine[] = []
  for await (const result of linkWanted(session, pool, asked.map(wantedOf), [], options, tools)) {
    const { id: jobId } = result.wanted.job
    const link = toLink(result, pool.project)
    links.push(...linesOf(result, jobId))
    if (link.state === 'not-in-project' || isDeepStrictEqual(link, linkOf(jobId))) continue
    // Somebody may have purged it meanwhile.
    if (jobs().has(jobId)) commit([{ kind: 'link-changed', jobId, link }])
  }
  return { project: pool.project, links }
}

/** A file that was made more than once is the one of the last job. */
function newestOfEachOutput(jobs: Iterable<JobRecord>): JobRecord[] {
  const completed = [...jobs].filter(({ status }) => status === 'completed')
  return [...new Map(completed.map((job) => [job.request.output, job])).values()]
}

async function linkFolder(
  session: ResolveSession,
  pool: ResolvePool,
  { dir, replace }: LinkParams & { dir: string },
  tools: LinkTools
): Promise<LinkResult> {
  const wanted: WantedLink[] = []
  const lines: LinkLine[] = []
  for (const proxy of await filesIn(dir)) {
    const match = await matchProxy(proxy, pool.clips, () => factsOrNull(proxy, tools))
    if (match.kind === 'one') wanted.push({ proxy, source: match.sourcePath, mediaId: null })
    else if (match.kind === 'none') lines.push(line(proxy, 'not-in-project'))
    else {
      lines.push({
        ...line(proxy, 'refused'),
        reason: `several clips have its name, and it does not tell which: ${match.sourcePaths.join(', ')}`,
        hint: 'Give it the name, length and timecode of one of them.'
      })
    }
  }
  const options = { replace, retryRefused: true }
  for await (const result of linkWanted(
    session,
    pool,
    onlyOneEach(wanted, pool, lines),
    [],
    options,
    tools
  )) {
    lines.push(...linesOf(result, null))
  }
  lines.sort((a, b) => (a.proxy < b.proxy ? -1 : a.proxy > b.proxy ? 1 : 0))
  return { project: pool.project, links: lines }
}

/** Two files for one clip would take turns: none of them is linked unless one is linked already. */
function onlyOneEach(wanted: readonly WantedLink[], pool: ResolvePool, lines: LinkLine[]): WantedLink[] {
  const find = clipFinder(pool.clips)
  return [...Map.groupBy(wanted, ({ source }) => source).values()].flatMap((rivals) => {
    const [first, second] = rivals
    if (first === undefined || second === undefined) return rivals
    const linked = find({ sourcePath: first.source }).flat()[0]?.proxy
    const chosen = rivals.find(({ proxy }) => linked?.state === 'linked' && linked.path === proxy)
    for (const rival of rivals) {
      if (rival === chosen) continue
      lines.push({
        ...line(rival.proxy, 'refused'),
        source: rival.source,
        reason: `${rivals.length} files in this folder are for ${rival.source}`,
        hint: 'Move the others away.'
      })
    }
    return chosen === undefined ? [] : [chosen]
  })
}

async function factsOrNull(path: string, { facts }: LinkTools) {
  try {
    return await facts(path)
  } catch (error) {
    if (error instanceof MediaError) return null // then its name must tell
    throw error
  }
}

async function filesIn(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .filter((entry) => proxyEndings.has(extname(entry.name).toLowerCase()))
      .map((entry) => join(entry.parentPath, entry.name))
      .slice(0, maxFiles)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why =
      code === 'ENOENT' ? 'is not there' : code === 'ENOTDIR' ? 'is no folder' : `cannot be read: ${message}`
    throw new NodeError('unreadable-folder', `${dir} ${why}`, { hint: 'Name a folder that holds proxies.' })
  }
}

const line = (proxy: string, status: LinkLine['status']): LinkLine => ({
  status,
  proxy,
  source: null,
  clip: null,
  mediaId: null,
  job: null,
  reason: null,
  hint: null
})

function linesOf({ wanted, reports }: WantedResult, job: JobId | null): LinkLine[] {
  return reports.map(({ clip, outcome }) => ({
    ...line(wanted.proxy, outcome.status === 'already-linked' ? 'already-linked' : stateOf(outcome)),
    source: wanted.source,
    clip: clip?.name ?? null,
    mediaId: clip?.mediaId ?? null,
    job,
    ...wordsOf(outcome)
  }))
}
