import { isDeepStrictEqual } from 'node:util'
import { type Fact, isEnded, type JobId, type JobLink, type JobRecord } from '../../model/index.ts'
import type { ResolveMissing, ResolveSession } from '../../timeline/index.ts'
import { type LinkTools, linkWanted, newLink, refusalsOf, toLink, troubleOf } from './link-wanted.ts'

export interface LinkerSettings {
  /** Link by itself at all. */
  enabled: boolean
  /** Also jobs that were not queued from Resolve. */
  linkFinished: boolean
  /** How long to wait after a try that left something, at first and at most. */
  firstWaitMs: number
  longestWaitMs: number
}

export interface LinkerCollaborators {
  /** Connects to Resolve, or says what is missing. */
  open: () => Promise<ResolveSession | { missing: ResolveMissing }>
  /** Whether there is a Resolve on this machine at all. */
  isInstalled: () => Promise<boolean>
  tools: LinkTools
  jobs: () => ReadonlyMap<JobId, JobRecord>
  /** Makes facts durable. */
  commit: (facts: readonly Fact[]) => void
  /** Calls back once after this long, unless what it returns is called before. */
  later: (delayMs: number, callback: () => void) => () => void
  onError: (error: unknown, what: string) => void
}

/** Of so many looks at a project without any clip of what waits, one goes through all of it. */
const looksPerWalk = 8

/**
 * Links the outputs of completed jobs in DaVinci Resolve by itself. What is to be linked is in the ledger from the very
 * commit that completes the job, and stays there until Resolve is open with the project; Resolve is looked for in
 * growing intervals, and nothing runs while there is nothing to link.
 */
export class Linker {
  readonly #settings: LinkerSettings
  readonly #with: LinkerCollaborators
  readonly #links: Map<JobId, JobLink>
  /** The project that was looked through for a job's source in vain. */
  readonly #absent = new Map<JobId, string>()
  /** How often such a project was left alone since. */
  #leftAlone = 0
  #isInstalled = false
  #tries = 0
  /** A pass was asked for and has not begun. */
  #isDue = false
  #cancelWait: (() => void) | null = null
  #turn: Promise<unknown> = Promise.resolve()
  #stopped = false

  /** @param links what the ledger has of each job's link */
  constructor(
    settings: LinkerSettings,
    collaborators: LinkerCollaborators,
    links: Iterable<readonly [JobId, JobLink]>
  ) {
    this.#settings = settings
    this.#with = collaborators
    this.#links = new Map(links)
  }

  /** Looks whether Resolve is here, and goes on with what was left to be linked. */
  async start(): Promise<void> {
    if (!this.#settings.enabled) return
    this.#isInstalled = await this.#with.isInstalled()
    this.#wake()
  }

  /**
   * The facts that belong into the same commit as these: what was completed is to be linked. Tells nothing and starts
   * nothing; `committed` does.
   */
  wantedBy(facts: readonly Fact[]): Fact[] {
    if (!this.#settings.enabled) return []
    return facts.flatMap((fact): Fact[] => {
      if (fact.kind !== 'job-completed') return []
      const job = this.#with.jobs().get(fact.jobId)
      return job !== undefined && this.#isWanted(job)
        ? [{ kind: 'link-changed', jobId: job.id, link: newLink }]
        : []
    })
  }

  /** These facts are durable now. */
  committed(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind === 'job-purged') {
        this.#links.delete(fact.jobId)
        this.#absent.delete(fact.jobId)
      }
      if (fact.kind !== 'link-changed') continue
      const before = this.#links.get(fact.jobId)
      this.#links.set(fact.jobId, fact.link)
      if (fact.link.state === 'pending' && before?.state !== 'pending') this.#wake()
    }
  }

  /** Runs while nothing else of this node talks to Resolve. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {}) // told to whoever asked; the next in turn is not concerned
    return done
  }

  /** Of a job as it is known now. */
  linkOf(jobId: JobId): JobLink | null {
    return this.#links.get(jobId) ?? null
  }

  /** Nothing is begun or told any more; whoever stops it ends its sessions. What is not linked stays in the ledger. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelWait?.()
    await this.#turn
  }

  #isWanted({ request }: JobRecord): boolean {
    return isFromResolve(request) || (this.#settings.linkFinished && this.#isInstalled)
  }

  /** There is something new: looks at once, and often again at first. */
  #wake(): void {
    this.#tries = 0
    if (this.#settings.enabled && !this.#isDue && !this.#stopped) this.#pass()
  }

  #pass(): void {
    this.#cancelWait?.()
    this.#cancelWait = null
    this.#isDue = true
    this.alone(() => this.#linkOpen()).catch((error) => {
      if (!this.#stopped) this.#with.onError(error, 'proxies could not be linked in DaVinci Resolve')
    })
  }

  /** Looks again later for what is left. */
  #waitForMore(): void {
    if (this.#stopped || this.#isDue || this.#pending().length === 0) return
    const { firstWaitMs, longestWaitMs } = this.#settings
    const delayMs = Math.min(longestWaitMs, firstWaitMs * 2 ** this.#tries++)
    this.#cancelWait?.()
    this.#cancelWait = this.#with.later(delayMs, () => this.#pass())
  }

  async #linkOpen(): Promise<void> {
    this.#isDue = false
    if (this.#stopped) return
    try {
      const open = await this.#open()
      if (open.length > 0) await this.#link(open)
    } finally {
      this.#waitForMore()
    }
  }

  #pending(): JobRecord[] {
    return this.#jobsIn('pending')
  }

  #jobsIn(state: JobLink['state']): JobRecord[] {
    const jobs = this.#with.jobs()
    return [...this.#links].flatMap(([jobId, link]) => {
      const job = jobs.get(jobId)
      return job !== undefined && link.state === state ? [job] : []
    })
  }

  /** What is pending, and what was refused and is another file since. */
  async #open(): Promise<JobRecord[]> {
    const open = this.#pending()
    for (const job of this.#jobsIn('refused')) {
      const identity = await this.#with.tools.identityOf(job.request.output)
      if (identity !== null && identity !== this.#links.get(job.id)?.proxyIdentity) open.push(job)
    }
    return open
  }

  async #link(jobs: readonly JobRecord[]): Promise<void> {
    const opened = await this.#with.open()
    if ('missing' in opened) {
      this.#postpone(jobs, opened.missing.message, opened.missing.hint)
      return
    }
    try {
      await this.#linkIn(opened, jobs)
    } catch (error) {
      const { message, hint } = troubleOf(error)
      this.#postpone(jobs, message, hint)
    } finally {
      await opened.close()
    }
  }

  async #linkIn(session: ResolveSession, jobs: readonly JobRecord[]): Promise<void> {
    if (await this.#isKnownAbsent(session, jobs)) return
    const pool = await session.pool()
    const wanted = jobs.map((job) => wantedOf(job))
    const memory = jobs.flatMap((job) => refusalsOf(job.request.output, this.#links.get(job.id) ?? newLink))
    const options = { replace: false, retryRefused: false }
    for await (const result of linkWanted(session, pool, wanted, memory, options, this.#with.tools)) {
      const { job } = result.wanted
      const link = toLink(result, pool.project)
      this.#absent.delete(job.id)
      if (link.state !== 'not-in-project' || !isFromResolve(job.request)) this.#tell(job.id, link)
      else {
        const reason = `no clip of the project ${pool.project.name}, which is open, has this source`
        const hint = 'Open the project that it was queued from.'
        this.#absent.set(job.id, pool.project.id)
        this.#tell(job.id, { ...link, state: 'pending', reason, hint })
      }
    }
  }

  /** Resolve stands still while its project is looked through: one that had none of the sources is now and then. */
  async #isKnownAbsent(session: ResolveSession, jobs: readonly JobRecord[]): Promise<boolean> {
    if (!jobs.every(({ id }) => this.#absent.has(id))) return false
    const { project } = await session.hello()
    if (project === null || jobs.some(({ id }) => this.#absent.get(id) !== project.id)) return false
    this.#leftAlone = (this.#leftAlone + 1) % looksPerWalk
    return this.#leftAlone !== 0
  }

  #postpone(jobs: readonly JobRecord[], reason: string, hint: string | null): void {
    for (const job of jobs) {
      const before = this.#links.get(job.id) ?? newLink
      this.#tell(job.id, { ...before, state: 'pending', reason, hint })
    }
  }

  /**
   * Nothing is written for what is known already: a closed Resolve is looked for all night. Nor for what came of being
   * stopped: what was linked meanwhile is found linked at the next start.
   */
  #tell(jobId: JobId, link: JobLink): void {
    if (this.#stopped) return
    const job = this.#with.jobs().get(jobId)
    const isNews = !isDeepStrictEqual(this.#links.get(jobId), link)
    if (isNews && job !== undefined && isEnded(job.status))
      this.#with.commit([{ kind: 'link-changed', jobId, link }])
  }
}

export const isFromResolve = ({ origin }: JobRecord['request']): boolean => origin?.kind === 'resolve'

/** What is to be linked of a completed job. */
export const wantedOf = (job: JobRecord) => ({
  job,
  proxy: job.request.output,
  source: job.request.source,
  mediaId: isFromResolve(job.request) ? (job.request.origin?.mediaId ?? null) : null
})
