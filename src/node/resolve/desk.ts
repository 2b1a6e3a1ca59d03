import { type TranscodeSettings, videoFacts } from '../../jobs/transcode/index.ts'
import type { Ledger } from '../../ledger/index.ts'
import type {
  CheckView,
  Fact,
  JobId,
  JobLink,
  JobRecord,
  LinkParams,
  LinkResult,
  StoredLink
} from '../../model/index.ts'
import { checkResolve, isResolveInstalled, openResolve, type ResolveSettings } from '../../timeline/index.ts'
import type { Settings } from '../settings/index.ts'
import { linkNow } from './link-service.ts'
import { identityOf, type LinkTools } from './link-wanted.ts'
import { Linker } from './linker.ts'

export interface ResolveDeskCollaborators {
  jobs: () => ReadonlyMap<JobId, JobRecord>
  /** What the ledger has of each job's link. */
  links: readonly StoredLink[]
  /** Makes facts durable, and tells them. */
  commit: (facts: readonly Fact[]) => void
  /** What the script between, Python and Resolve's library say. */
  onWords: (line: string) => void
  onError: (error: unknown, what: string) => void
}

/** All that a node has to do with the DaVinci Resolve of its machine. */
export interface ResolveDesk {
  /** Goes on with what was left to be linked. */
  start(): Promise<void>
  /** @see Linker.wantedBy */
  wantedBy(facts: readonly Fact[]): Fact[]
  /** @see Linker.committed */
  committed(facts: readonly Fact[]): void
  /** For `doctor`. */
  check(): Promise<CheckView>
  /** @see linkNow */
  link(params: LinkParams): Promise<LinkResult>
  /** What is being linked now is linked, or put off. */
  idle(): Promise<void>
  stop(): Promise<void>
}

/** Resolve is looked for again after so long, then after twice as long, and so on; a new job begins anew. */
const firstWaitMs = 2_000
const longestWaitMs = 120_000

/** The part of the settings that finds Resolve. */
const resolveSettings = ({ resolve }: Pick<Settings, 'resolve'>): ResolveSettings => ({
  language: resolve.language,
  pythonPath: resolve.pythonPath,
  fuscriptPath: resolve.fuscriptPath,
  scriptApi: resolve.scriptApi,
  scriptLib: resolve.scriptLib
})

/** How this machine's Resolve is connected to; the signal ends what is under way. */
export const resolveOpener =
  (settings: Pick<Settings, 'resolve'>, signal: AbortSignal, onWords: (line: string) => void = () => {}) =>
  () =>
    openResolve(resolveSettings(settings), { onWords, signal })

const linkTools = (media: TranscodeSettings, signal: AbortSignal): LinkTools => ({
  facts: (path) => videoFacts(media, path, signal),
  identityOf
})

const withoutTimes = ({ jobId: _, changedAt: __, ...link }: StoredLink): JobLink => link

/** For `doctor`. */
export const checkLinking = (settings: Pick<Settings, 'resolve'>): Promise<CheckView> =>
  checkResolve(resolveSettings(settings))

export function createResolveDesk(
  settings: Pick<Settings, 'resolve'>,
  media: TranscodeSettings,
  { jobs, links, commit, onWords, onError }: ResolveDeskCollaborators
): ResolveDesk {
  const stopping = new AbortController()
  const open = resolveOpener(settings, stopping.signal, onWords)
  const tools = linkTools(media, stopping.signal)
  const { enabled, linkFinished } = settings.resolve
  const linker = new Linker(
    { enabled, linkFinished, firstWaitMs, longestWaitMs },
    {
      open,
      isInstalled: () => isResolveInstalled(resolveSettings(settings)),
      tools,
      jobs,
      commit,
      later: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs)
        return () => clearTimeout(timer)
      },
      onError
    },
    links.map((link) => [link.jobId, withoutTimes(link)])
  )
  return {
    start: () => linker.start(),
    wantedBy: (facts) => linker.wantedBy(facts),
    committed: (facts) => linker.committed(facts),
    check: () => checkLinking(settings),
    link: (params) =>
      linker.alone(() =>
        linkNow(params, { open, tools, jobs, linkOf: (jobId) => linker.linkOf(jobId), commit })
      ),
    idle: () => linker.alone(async () => {}),
    stop: () => {
      stopping.abort()
      return linker.stop()
    }
  }
}

/**
 * `link` while no node runs.
 * @param ledger of the home; null when there is none yet: a folder can be linked without
 */
export function linkOffline(
  settings: Pick<Settings, 'resolve'>,
  media: TranscodeSettings,
  ledger: Ledger | null,
  params: LinkParams,
  signal: AbortSignal
): Promise<LinkResult> {
  const jobs = new Map((ledger?.load() ?? []).map((job) => [job.id, job]))
  return linkNow(params, {
    open: resolveOpener(settings, signal),
    tools: linkTools(media, signal),
    jobs: () => jobs,
    linkOf: (jobId) => {
      const link = ledger?.linkOf(jobId)
      return link ? withoutTimes(link) : null
    },
    commit: (facts) => ledger?.commit(facts)
  })
}
