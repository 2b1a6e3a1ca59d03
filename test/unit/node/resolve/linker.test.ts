import { describe, expect, it } from 'vitest'
import { MediaError } from '../../../../src/media/index.ts'
import type { Fact, JobId, JobLink } from '../../../../src/model/index.ts'
import { newLink } from '../../../../src/node/resolve/link-wanted.ts'
import { Linker } from '../../../../src/node/resolve/linker.ts'
import { TimelineError } from '../../../../src/timeline/errors.ts'
import { clip, Files, Jobs, PretendResolve, project, proxy, source } from './kit.ts'

const fromResolve = { kind: 'resolve' } as const

interface Own {
  enabled?: boolean
  linkFinished?: boolean
  isInstalled?: boolean
  links?: [JobId, JobLink][]
}

/** A linker whose waits end when the test says so, and whose commits are heard as a node's are. */
function given({ links = [], isInstalled = true, enabled = true, linkFinished = true }: Own = {}) {
  const resolve = new PretendResolve()
  const files = new Files()
  const jobs = new Jobs()
  const errors: unknown[] = []
  const waits: { delayMs: number; callback: () => void }[] = []
  const commit = (facts: readonly Fact[]): void => {
    const all = [...facts, ...linker.wantedBy(facts)]
    jobs.facts.push(...all)
    linker.committed(all)
  }
  const linker = new Linker(
    { enabled, linkFinished, firstWaitMs: 100, longestWaitMs: 1000 },
    {
      open: resolve.connect,
      isInstalled: async () => isInstalled,
      tools: files.tools,
      jobs: () => jobs.all,
      commit,
      later: (delayMs, callback) => {
        const wait = { delayMs, callback }
        waits.push(wait)
        return () => waits.splice(waits.indexOf(wait) >>> 0, 1)
      },
      onError: (error) => errors.push(error)
    },
    links
  )
  /** What was begun has ended, or was put off. */
  const idle = async (): Promise<void> => {
    await linker.alone(async () => {})
    await new Promise(setImmediate)
    expect(errors).toEqual([])
  }
  const complete = (id: string, name: string, origin?: typeof fromResolve): JobId => {
    const jobId = jobs.given(id, name, origin)
    if (origin !== undefined || isInstalled) files.given(source(name)).given(proxy(name))
    commit([{ kind: 'job-completed', jobId }])
    return jobId
  }
  /** Lets the wait end that is under way; how long it was. */
  const waited = async (): Promise<number> => {
    const wait = waits.shift()
    if (wait === undefined) throw new Error('nobody waits')
    wait.callback()
    await idle()
    return wait.delayMs
  }
  return { resolve, files, jobs, linker, waits, idle, complete, waited }
}

describe('Linker', () => {
  it('makes a completed job wait for its link in the very commit that completes it', async () => {
    const { linker, jobs, idle } = given()
    await linker.start()
    const jobId = jobs.given('a', 'A', fromResolve)
    const completed: Fact = { kind: 'job-completed', jobId }
    expect(linker.wantedBy([completed])).toEqual([{ kind: 'link-changed', jobId, link: newLink }])
    expect(linker.wantedBy([{ kind: 'job-canceled', jobId }])).toEqual([])
    await idle()
  })

  it('links the output of a completed job to every clip of its source', async () => {
    const { resolve, linker, jobs, idle, complete, waits } = given()
    resolve.clips = [clip('m1', source('A')), clip('m2', source('A')), clip('m3', source('B'))]
    await linker.start()
    const id = complete('a', 'A')
    await idle()
    expect(resolve.asked).toEqual([`m1 ${proxy('A')}`, `m2 ${proxy('A')}`])
    expect(jobs.told(id).map(([state]) => state)).toEqual(['pending', 'linked'])
    expect(linker.linkOf(id)).toMatchObject({ project, clips: [{ mediaId: 'm1' }, { mediaId: 'm2' }] })
    expect(waits).toEqual([])
    expect(resolve.open).toBe(0)
  })

  it('looks for a closed Resolve in growing intervals, and tells once why it waits', async () => {
    const { resolve, linker, jobs, idle, complete, waited } = given()
    await linker.start()
    const id = complete('a', 'A', fromResolve)
    await idle()
    expect([await waited(), await waited(), await waited(), await waited(), await waited()]).toEqual([
      100, 200, 400, 800, 1000
    ])
    expect(jobs.told(id)).toEqual([
      ['pending', null],
      ['pending', 'DaVinci Resolve is not running']
    ])
    resolve.clips = [clip('m1', source('A'))]
    await waited()
    expect(jobs.told(id).at(-1)).toEqual(['linked', null])
  })

  it('looks at once and often again when another job ends', async () => {
    const { linker, idle, complete, waited, waits } = given()
    await linker.start()
    complete('a', 'A')
    await idle()
    await waited()
    await waited()
    complete('b', 'B')
    await idle()
    expect(waits.map(({ delayMs }) => delayMs)).toEqual([100])
  })

  it('goes on after a restart with what waited, and with nothing else', async () => {
    const linked: JobLink = { ...newLink, state: 'linked', project, proxyIdentity: '100 1' }
    const { resolve, files, jobs, linker, idle } = given({
      links: [
        ['a' as JobId, newLink],
        ['b' as JobId, linked]
      ]
    })
    for (const [id, name] of ['A', 'B'].entries()) {
      jobs.given('ab'[id]!, name)
      files.given(source(name)).given(proxy(name))
    }
    resolve.clips = [clip('m1', source('A')), clip('m2', source('B'))]
    await linker.start()
    await idle()
    expect(resolve.asked).toEqual([`m1 ${proxy('A')}`])
  })

  it('starts nothing while there is nothing to link', async () => {
    const { resolve, linker, idle, waits } = given()
    await linker.start()
    await idle()
    expect([resolve.opened, waits.length]).toEqual([0, 0])
  })

  it('does not try a refused one again before its file has changed', async () => {
    const { resolve, files, jobs, linker, idle, complete } = given()
    resolve.clips = [clip('m1', source('A')), clip('m2', source('B'))]
    resolve.refuses = (mediaId) => mediaId === 'm1'
    await linker.start()
    const id = complete('a', 'A')
    await idle()
    expect(jobs.told(id).at(-1)).toEqual(['refused', expect.stringContaining('refused /card/Proxy/A.mov')])
    complete('b', 'B')
    await idle()
    expect(resolve.asked).toEqual([`m1 ${proxy('A')}`, `m2 ${proxy('B')}`])

    resolve.refuses = () => false
    files.given(proxy('A'), {}, '120 2')
    complete('c', 'C')
    await idle()
    expect(jobs.told(id).at(-1)).toEqual(['linked', null])
  })

  it('refuses what is not like its source without asking Resolve', async () => {
    const { resolve, files, jobs, linker, idle } = given()
    resolve.clips = [clip('m1', source('A'))]
    await linker.start()
    const id = jobs.given('a', 'A')
    files.given(source('A')).given(proxy('A'), { frameCount: 99 })
    const link: Fact = { kind: 'link-changed', jobId: id, link: newLink }
    linker.committed([link])
    await idle()
    expect(jobs.told(id)).toEqual([['refused', expect.stringContaining('99 instead of 100 frames')]])
    expect(resolve.asked).toEqual([])
  })

  it('waits when the storage of a proxy is away, and gives up on one that is broken', async () => {
    const { resolve, files, jobs, linker, idle, complete, waits } = given()
    resolve.clips = [clip('m1', source('A')), clip('m2', source('B'))]
    await linker.start()
    const away = complete('a', 'A')
    const broken = complete('b', 'B')
    files.given(proxy('A'), new MediaError('io-error', 'the share is away'))
    files.given(proxy('B'), new MediaError('truncated', 'it is cut off'))
    await idle()
    expect(linker.linkOf(away)).toMatchObject({ state: 'pending', reason: expect.stringContaining('away') })
    expect(linker.linkOf(broken)).toMatchObject({ state: 'refused', proxyIdentity: '100 1' })
    expect(jobs.told(broken)).toHaveLength(2)
    expect(waits).toHaveLength(1)
  })

  it('waits for the project that a job was queued from; of other jobs nobody asked', async () => {
    const { resolve, files, linker, idle, complete, waits } = given()
    resolve.clips = [clip('m9', source('Z'))]
    await linker.start()
    const asked = complete('a', 'A', fromResolve)
    const other = complete('b', 'B')
    await idle()
    expect(linker.linkOf(asked)).toMatchObject({
      state: 'pending',
      reason: expect.stringContaining('no clip of the project Film')
    })
    expect(linker.linkOf(other)?.state).toBe('not-in-project')
    expect(waits).toHaveLength(1)
    expect(files.read).toEqual([])
  })

  it('looks through a project without such clips only now and then, and through another one at once', async () => {
    const { resolve, linker, idle, complete, waited } = given()
    resolve.clips = [clip('m9', source('Z'))]
    await linker.start()
    const id = complete('a', 'A', fromResolve)
    await idle()
    for (let look = 0; look < 7; look++) await waited()
    expect(resolve.walks).toBe(1)
    await waited()
    expect(resolve.walks).toBe(2)
    resolve.project = { id: 'p2', name: 'Other' }
    resolve.clips = [clip('m1', source('A'))]
    await waited()
    expect(linker.linkOf(id)).toMatchObject({ state: 'linked', project: { name: 'Other' } })
  })

  it('leaves a clip that has another proxy, and says how to replace it', async () => {
    const { resolve, linker, idle, complete } = given()
    resolve.clips = [clip('m1', source('A'), { proxy: { state: 'linked', path: '/old/A.mov' } })]
    await linker.start()
    const id = complete('a', 'A')
    await idle()
    expect(linker.linkOf(id)).toMatchObject({ state: 'refused', hint: expect.stringContaining('--replace') })
    expect(resolve.asked).toEqual([])
  })

  it('keeps what was not linked when Resolve goes away in the middle', async () => {
    const { resolve, linker, idle, complete, waited } = given()
    resolve.clips = [clip('m1', source('A'))]
    resolve.trouble = 'resolve-closed'
    await linker.start()
    const id = complete('a', 'A')
    await idle()
    expect(linker.linkOf(id)).toMatchObject({ state: 'pending', reason: 'it is resolve-closed' })
    resolve.trouble = null
    await waited()
    expect(linker.linkOf(id)?.state).toBe('linked')
  })

  it('tells of each link as it is made, and reads no more files once Resolve has gone', async () => {
    const { resolve, files, linker, idle, complete, waited } = given()
    resolve.clips = ['A', 'B', 'C'].map((name) => clip(`m${name}`, source(name)))
    resolve.refuses = (mediaId) => {
      // It is closed while the second one is linked.
      if (mediaId === 'mB') throw new TimelineError('resolve-closed', 'it was closed')
      return false
    }
    await linker.start()
    const ids = ['A', 'B', 'C'].map((name) => complete(name, name))
    await idle()
    const states = () => ids.map((id) => [linker.linkOf(id)?.state, linker.linkOf(id)?.reason])
    expect(states()).toEqual([
      ['linked', null],
      ['pending', 'it was closed'],
      ['pending', 'it was closed']
    ])
    expect(files.read).not.toContain(proxy('C'))
    resolve.refuses = () => false
    await waited()
    expect(states().map(([state]) => state)).toEqual(['linked', 'linked', 'linked'])
  })

  it('concerns itself with jobs from Resolve only where it is told so, or where there is no Resolve', async () => {
    for (const own of [{ linkFinished: false }, { isInstalled: false }]) {
      const { linker, idle, complete } = given(own)
      await linker.start()
      const other = complete('a', 'A')
      const asked = complete('b', 'B', fromResolve)
      await idle()
      expect([linker.linkOf(other), linker.linkOf(asked)?.state]).toEqual([null, 'pending'])
    }
  })

  it('does nothing by itself when it is switched off, also with what was left before', async () => {
    const { resolve, jobs, linker, idle, complete } = given({
      enabled: false,
      links: [['a' as JobId, newLink]]
    })
    jobs.given('a', 'A')
    await linker.start()
    complete('b', 'B', fromResolve)
    await idle()
    linker.committed([{ kind: 'link-changed', jobId: 'b' as JobId, link: newLink }])
    await idle()
    expect(resolve.opened).toBe(0)
  })

  it('forgets a purged job', async () => {
    const { linker, jobs, idle, complete, waited, waits } = given()
    await linker.start()
    const id = complete('a', 'A')
    await idle()
    jobs.all.delete(id)
    linker.committed([{ kind: 'job-purged', jobId: id }])
    await waited()
    expect([linker.linkOf(id), waits.length]).toEqual([null, 0])
  })

  it('tells nothing of what came of being stopped', async () => {
    const { resolve, jobs, linker, complete } = given()
    await linker.start()
    resolve.clips = [clip('m1', source('A'))]
    const slow = Promise.withResolvers<void>()
    resolve.slow = slow.promise
    const id = complete('a', 'A')
    await new Promise(setImmediate)
    expect(resolve.open).toBe(1)
    const stopped = linker.stop()
    resolve.trouble = 'resolve-bridge'
    slow.resolve()
    await stopped
    expect(jobs.told(id)).toEqual([['pending', null]])
    expect(resolve.open).toBe(0)
  })
})
