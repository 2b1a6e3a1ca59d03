import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { MediaError } from '../../../../src/media/index.ts'
import type { JobId, JobLink, LinkParams } from '../../../../src/model/index.ts'
import { linkNow } from '../../../../src/node/resolve/link-service.ts'
import { newLink } from '../../../../src/node/resolve/link-wanted.ts'
import { clip, Files, Jobs, PretendResolve, proxy, source } from './kit.ts'

function given(links: Record<string, JobLink> = {}) {
  const resolve = new PretendResolve()
  const files = new Files()
  const jobs = new Jobs()
  resolve.clips = []
  const link = (params: Partial<LinkParams> = {}) =>
    linkNow(
      { dir: null, replace: false, ...params },
      {
        open: resolve.connect,
        tools: files.tools,
        jobs: () => jobs.all,
        linkOf: (jobId) => links[jobId] ?? null,
        commit: (facts) => void jobs.facts.push(...facts)
      }
    )
  const made = (id: string, name: string): JobId => {
    files.given(source(name)).given(proxy(name))
    return jobs.given(id, name)
  }
  /** A folder with files of these names, each like the clips of the kit. */
  const folder = (...names: string[]): string => {
    const dir = mkdtempSync(join(tmpdir(), 'proxima-link-'))
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
    for (const name of names) {
      mkdirSync(join(dir, name, '..'), { recursive: true })
      writeFileSync(join(dir, name), '')
      files.given(join(dir, name))
    }
    return dir
  }
  return { resolve, files, jobs, link, made, folder }
}

const refusedBefore: JobLink = {
  ...newLink,
  state: 'refused',
  reason: 'no',
  hint: 'try again',
  project: { id: 'p1', name: 'Film' },
  clips: [{ mediaId: 'm1', name: 'A', state: 'refused', reason: 'no' }],
  proxyIdentity: '100 1'
}

describe('link', () => {
  it('links the outputs of completed jobs, and tells of each clip what came of it', async () => {
    const { resolve, jobs, link, made } = given()
    resolve.clips = [
      clip('m1', source('A')),
      clip('m2', source('B'), { proxy: { state: 'linked', path: proxy('B') } }),
      clip('m3', source('C'))
    ]
    resolve.refuses = (mediaId) => mediaId === 'm3'
    const ids = ['A', 'B', 'C', 'D'].map((name) => made(name.toLowerCase(), name))
    jobs.given('e', 'E', undefined, 'failed')
    const { project, links } = await link()
    expect(project.name).toBe('Film')
    expect(links.map(({ job, clip: name, status }) => [job, name, status])).toEqual([
      ['a', 'A.mov', 'linked'],
      ['b', 'B.mov', 'already-linked'],
      ['c', 'C.mov', 'refused'],
      ['d', null, 'not-in-project']
    ])
    expect(links[2]).toMatchObject({ reason: expect.stringContaining('refused'), hint: expect.any(String) })
    expect(ids.map((id) => jobs.told(id).map(([state]) => state))).toEqual([
      ['linked'],
      ['linked'],
      ['refused'],
      []
    ])
    expect(resolve.open).toBe(0)
  })

  it('tries again what was refused before: a person asks for it', async () => {
    const { resolve, link, made } = given({ a: refusedBefore })
    resolve.clips = [clip('m1', source('A'))]
    made('a', 'A')
    expect((await link()).links).toMatchObject([{ status: 'linked' }])
  })

  it('writes nothing of what is known', async () => {
    const links: Record<string, JobLink> = {}
    const { resolve, jobs, link, made } = given(links)
    resolve.clips = [clip('m1', source('A'))]
    const id = made('a', 'A')
    await link()
    for (const fact of jobs.facts) if (fact.kind === 'link-changed') links[fact.jobId] = fact.link
    await link()
    expect(jobs.told(id)).toEqual([['linked', null]])
  })

  it('gives clips another proxy only when told to', async () => {
    const { resolve, link, made } = given()
    resolve.clips = [clip('m1', source('A'), { proxy: { state: 'linked', path: '/old/A.mov' } })]
    made('a', 'A')
    expect((await link()).links).toMatchObject([
      { status: 'refused', reason: expect.stringContaining('/old/A.mov') }
    ])
    expect((await link({ replace: true })).links).toMatchObject([{ status: 'linked' }])
  })

  it('passes over outputs that were removed since, unless their link is waited for', async () => {
    const { resolve, jobs, link } = given({ b: newLink })
    resolve.clips = [clip('m1', source('A')), clip('m2', source('B'))]
    jobs.given('a', 'A')
    jobs.given('b', 'B')
    expect((await link()).links).toMatchObject([{ job: 'b', status: 'refused' }])
  })

  it('takes a file that was made twice for that of the last job', async () => {
    const { resolve, link, made } = given()
    resolve.clips = [clip('m1', source('A'))]
    made('a', 'A')
    made('b', 'A')
    expect((await link()).links.map(({ job }) => job)).toEqual(['b'])
  })

  it('says what to do when Resolve is closed, or no project is open', async () => {
    const { resolve, link } = given()
    resolve.clips = null
    await expect(link()).rejects.toMatchObject({
      name: 'NodeError',
      code: 'resolve-away',
      message: 'DaVinci Resolve is not running',
      hint: expect.stringContaining('Start DaVinci Resolve')
    })
    resolve.clips = []
    resolve.trouble = 'resolve-no-project'
    await expect(link()).rejects.toMatchObject({ code: 'resolve-away', hint: expect.any(String) })
    expect(resolve.open).toBe(0)
  })
})

describe('link DIR', () => {
  it('finds the clip of each file by its name, however deep the file lies', async () => {
    const { resolve, link, folder } = given()
    resolve.clips = [clip('m1', source('A')), clip('m2', source('B'))]
    const dir = folder('A.mov', 'deep/b_proxy.MP4', 'other.mov', 'notes.txt', '.hidden.mov')
    const { links } = await link({ dir })
    expect(links.map(({ proxy: path, clip: name, status }) => [path, name, status])).toEqual([
      [join(dir, 'A.mov'), 'A.mov', 'linked'],
      [join(dir, 'deep/b_proxy.MP4'), 'B.mov', 'linked'],
      [join(dir, 'other.mov'), null, 'not-in-project']
    ])
  })

  it('takes rate, length and timecode to tell clips of one name apart, and never guesses', async () => {
    const { resolve, files, link, folder } = given()
    resolve.clips = [clip('m1', '/card1/A.mov'), clip('m2', '/card2/A.mov', { startTimecode: '02:00:00:00' })]
    const dir = folder('A.mov')
    files.given(join(dir, 'A.mov'), { startTimecode: '02:00:00:00' })
    files.given('/card2/A.mov', { startTimecode: '02:00:00:00' })
    expect((await link({ dir })).links).toMatchObject([{ mediaId: 'm2', status: 'linked' }])

    files.given(join(dir, 'A.mov'), { startTimecode: '03:00:00:00' })
    expect((await link({ dir })).links).toMatchObject([
      { status: 'refused', reason: expect.stringContaining('/card1/A.mov, /card2/A.mov') }
    ])
    files.given(join(dir, 'A.mov'), new MediaError('truncated', 'it is cut off'))
    expect((await link({ dir })).links).toMatchObject([{ status: 'refused' }])
  })

  it('links none of two files for one clip, unless one of them is linked', async () => {
    const { resolve, link, folder } = given()
    const dir = folder('A.mov', 'A_old.mov')
    resolve.clips = [clip('m1', source('A'))]
    expect((await link({ dir })).links).toMatchObject([{ status: 'refused' }, { status: 'refused' }])
    resolve.clips[0]!.proxy = { state: 'linked', path: join(dir, 'A.mov') }
    expect((await link({ dir })).links).toMatchObject([{ status: 'already-linked' }, { status: 'refused' }])
    expect(resolve.asked).toEqual([])
  })

  it('leaves the sources themselves', async () => {
    const { resolve, link, folder } = given()
    const dir = folder('A.mov', 'Proxy/A.mov')
    resolve.clips = [clip('m1', join(dir, 'A.mov'))]
    expect((await link({ dir })).links).toMatchObject([
      { proxy: join(dir, 'A.mov'), status: 'not-in-project' },
      { proxy: join(dir, 'Proxy/A.mov'), status: 'linked' }
    ])
  })

  it('says so when the folder cannot be read', async () => {
    const { link } = given()
    await expect(link({ dir: '/nowhere/at/all' })).rejects.toMatchObject({
      code: 'unreadable-folder',
      message: '/nowhere/at/all is not there'
    })
  })
})
