import { MediaError } from '../../../../src/media/index.ts'
import type { Fact, JobId, JobLink, JobOrigin, JobRecord } from '../../../../src/model/index.ts'
import type { LinkTools } from '../../../../src/node/resolve/link-wanted.ts'
import { TimelineError, type TimelineErrorCode } from '../../../../src/timeline/errors.ts'
import type {
  ResolveClip,
  ResolveMissing,
  ResolveSession,
  ResolveTimelines
} from '../../../../src/timeline/index.ts'
import { readClips } from '../../../../src/timeline/resolve/clips.ts'
import { properties } from '../../../fixtures/resolve/scenario.ts'
import { requestOf } from '../../scheduler/kit.ts'

export const project = { id: 'p1', name: 'Film' }

/** A clip of the media pool, as a Resolve tells it: 100 frames at 25 a second from 01:00:00:00. */
export const clip = (mediaId: string, path: string, own: Partial<ResolveClip> = {}): ResolveClip => ({
  ...readClips([{ id: mediaId, name: mediaId, properties: properties(path) }])[0]!.clip,
  ...own
})

export const facts = { rate: { num: 25, den: 1 }, frameCount: 100, startTimecode: '01:00:00:00' }

/** Files: by their paths what they are, or why they cannot be read. */
export class Files {
  /** Those that were read, in order. */
  readonly read: string[] = []
  readonly #files = new Map<string, { facts: Partial<typeof facts> | MediaError; identity: string }>()

  given(path: string, own: Partial<typeof facts> | MediaError = {}, identity = '100 1'): this {
    this.#files.set(path, { facts: own, identity })
    return this
  }

  get tools(): LinkTools {
    return {
      identityOf: async (path) => this.#files.get(path)?.identity ?? null,
      facts: async (path) => {
        this.read.push(path)
        const own = this.#files.get(path)?.facts ?? new MediaError('no-such-file', `${path} does not exist`)
        if (own instanceof MediaError) throw own
        return { ...facts, ...own }
      }
    }
  }
}

/** A Resolve that is closed until its clips are given; remembers what it was asked. */
export class PretendResolve {
  clips: ResolveClip[] | null = null
  timelines: ResolveTimelines['timelines'] = []
  trouble: TimelineErrorCode | null = null
  /** Until when it takes to tell its clips. */
  slow: Promise<void> = Promise.resolve()
  refuses: (mediaId: string, path: string) => boolean = () => false
  opened = 0
  open = 0
  walks = 0
  project = project
  readonly asked: string[] = []

  readonly connect = async (): Promise<ResolveSession | { missing: ResolveMissing }> => {
    this.opened++
    if (this.clips === null) {
      return {
        missing: {
          code: 'not-running',
          message: 'DaVinci Resolve is not running',
          hint: 'Start DaVinci Resolve Studio and open a project.'
        }
      }
    }
    this.open++
    return this.#session()
  }

  #session(): ResolveSession {
    const answer = <T>(made: () => T) => {
      if (this.trouble !== null) throw new TimelineError(this.trouble, `it is ${this.trouble}`)
      return made()
    }
    return {
      runtime: 'Python 3',
      hello: async () =>
        answer(() => ({
          product: 'DaVinci Resolve Studio',
          version: '20',
          studio: true,
          page: 'edit',
          project: this.project
        })),
      pool: async () => {
        await this.slow
        return answer(() => {
          this.walks++
          return { project: this.project, clips: structuredClone(this.clips ?? []), problems: [] }
        })
      },
      link: async ({ mediaId, proxyPath }) =>
        answer(() => {
          this.asked.push(`${mediaId} ${proxyPath}`)
          if (this.refuses(mediaId, proxyPath)) return false
          for (const one of this.clips ?? []) {
            if (one.mediaId === mediaId) one.proxy = { state: 'linked', path: proxyPath }
          }
          return true
        }),
      timelines: async () => answer(() => ({ project, timelines: this.timelines, problems: [] })),
      media: () => Promise.reject(new Error('not expected')),
      unlink: () => Promise.reject(new Error('not expected')),
      close: async () => {
        this.open--
      }
    }
  }
}

export const source = (name: string): string => `/card/${name}.mov`
export const proxy = (name: string): string => `/card/Proxy/${name}.mov`

/** Jobs by name: each makes `/card/Proxy/NAME.mov` of `/card/NAME.mov`. */
export class Jobs {
  readonly all = new Map<JobId, JobRecord>()
  /** What was committed, in order. */
  readonly facts: Fact[] = []

  given(id: string, name: string, origin?: JobOrigin, status: JobRecord['status'] = 'completed'): JobId {
    const jobId = id as JobId
    const request = requestOf({
      source: source(name),
      output: proxy(name),
      ...(origin === undefined ? {} : { origin })
    })
    this.all.set(jobId, {
      id: jobId,
      seq: this.all.size + 1,
      request,
      priority: 0,
      status,
      pausedFrom: null,
      plan: null,
      shape: null,
      tasks: [],
      remaining: [],
      nextTaskNo: 1,
      error: null,
      blocked: [],
      cleaned: false
    } as unknown as JobRecord)
    return jobId
  }

  /** The states that were told of a job, with why. */
  told(jobId: JobId): [JobLink['state'], string | null][] {
    return this.facts.flatMap((fact) =>
      fact.kind === 'link-changed' && fact.jobId === jobId ? [[fact.link.state, fact.link.reason]] : []
    )
  }
}
